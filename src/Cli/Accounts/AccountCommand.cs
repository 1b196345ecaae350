using System.CommandLine;
using Yunnao.Server.Accounts;

namespace Yunnao.Cli.Accounts;

/// <summary><c>yunnao account list | create | grant | disable | enable | reset</c>: accounts, from the machine itself.</summary>
internal static class AccountCommand
{
    public static Command Create(Terminal terminal) => new("account", terminal.Text["account"])
    {
        List(terminal), New(terminal), Grant(terminal), Enable(terminal, "disable", false), Enable(terminal, "enable", true), Reset(terminal),
    };

    private static Command List(Terminal terminal)
    {
        var command = new Command("list", terminal.Text["account.list"]);
        command.SetAction((parsed, cancellation) => AccountsFolder.UseAsync(parsed, terminal, async room =>
        {
            var text = terminal.Text;
            var listing = new Listing(text["account.name"], text["account.shown"], text["account.roles"], text["account.organisations"], text["account.state"], text["account.second-step"], text["account.last"]);
            foreach (var a in await room.AccountsAsync(desk => desk.ListAsync(cancellation)).ConfigureAwait(false))
                listing.Add(a.Name, a.DisplayName, string.Join(' ', a.Roles), string.Join(' ', a.Organisations), text[$"account.state.{a.State}"], a.SecondStep ? "TOTP" : "–", a.LastSignIn is { } last ? $"{last:yyyy-MM-dd HH:mm}Z" : "–");
            terminal.Print(listing);
            return null;
        }, cancellation));
        return command;
    }

    private static Command New(Terminal terminal)
    {
        var (name, options) = (Name(terminal), new GrantOptions(terminal, withSubject: true));
        var shown = new Option<string>("--display-name") { Description = terminal.Text["account.option.shown"], HelpName = "TEXT" };
        var command = new Command("create", terminal.Text["account.create"]) { name, shown };
        options.AddTo(command);
        command.SetAction((parsed, cancellation) => AccountsFolder.UseAsync(parsed, terminal, async room =>
        {
            var grant = options.Of(parsed);
            var wanted = new NewAccount(parsed.GetRequiredValue(name), parsed.GetValue(shown), grant.Roles, grant.Organisations, grant.Subject);
            if (!(await room.AccountsAsync(desk => desk.CreateAsync(wanted, AccountsFolder.By, cancellation)).ConfigureAwait(false)).Try(out var made, out var problem)) return problem;
            terminal.Print(terminal.Text.Format("account.created", made.Account.Name, made.Password));
            return null;
        }, cancellation));
        return command;
    }

    private static Command Grant(Terminal terminal)
    {
        var (name, options) = (Name(terminal), new GrantOptions(terminal, withSubject: true));
        var command = new Command("grant", terminal.Text["account.grant"]) { name };
        options.AddTo(command);
        command.SetAction((parsed, cancellation) => AccountsFolder.UseAsync(parsed, terminal, async room =>
            (await room.AccountsAsync(desk => desk.GrantAsync(parsed.GetRequiredValue(name), options.Of(parsed), AccountsFolder.By, cancellation)).ConfigureAwait(false)).Problem, cancellation));
        return command;
    }

    private static Command Enable(Terminal terminal, string word, bool enabled)
    {
        var name = Name(terminal);
        var command = new Command(word, terminal.Text[$"account.{word}"]) { name };
        command.SetAction((parsed, cancellation) => AccountsFolder.UseAsync(
            parsed, terminal, room => room.AccountsAsync(desk => desk.EnableAsync(parsed.GetRequiredValue(name), enabled, AccountsFolder.By, cancellation)), cancellation));
        return command;
    }

    private static Command Reset(Terminal terminal)
    {
        var name = Name(terminal);
        var command = new Command("reset", terminal.Text["account.reset"]) { name };
        command.SetAction((parsed, cancellation) => AccountsFolder.UseAsync(parsed, terminal, async room =>
        {
            if (!(await room.AccountsAsync(desk => desk.ResetAsync(parsed.GetRequiredValue(name), AccountsFolder.By, cancellation)).ConfigureAwait(false)).Try(out var password, out var problem)) return problem;
            terminal.Print(terminal.Text.Format("account.created", parsed.GetRequiredValue(name), password));
            return null;
        }, cancellation));
        return command;
    }

    private static Argument<string> Name(Terminal terminal) => new("name") { Description = terminal.Text["account.argument"] };
}
