using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Server.Connect;

namespace Yunnao.Cli.Accounts;

/// <summary><c>yunnao app list | create | grant | reset | delete</c>: applications, from the machine itself.</summary>
internal static class AppCommand
{
    public static Command Create(Terminal terminal) => new("app", terminal.Text["app"]) { List(terminal), New(terminal), Grant(terminal), Reset(terminal), Delete(terminal) };

    private static Command List(Terminal terminal)
    {
        var command = new Command("list", terminal.Text["app.list"]);
        command.SetAction((parsed, cancellation) => AccountsFolder.UseAsync(parsed, terminal, async room =>
        {
            var text = terminal.Text;
            var listing = new Listing(text["app.id"], text["account.shown"], text["account.roles"], text["account.organisations"], text["app.redirects"]);
            foreach (var a in await room.ApplicationsAsync(desk => desk.ListAsync(cancellation)).ConfigureAwait(false))
                listing.Add(a.Id, a.Name ?? "", string.Join(' ', a.Roles), string.Join(' ', a.Organisations), string.Join(' ', a.RedirectUris));
            terminal.Print(listing);
            return null;
        }, cancellation));
        return command;
    }

    private static Command New(Terminal terminal)
    {
        var text = terminal.Text;
        var (id, options) = (Id(terminal), new GrantOptions(terminal, withSubject: false));
        var name = new Option<string>("--display-name") { Description = text["app.option.name"], HelpName = "TEXT" };
        var redirect = new Option<string[]>("--redirect") { Description = text["app.option.redirect"], HelpName = "URL", AllowMultipleArgumentsPerToken = true };
        var open = new Option<bool>("--public") { Description = text["app.option.public"] };
        var keys = new Option<FileInfo>("--keys") { Description = text["app.option.keys"], HelpName = "FILE" };
        var command = new Command("create", text["app.create"]) { id, name, redirect, open, keys };
        options.AddTo(command);
        command.SetAction((parsed, cancellation) => AccountsFolder.UseAsync(parsed, terminal, async room =>
        {
            var grant = options.Of(parsed);
            var wanted = new NewApplication(parsed.GetRequiredValue(id), parsed.GetValue(name), grant.Roles, grant.Organisations, parsed.GetValue(redirect) ?? [], parsed.GetValue(open));
            if (parsed.GetValue(keys) is { } file)
            {
                if (!Keys(file, text).Try(out var set, out var unreadable)) return unreadable;
                wanted = wanted with { Keys = set };
            }

            if (!(await room.ApplicationsAsync(desk => desk.CreateAsync(wanted, AccountsFolder.By, cancellation)).ConfigureAwait(false)).Try(out var made, out var problem)) return problem;
            terminal.Print(made.Secret is { } secret ? text.Format("app.created", made.Application.Id, secret) : text.Format(wanted.Keys is null ? "app.created-public" : "app.created-keys", made.Application.Id));
            if (grant.Roles.Count == 0 && !wanted.Public) terminal.Error.WriteLine(text.Format("app.no-role", made.Application.Id));
            return null;
        }, cancellation));
        return command;
    }

    /// <summary>A JWK Set out of a file, which may also hold public keys or certificates as PEM. Problem: <c>app.keys</c>.</summary>
    private static Result<JsonElement> Keys(FileInfo file, Kernel.Text text)
    {
        if (!file.Exists) return new Problem(ProblemKind.NotFound, "app.keys", text["app.no-keys-file"], new(file.Name));
        try
        {
            var content = File.ReadAllText(file.FullName);
            return content.TrimStart().StartsWith("-----BEGIN", StringComparison.Ordinal) ? PublicKeySet.OfPem(content) : JsonElement.Parse(content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or CryptographicException or ArgumentException)
        {
            return new Problem(ProblemKind.Incorrect, "app.keys", text["app.keys-file"], new(file.Name));
        }
    }

    private static Command Grant(Terminal terminal)
    {
        var (id, options) = (Id(terminal), new GrantOptions(terminal, withSubject: false));
        var command = new Command("grant", terminal.Text["app.grant"]) { id };
        options.AddTo(command);
        command.SetAction((parsed, cancellation) => AccountsFolder.UseAsync(parsed, terminal, async room =>
            (await room.ApplicationsAsync(desk => desk.GrantAsync(parsed.GetRequiredValue(id), options.Of(parsed), AccountsFolder.By, cancellation)).ConfigureAwait(false)).Problem, cancellation));
        return command;
    }

    private static Command Reset(Terminal terminal)
    {
        var id = Id(terminal);
        var command = new Command("reset", terminal.Text["app.reset"]) { id };
        command.SetAction((parsed, cancellation) => AccountsFolder.UseAsync(parsed, terminal, async room =>
        {
            if (!(await room.ApplicationsAsync(desk => desk.ResetAsync(parsed.GetRequiredValue(id), AccountsFolder.By, cancellation)).ConfigureAwait(false)).Try(out var secret, out var problem)) return problem;
            terminal.Print(terminal.Text.Format("app.created", parsed.GetRequiredValue(id), secret));
            return null;
        }, cancellation));
        return command;
    }

    private static Command Delete(Terminal terminal)
    {
        var id = Id(terminal);
        var command = new Command("delete", terminal.Text["app.delete"]) { id };
        command.SetAction((parsed, cancellation) => AccountsFolder.UseAsync(
            parsed, terminal, room => room.ApplicationsAsync(desk => desk.DeleteAsync(parsed.GetRequiredValue(id), AccountsFolder.By, cancellation)), cancellation));
        return command;
    }

    private static Argument<string> Id(Terminal terminal) => new("id") { Description = terminal.Text["app.argument"] };
}
