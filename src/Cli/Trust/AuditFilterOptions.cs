using System.CommandLine;
using Yunnao.Trust.Audit;

namespace Yunnao.Cli.Trust;

/// <summary>The options that say which events are wanted.</summary>
internal sealed class AuditFilterOptions(Terminal terminal)
{
    private readonly Option<DateTimeOffset?> _from = new("--from") { Description = terminal.Text["audit.from"], HelpName = "TIME" };
    private readonly Option<DateTimeOffset?> _until = new("--until") { Description = terminal.Text["audit.until"], HelpName = "TIME" };
    private readonly Option<string> _who = new("--who") { Description = terminal.Text["audit.who"], HelpName = "ID" };
    private readonly Option<string> _kind = KindOption(terminal);
    private readonly Option<string> _purpose = new("--purpose") { Description = terminal.Text["audit.purpose"], HelpName = "P" };
    private readonly Option<string> _what = new("--what") { Description = terminal.Text["audit.what"], HelpName = "TEXT" };
    private readonly Option<ulong?> _subject = new("--subject") { Description = terminal.Text["audit.subject"], HelpName = "N" };
    private readonly Option<bool> _failed = new("--failed") { Description = terminal.Text["audit.failed"] };
    private readonly Option<int> _limit = new("--limit") { Description = terminal.Text["audit.limit"], HelpName = "N", DefaultValueFactory = _ => 100 };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_from, _until, _who, _kind, _purpose, _what, _subject, _failed, _limit]) command.Add(option);
    }

    public AuditFilter Of(ParseResult parsed) => new()
    {
        From = parsed.GetValue(_from), Until = parsed.GetValue(_until), Who = parsed.GetValue(_who), Purpose = parsed.GetValue(_purpose), What = parsed.GetValue(_what),
        Kind = parsed.GetValue(_kind) is { } word && AuditWords.TryParse(word, out var kind) ? kind : null,
        Subject = parsed.GetValue(_subject), Failed = parsed.GetValue(_failed), Limit = parsed.GetValue(_limit),
    };

    private static Option<string> KindOption(Terminal terminal)
    {
        var words = Enum.GetValues<AuditKind>().Select(AuditWords.Of).ToArray();
        var option = new Option<string>("--kind") { Description = terminal.Text.Format("audit.kind", string.Join(", ", words)), HelpName = "KIND" };
        option.AcceptOnlyFromAmong(words);
        return option;
    }
}
