using System.CommandLine;
using System.Globalization;
using Yunnao.Kernel;
using Yunnao.Services.Privacy;
using Yunnao.Trust.Anonymity;

namespace Yunnao.Cli.Privacy;

/// <summary>The file, its quasi-identifiers and its sensitive column: what measuring and anonymising have in common.</summary>
internal sealed class TableOptions(Terminal terminal)
{
    public Argument<string> File { get; } = new("file") { Description = terminal.Text["privacy.table.file"] };

    public Option<string[]> Columns { get; } = new("--columns") { Description = terminal.Text["privacy.table.columns"], HelpName = "NAME[:FORM]", Required = true, AllowMultipleArgumentsPerToken = true };

    public Option<string> Sensitive { get; } = new("--sensitive") { Description = terminal.Text["privacy.table.sensitive"], HelpName = "NAME" };

    public Result<PrivateTable> Read(ParseResult parsed)
    {
        var specs = new List<ColumnSpec>();
        foreach (var column in parsed.GetValue(Columns)!)
        {
            if (!ColumnSpec.Parse(column).Try(out var spec, out var problem)) return problem;
            specs.Add(spec);
        }

        return PrivateTable.Read(parsed.GetValue(File)!, specs, parsed.GetValue(Sensitive));
    }

    public void Print(AnonymityReport report)
    {
        var text = terminal.Text;
        var listing = new Listing(text["privacy.col.measure"], text["privacy.col.value"]);
        void Add(string key, double value, string format = "0") => listing.Add(text[$"privacy.measure.{key}"], value.ToString(format, CultureInfo.InvariantCulture));
        Add("rows", report.Rows);
        Add("suppressed", report.Suppressed);
        Add("classes", report.Classes);
        Add("unique", report.Unique);
        Add("k", report.K);
        if (report.L > 0)
        {
            Add("l", report.L);
            Add("t", report.T, "0.000");
        }

        Add("loss", report.Loss, "0.0000");
        Add("discernibility", report.Discernibility, "0.000000");
        terminal.Print(listing);
    }
}
