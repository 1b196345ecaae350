using System.CommandLine;
using System.Globalization;
using Yunnao.Cli.Lake;
using Yunnao.Cli.Remote;
using Yunnao.Kernel;
using Yunnao.Services.Exports;
using Yunnao.Services.Exports.Targets;
using Yunnao.Services.Web;

namespace Yunnao.Cli.Exports;

/// <summary><c>yunnao export run</c>: data sets into files, by the right of the local administrator; the lake's own process does it, this one or a server.</summary>
internal static class RunCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var wanted = new OrderOptions(terminal);
        var output = new Option<string>("--out", "-o") { Description = text["export.run.out"], HelpName = "DIR" };
        var target = new Option<string>("--target") { Description = text["export.run.target"], HelpName = "NAME" };
        var full = new Option<bool>("--full") { Description = text["export.run.full"] };
        var since = new Option<string>("--since") { Description = text["export.run.since"], HelpName = "MANIFEST" };
        var command = new Command("run", text["export.run"]) { output, since, target, full };
        command.Validators.Add(r =>
        {
            if (r.GetValue(output) is null == r.GetValue(target) is null) r.AddError(text["export.run.where"]);
            if (r.GetValue(target) is not null && r.GetValue(since) is not null) r.AddError(text["export.run.target-since"]);
        });
        wanted.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            if (!wanted.Of(parsed).Try(out var order, out var wrong)) return terminal.Fail(wrong);
            order = order with { Target = parsed.GetValue(target), Full = parsed.GetValue(full) };
            if (parsed.GetValue(since) is { } manifest)
            {
                if (ManifestFile.Read(manifest) is not { } before) return terminal.Fail(new(ProblemKind.Incorrect, "export.manifest", text["export.no-manifest"], new(manifest)));
                order = order with { Since = before.Mark };
            }

            var folder = parsed.GetValue(output) is { } named ? Path.GetFullPath(named) : null;
            using var line = new StatusLine(terminal);
            void Report(string step, double part) => line.Show(string.Create(CultureInfo.InvariantCulture, $"{step} {part * 100:0} % {line.Elapsed:mm\\:ss}"));
            var made = ServerConnection.To(DataFolder.Of(parsed, terminal), terminal) is { } server
                ? await ByServerAsync(server, order, folder, Report, cancellation).ConfigureAwait(false)
                : await HereAsync(parsed, terminal, order, folder, Report, cancellation).ConfigureAwait(false);
            line.Clear();
            if (!made.Try(out var whole, out var problem)) return terminal.Fail(problem);
            if (folder is null) return Told(terminal, whole);
            var listing = new Listing(text["export.col.data-set"], text["export.col.rows"], text["export.col.files"], text["export.col.bytes"]);
            foreach (var part in whole.DataSets)
            {
                var files = whole.Files.Where(f => f.DataSet == part.Id).ToList();
                listing.Add(part.Id, part.Rows.ToString(CultureInfo.InvariantCulture), $"{files.Count}", files.Sum(f => f.Bytes).ToString(CultureInfo.InvariantCulture));
            }

            terminal.Print(listing);
            terminal.Error.WriteLine(text.Format("export.done", Path.Combine(folder, ExportManifest.FileName), whole.Mark.Batch));
            return ExitCodes.Ok;
        });
        return command;
    }

    /// <summary>What went into a database.</summary>
    private static int Told(Terminal terminal, ExportManifest whole)
    {
        var text = terminal.Text;
        var listing = new Listing(text["export.col.data-set"], text["export.col.rows"]);
        foreach (var part in whole.DataSets) listing.Add(part.Id, part.Rows.ToString(CultureInfo.InvariantCulture));
        terminal.Print(listing);
        foreach (var part in whole.DataSets.Where(d => d.Quarantined > 0)) terminal.Error.WriteLine(text.Format("export.targets.quarantined", part.Id, part.Quarantined));
        terminal.Error.WriteLine(text.Format("export.done", whole.Order.Target!, whole.Mark.Batch));
        return ExitCodes.Ok;
    }

    private static async Task<Result<ExportManifest>> HereAsync(
        ParseResult parsed, Terminal terminal, ExportOrder order, string? folder, Action<string, double> report, CancellationToken cancellation)
    {
        if (!LakeRoom.Open(parsed, terminal, write: true, DataFolder.Of(parsed, terminal), embedded: true).Try(out var room, out var problem)) return problem;
        await using (room.ConfigureAwait(false))
        {
            if (!(await room.TrustAsync(cancellation).ConfigureAwait(false)).Try(out var trust, out problem)) return problem;
            var scope = Yunnao.Trust.Rights.LocalAdministrator.ScopeOver(room.Registry.DataSets.Values, order.Purpose);
            if (folder is null)
            {
                var book = new TargetBook(DataFolder.Of(parsed, terminal), new(trust.Keys));
                return await new TargetRun(trust.Lake!, room.Registry, room.Shapes, book, TimeProvider.System).RunAsync(scope, order, report, cancellation).ConfigureAwait(false);
            }

            return await new ExportRun(trust.Lake!, room.Registry, room.Shapes, TimeProvider.System, seal: null, new ManifestSignature(trust.Keys), new ExportMarks(trust.Keys)).RunAsync(scope, order, folder, report, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The server makes the export as a job; its files are fetched and proved by their hashes.</summary>
    private static async Task<Result<ExportManifest>> ByServerAsync(
        ServerConnection server, ExportOrder order, string? folder, Action<string, double> report, CancellationToken cancellation)
    {
        using (server)
        {
            if (folder is not null && File.Exists(Path.Combine(folder, ExportManifest.FileName))) return new Problem(ProblemKind.Conflict, "export.exists", "The folder holds a whole export already; name another one.", new(folder));
            using var body = System.Net.Http.Json.JsonContent.Create(order, options: ApiJson.Options);
            if (!(await server.AskAsync<ExportView>(HttpMethod.Post, "exports", cancellation, body).ConfigureAwait(false)).Try(out var export, out var problem)) return problem;
            if (await server.FollowToEndAsync(export.Job!, j => report(j.Step ?? "", j.Fraction), cancellation).ConfigureAwait(false) is { } failed) return failed;
            if (!(await server.AskAsync<ExportView>(HttpMethod.Get, $"exports/{export.Id}", cancellation).ConfigureAwait(false)).Try(out export, out problem)) return problem;
            var manifest = export.Manifest!;
            if (folder is null) return manifest;
            foreach (var name in manifest.Files.Select(f => f.Name).Append(ManifestSignature.FileName).Append(ExportManifest.FileName))
            {
                if (await FetchAsync(server, $"exports/{export.Id}/files/{name}", Path.Combine(folder, name), cancellation).ConfigureAwait(false) is { } cut) return cut;
            }

            return ManifestFile.Verify(manifest, folder).FirstOrDefault() is { } wrong ? wrong : manifest;
        }
    }

    private static async Task<Problem?> FetchAsync(ServerConnection server, string address, string file, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (!(await server.SendAsync(request, cancellation).ConfigureAwait(false)).Try(out var response, out var problem)) return problem;
        using (response)
        {
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                var output = File.Create(file);
                await using (output.ConfigureAwait(false)) await response.Content.CopyToAsync(output, cancellation).ConfigureAwait(false);
                return null;
            }
            catch (Exception e) when (e is IOException or HttpRequestException or UnauthorizedAccessException)
            {
                return new(ProblemKind.Unavailable, "export.file", "A file of the export cannot be fetched or written.", new(file));
            }
        }
    }
}
