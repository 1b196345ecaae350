using System.CommandLine;
using System.Globalization;

namespace Yunnao.Cli.Lake;

/// <summary>The options that choose rows of the quarantine.</summary>
internal sealed class QuarantineFilter(Terminal terminal)
{
    private readonly Option<int?> _batch = new("--batch") { Description = terminal.Text["quarantine.batch"], HelpName = "N" };
    private readonly Option<string> _dataSet = new("--data-set") { Description = terminal.Text["quarantine.data-set"], HelpName = "ID" };
    private readonly Option<string> _reason = new("--reason") { Description = terminal.Text["quarantine.reason"], HelpName = "CODE" };

    public void AddTo(Command command)
    {
        command.Add(_batch);
        command.Add(_dataSet);
        command.Add(_reason);
    }

    /// <summary>A WHERE clause over <c>ops.quarantine q</c>, or nothing.</summary>
    public string Where(ParseResult parsed)
    {
        var conditions = new List<string>();
        if (parsed.GetValue(_batch) is { } batch) conditions.Add(string.Create(CultureInfo.InvariantCulture, $"q.batch = {batch}"));
        if (parsed.GetValue(_dataSet) is { } dataSet) conditions.Add($"q.data_set = {Literal(dataSet)}");
        if (parsed.GetValue(_reason) is { } reason) conditions.Add($"len(list_filter(q.reasons, lambda r: starts_with(r, {Literal(reason)}))) > 0");
        return conditions.Count == 0 ? "" : $" WHERE {string.Join(" AND ", conditions)}";
    }

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
