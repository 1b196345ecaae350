using System.CommandLine;
using System.Globalization;
using Yunnao.Cli.Remote;
using Yunnao.Kernel;
using Yunnao.Services.Identity;
using Yunnao.Trust.Rights;

namespace Yunnao.Cli.Identity;

/// <summary><c>yunnao identity merges | undo</c>: local patient numbers that turned out to be one person, and the way back.</summary>
internal static class IdentityCommand
{
    public static Command Create(Terminal terminal) => new("identity", terminal.Text["identity"]) { Merges(terminal), Undo(terminal) };

    private static Command Merges(Terminal terminal)
    {
        var most = new Option<int>("--most") { Description = terminal.Text["identity.merges.most"], HelpName = "N", DefaultValueFactory = _ => 50 };
        var command = new Command("merges", terminal.Text["identity.merges"]) { most };
        command.SetAction(async (parsed, cancellation) =>
        {
            var number = Math.Clamp(parsed.GetValue(most), 1, 10_000);
            var listed = await UseAsync(
                parsed, terminal,
                server => server.AskAsync<List<IdentityMerge>>(HttpMethod.Get, $"merges?most={number}", cancellation),
                async desk => (List<IdentityMerge>)[.. await desk.NewestAsync(number, cancellation).ConfigureAwait(false)],
                cancellation).ConfigureAwait(false);
            return listed.Try(out var merges, out var problem) ? Print(merges, terminal) : terminal.Fail(problem);
        });
        return command;
    }

    private static Command Undo(Terminal terminal)
    {
        var number = new Argument<int>("merge") { Description = terminal.Text["identity.undo.merge"] };
        var command = new Command("undo", terminal.Text["identity.undo"]) { number };
        command.SetAction(async (parsed, cancellation) =>
        {
            var merge = parsed.GetRequiredValue(number);
            var undone = await UseAsync(
                parsed, terminal,
                server => server.AskAsync<UndoneMerge>(HttpMethod.Delete, $"merges/{merge}", cancellation),
                desk => desk.UndoAsync(merge, LocalAdministrator.Name, cancellation),
                cancellation).ConfigureAwait(false);
            if (!undone.Try(out var done, out var problem)) return terminal.Fail(problem);
            terminal.Print(terminal.Text.Format("identity.undone", done.Merge.Number, done.Merge.Prior, done.Merge.Surviving, done.Rows));
            return ExitCodes.Ok;
        });
        return command;
    }

    /// <summary>By the server that owns the folder, else in it.</summary>
    private static async Task<Result<T>> UseAsync<T>(
        ParseResult parsed, Terminal terminal, Func<ServerConnection, Task<Result<T>>> remote, Func<IdentityDesk, Task<Result<T>>> here, CancellationToken cancellation)
    {
        var folder = DataFolder.Of(parsed, terminal);
        using var server = ServerConnection.To(folder, terminal);
        if (server is not null) return await remote(server).ConfigureAwait(false);
        if (!Directory.Exists(folder)) return new Problem(ProblemKind.NotFound, "lake.none", terminal.Text.Format("trust.no-folder", folder));
        if (!Platform.Open(RegistryFolder.Of(parsed, terminal), folder).Try(out var platform, out var problem)) return problem;
        using (platform)
        {
            var room = new MergeAudit(platform, folder, terminal);
            await using (room.ConfigureAwait(false))
                return (await room.DeskAsync(cancellation).ConfigureAwait(false)).Try(out var desk, out problem) ? await here(desk).ConfigureAwait(false) : problem;
        }
    }

    private static int Print(List<IdentityMerge> merges, Terminal terminal)
    {
        var text = terminal.Text;
        if (merges.Count == 0)
        {
            terminal.Print(text["identity.merges.none"]);
            return ExitCodes.Ok;
        }

        var listing = new Listing(
            text["identity.merge"], text["identity.time"], text["identity.organisation"], text["identity.prior"], text["identity.surviving"], text["identity.batch"], text["identity.state"]);
        foreach (var m in merges)
        {
            listing.Add(
                $"{m.Number}", Time(m.Recorded), m.Organisation, $"{m.Prior}", $"{m.Surviving}", $"{m.Batch}",
                m.Undone is { } at ? text.Format("identity.state.undone", Time(at), m.UndoneBy ?? "") : text["identity.state.holds"]);
        }

        terminal.Print(listing);
        return ExitCodes.Ok;
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + "Z";
}
