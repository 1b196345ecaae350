using System.CommandLine;

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

    /// <summary>The question with what the options say of batch, data set and reason.</summary>
    public string Sql(ParseResult parsed, Func<int?, string?, string?, string> question) => question(parsed.GetValue(_batch), parsed.GetValue(_dataSet), parsed.GetValue(_reason));
}
