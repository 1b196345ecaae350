using System.CommandLine;
using Yunnao.Server.Accounts;

namespace Yunnao.Cli.Accounts;

/// <summary>The options that say which roles, organisations and own subject somebody gets.</summary>
internal sealed class GrantOptions
{
    private readonly Option<string[]> _roles;
    private readonly Option<string[]> _organisations;
    private readonly Option<ulong?>? _subject;

    public GrantOptions(Terminal terminal, bool withSubject)
    {
        _roles = new("--role") { Description = terminal.Text["account.option.role"], HelpName = "ROLE", AllowMultipleArgumentsPerToken = true };
        _organisations = new("--organisation") { Description = terminal.Text["account.option.organisation"], HelpName = "CODE", AllowMultipleArgumentsPerToken = true };
        if (withSubject) _subject = new("--subject") { Description = terminal.Text["account.option.subject"], HelpName = "NUMBER" };
    }

    public void AddTo(Command command)
    {
        command.Add(_roles);
        command.Add(_organisations);
        if (_subject is not null) command.Add(_subject);
    }

    public Grant Of(ParseResult parsed) => new(parsed.GetValue(_roles) ?? [], parsed.GetValue(_organisations) ?? [], _subject is null ? null : parsed.GetValue(_subject));
}
