using System.CommandLine;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Yunnao.Cli.Remote;
using Yunnao.Kernel;
using Yunnao.Services.Backups;
using Yunnao.Services.Web;
using Yunnao.Trust;
using Yunnao.Trust.Keys;
using Yunnao.Trust.Rights;

namespace Yunnao.Cli.Backups;

/// <summary><c>yunnao backup create | list | verify | restore</c>.</summary>
internal static class BackupCommand
{
    public static Command Create(Terminal terminal) => new("backup", terminal.Text["backup"]) { Make(terminal), List(terminal), Verify(terminal), Restore(terminal) };

    private static Command Make(Terminal terminal)
    {
        var text = terminal.Text;
        var place = new Argument<string>("place") { Description = text["backup.place"] };
        var command = new Command("create", text["backup.create"]) { place };
        command.SetAction(async (parsed, cancellation) =>
        {
            var folder = DataFolder.Of(parsed, terminal);
            var to = Path.GetFullPath(parsed.GetRequiredValue(place));
            using var status = new StatusLine(terminal);
            var made = ServerConnection.To(folder, terminal) is { } server
                ? await ByServerAsync(server, to, Report(terminal, status), cancellation).ConfigureAwait(false)
                : await HereAsync(parsed, terminal, folder, to, Report(terminal, status), cancellation).ConfigureAwait(false);
            status.Clear();
            if (!made.Try(out var head, out var problem)) return terminal.Fail(problem);
            terminal.Print(text.Format("backup.created", head.Id, head.Files, Size(head.Bytes), head.Objects, Size(head.ObjectBytes), Size(head.Copied)));
            terminal.Print(text.Format("backup.keep-key", head.Master));
            if (head.Control == BackupHead.PostgreSql) terminal.Print(text["backup.postgresql"]);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var text = terminal.Text;
        var place = new Argument<string>("place") { Description = text["backup.place"] };
        var command = new Command("list", text["backup.list"]) { place };
        command.SetAction(parsed =>
        {
            if (!BackupPlace.List(Path.GetFullPath(parsed.GetRequiredValue(place))).Try(out var all, out var problem)) return terminal.Fail(problem);
            var listing = new Listing(text["backup.col.id"], text["backup.col.ended"], text["backup.col.files"], text["backup.col.objects"], text["backup.col.bytes"], text["backup.col.copied"], text["backup.col.master"]);
            foreach (var entry in all)
            {
                if (entry.Head is not { } head) listing.Add(entry.Id, text["backup.unfinished"], "", "", "", "", "");
                else
                {
                    listing.Add(
                        head.Id, head.Ended.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture), $"{head.Files}", $"{head.Objects}",
                        (head.Bytes + head.ObjectBytes).ToString(CultureInfo.InvariantCulture), head.Copied.ToString(CultureInfo.InvariantCulture), head.Master);
                }
            }

            terminal.Print(listing);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command Verify(Terminal terminal)
    {
        var text = terminal.Text;
        var (place, id, master) = (new Argument<string>("place") { Description = text["backup.which"] }, Id(terminal), Master(terminal));
        var command = new Command("verify", text["backup.verify"]) { place, id, master };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (!BackupPlace.Find(parsed.GetRequiredValue(place), parsed.GetValue(id)).Try(out var backup, out var problem)) return terminal.Fail(problem);
            if (!KeySettings.Existing(DataFolder.Of(parsed, terminal), parsed.GetValue(master)).Try(out var key, out problem)) return terminal.Fail(problem);
            using (key)
            {
                var wrong = new List<Problem>();
                using var status = new StatusLine(terminal);
                var report = Report(terminal, status);
                var proved = await Task.Run(() => BackupProof.Open(backup, key, wrong, report, cancellation), cancellation).ConfigureAwait(false);
                status.Clear();
                if (!proved.Try(out var head, out problem)) return terminal.Fail(problem);
                var exit = ExitCodes.Ok;
                foreach (var each in wrong) exit = terminal.Fail(each);
                if (exit == ExitCodes.Ok) terminal.Print(text.Format("backup.verified", head.Id, head.Files, Size(head.Bytes), head.Objects, Size(head.ObjectBytes)));
                return exit;
            }
        });
        return command;
    }

    private static Command Restore(Terminal terminal)
    {
        var text = terminal.Text;
        var (place, id, master) = (new Argument<string>("backup") { Description = text["backup.which"] }, Id(terminal), Master(terminal));
        var to = new Option<string>("--to") { Description = text["backup.to"], HelpName = "DIR", Required = true };
        var command = new Command("restore", text["backup.restore"]) { place, id, to, master };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (folder, given) = (Path.GetFullPath(parsed.GetRequiredValue(to)), parsed.GetValue(master));
            if (!BackupPlace.Find(parsed.GetRequiredValue(place), parsed.GetValue(id)).Try(out var backup, out var problem)) return terminal.Fail(problem);
            if (!KeySettings.Existing(folder, given).Try(out var key, out problem)) return terminal.Fail(problem);
            using (key)
            {
                using var status = new StatusLine(terminal);
                var run = new RestoreRun(LocalAdministrator.Name, terminal.ControlDatabase, TimeProvider.System);
                var restored = await run.RunAsync(backup, folder, key, Report(terminal, status), cancellation).ConfigureAwait(false);
                status.Clear();
                if (!restored.Try(out var head, out problem)) return terminal.Fail(problem);
                terminal.Print(text.Format("backup.restored", head.Id, folder, head.Files, head.Objects));
                if (given is not null) terminal.Print(text.Format("backup.name-key", given));
                terminal.Print(text.Format("backup.next", folder));
                return ExitCodes.Ok;
            }
        });
        return command;
    }

    private static async Task<Result<BackupHead>> ByServerAsync(ServerConnection server, string place, Action<string, double> report, CancellationToken cancellation)
    {
        using (server)
        {
            using var body = JsonContent.Create(new { place }, options: ApiJson.Options);
            var done = await server.DoAsync("backups", body, job => report(job.Step ?? "wait", job.Fraction), cancellation).ConfigureAwait(false);
            return done.Try(out var outcome, out var problem) ? outcome.Deserialize<BackupHead>(ApiJson.Options)! : problem;
        }
    }

    private static async Task<Result<BackupHead>> HereAsync(ParseResult parsed, Terminal terminal, string folder, string place, Action<string, double> report, CancellationToken cancellation)
    {
        if (!Directory.Exists(folder)) return new Problem(ProblemKind.NotFound, "lake.none", terminal.Text.Format("trust.no-folder", folder));
        var standards = RegistryFolder.Of(parsed, terminal);
        if (!Platform.Open(standards, folder).Try(out var platform, out var problem)) return problem;
        using (platform)
        {
            var options = new TrustOptions { Folder = folder, PostgreSql = terminal.ControlDatabase, SealMinutes = 0 };
            if (!(await TrustRoom.OpenAsync(options, platform.Registry, platform.Lake, cancellation: cancellation).ConfigureAwait(false)).Try(out var trust, out problem)) return problem;
            await using (trust.ConfigureAwait(false))
            {
                var source = new BackupSource(folder, standards, platform.Registry, platform.Lake, platform.Objects, trust.Keys, trust.Control);
                return await new BackupRun(source, trust.Audit, TimeProvider.System).RunAsync(place, LocalAdministrator.Name, report, cancellation).ConfigureAwait(false);
            }
        }
    }

    private static Action<string, double> Report(Terminal terminal, StatusLine status) =>
        (step, part) => status.Show(terminal.Text.Format("backup.progress", terminal.Text[$"backup.step.{step}"], (int)(100 * part)));

    private static Option<string> Id(Terminal terminal) => new("--backup") { Description = terminal.Text["backup.id"], HelpName = "ID" };

    private static Option<string> Master(Terminal terminal) => new("--master-key") { Description = terminal.Text["backup.master"], HelpName = "FILE" };

    private static string Size(long bytes) => bytes switch
    {
        >= 10_000_000_000 => $"{bytes / 1_000_000_000} GB",
        >= 10_000_000 => $"{bytes / 1_000_000} MB",
        >= 10_000 => $"{bytes / 1_000} kB",
        _ => $"{bytes} B",
    };
}
