using System.CommandLine;
using System.Globalization;
using Yunnao.Cli.Lake;
using Yunnao.Cli.Remote;
using Yunnao.Kernel;
using Yunnao.Services.Exports;

namespace Yunnao.Cli.Exports;

/// <summary><c>yunnao export trace FILE</c>: whose export a leaked file, or a part of one, is from.</summary>
internal static class TraceCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var file = new Argument<string>("file") { Description = text["export.trace.file"] };
        var command = new Command("trace", text["export.trace"]) { file };
        command.SetAction(async (parsed, cancellation) =>
        {
            var path = parsed.GetRequiredValue(file);
            if (!File.Exists(path)) return terminal.Fail(new(ProblemKind.NotFound, "export.trace-file", text["export.no-leak"], new(path)));
            using var line = new StatusLine(terminal);
            void Report(string step, double part) => line.Show(string.Create(CultureInfo.InvariantCulture, $"{step} {part * 100:0} % {line.Elapsed:mm\\:ss}"));
            var traced = ServerConnection.To(DataFolder.Of(parsed, terminal), terminal) is { } server
                ? await ByServerAsync(server, path, cancellation).ConfigureAwait(false)
                : await HereAsync(parsed, terminal, path, Report, cancellation).ConfigureAwait(false);
            line.Clear();
            if (!traced.Try(out var suspects, out var problem)) return terminal.Fail(problem);
            Print(terminal, suspects);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static void Print(Terminal terminal, IReadOnlyList<Suspect> suspects)
    {
        var text = terminal.Text;
        var listing = new Listing(text["export.col.recipient"], text["export.col.purpose"], text["export.col.data-set"], text["export.col.matched"], text["export.col.left-out"], text["export.col.expected"], text["export.col.pseudonyms"], text["export.col.chance"]);
        foreach (var s in suspects)
        {
            listing.Add(
                s.Who, s.Purpose, s.DataSet, s.Rows.ToString(CultureInfo.InvariantCulture), s.LeftOut.ToString(CultureInfo.InvariantCulture), s.Expected.ToString("0.#", CultureInfo.InvariantCulture),
                s.Pseudonyms.ToString(CultureInfo.InvariantCulture), s.FalsePositive.ToString("0.##e+0", CultureInfo.InvariantCulture));
        }

        if (suspects.Count > 0) terminal.Print(listing);
        foreach (var s in suspects.Where(s => s.Named))
            terminal.Print(text.Format("export.trace.named", s.Who, s.Export, s.Created.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), (s.Confidence * 100).ToString("0.#####", CultureInfo.InvariantCulture), s.FalsePositive.ToString("0.##e+0", CultureInfo.InvariantCulture)));
        if (!suspects.Any(s => s.Named)) terminal.Print(text["export.trace.none"]);
    }

    private static async Task<Result<IReadOnlyList<Suspect>>> HereAsync(ParseResult parsed, Terminal terminal, string path, Action<string, double> report, CancellationToken cancellation)
    {
        var folder = DataFolder.Of(parsed, terminal);
        if (!LakeRoom.Open(parsed, terminal, write: true, folder, embedded: true).Try(out var room, out var problem)) return problem;
        await using (room.ConfigureAwait(false))
        {
            if (!(await room.TrustAsync(cancellation).ConfigureAwait(false)).Try(out var trust, out problem)) return problem;
            var store = new ExportStore(trust.Control);
            await store.OpenAsync(cancellation).ConfigureAwait(false);
            var trace = new ExportTrace(store, new ExportMarks(trust.Keys), trust.Scopes, room.Lake, room.Registry, room.Shapes, trust.Audit);
            return await trace.RunAsync(path, room.Scope.Who, Path.Combine(folder, "tmp"), report, cancellation).ConfigureAwait(false);
        }
    }

    private static async Task<Result<IReadOnlyList<Suspect>>> ByServerAsync(ServerConnection server, string path, CancellationToken cancellation)
    {
        using (server)
        {
            using var body = new StreamContent(File.OpenRead(path));
            var asked = await server.AskAsync<List<Suspect>>(HttpMethod.Post, $"exports/trace?name={Uri.EscapeDataString(Path.GetFileName(path))}", cancellation, body).ConfigureAwait(false);
            return asked.Try(out var suspects, out var problem) ? suspects : problem;
        }
    }
}
