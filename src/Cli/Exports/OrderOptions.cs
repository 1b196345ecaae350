using System.CommandLine;
using System.Globalization;
using Yunnao.Kernel;
using Yunnao.Services.Exports;

namespace Yunnao.Cli.Exports;

/// <summary>The options of an order, of one export and of one by a timetable.</summary>
internal sealed class OrderOptions
{
    private readonly Option<string[]> _sets, _organisations;
    private readonly Option<DateTime?> _from, _to;
    private readonly Option<ExportForm> _form;
    private readonly Option<string> _purpose, _certificate;
    private readonly Option<int> _split;
    private readonly Option<bool> _compress;
    private readonly Text _text;

    public OrderOptions(Terminal terminal)
    {
        var text = _text = terminal.Text;
        _sets = new("--data-set") { Description = text["export.run.data-set"], HelpName = "ID", AllowMultipleArgumentsPerToken = true, Required = true };
        (_from, _to) = (Moment("--from"), Moment("--to"));
        _organisations = new("--organisation") { Description = text["export.run.organisation"], HelpName = "CODE", AllowMultipleArgumentsPerToken = true };
        _form = new("--format") { Description = text["export.run.format"], HelpName = "parquet|csv|ndjson|duckdb|xlsx", DefaultValueFactory = _ => ExportForm.Parquet };
        _purpose = new("--purpose") { Description = text["export.run.purpose"], HelpName = "ID", DefaultValueFactory = _ => "export" };
        _split = new("--split-mb") { Description = text["export.run.split-mb"], HelpName = "MB" };
        _compress = new("--compress") { Description = text["export.run.compress"] };
        _certificate = new("--certificate") { Description = text["export.run.certificate"], HelpName = "FILE" };
    }

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_sets, _from, _to, _organisations, _form, _purpose, _split, _compress, _certificate]) command.Add(option);
    }

    /// <summary>The order. Problems: <c>data.range</c>, <c>export.certificate</c>.</summary>
    public Result<ExportOrder> Of(ParseResult parsed)
    {
        string? certificate = null;
        if (parsed.GetValue(_certificate) is { } file)
        {
            if (!File.Exists(file)) return new Problem(ProblemKind.NotFound, "export.certificate", _text["export.no-certificate"], new(file));
            certificate = File.ReadAllText(file);
        }

        var order = new ExportOrder([.. parsed.GetRequiredValue(_sets).SelectMany(s => s.Split(',', StringSplitOptions.RemoveEmptyEntries))], parsed.GetRequiredValue(_purpose))
        {
            From = parsed.GetValue(_from), To = parsed.GetValue(_to), Organisations = parsed.GetValue(_organisations) ?? [], Form = parsed.GetValue(_form),
            SplitMb = parsed.GetValue(_split), Compressed = parsed.GetValue(_compress), Certificate = certificate,
        };
        return order.From >= order.To ? new Problem(ProblemKind.Incorrect, "data.range", _text["export.range"]) : order;
    }

    private Option<DateTime?> Moment(string name)
    {
        var option = new Option<DateTime?>(name) { Description = _text[$"export.run.{name[2..]}"], HelpName = "TIME" };
        option.CustomParser = result =>
        {
            if (DateTime.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, DateTimeStyles.NoCurrentDateDefault, out var moment)) return moment;
            result.AddError(_text.Format("export.no-time", name));
            return null;
        };
        return option;
    }
}
