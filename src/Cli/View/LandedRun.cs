using System.CommandLine;
using System.Globalization;
using Yunnao.Cli.Lake;
using Yunnao.Kernel;
using Yunnao.Services.Views.Run;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Rights;

namespace Yunnao.Cli.View;

/// <summary>
/// <c>yunnao view run VIEW --landed --reason TEXT</c>: a view over what was received as FHIR, as it was received: names, extensions and elements that no data set has are
/// in it. So it is for whoever runs the program on the machine with the data and its keys, and in the audit before the first byte is read; no server gives landed files to anybody.
/// </summary>
internal static class LandedRun
{
    private const int MostBatches = int.MaxValue;

    public static Task<int> RunAsync(ParseResult parsed, Terminal terminal, Services.Views.View view, string[] sources, string? reason, Func<string, Task<int>> run, CancellationToken cancellation)
    {
        var text = terminal.Text;
        if (string.IsNullOrWhiteSpace(reason)) return Task.FromResult(terminal.Fail(new(ProblemKind.Incorrect, "object.reason", text["object.no-reason"])));
        return LakeRoom.UseEmbeddedAsync(parsed, terminal, write: false, async room =>
        {
            var formats = room.Registry.Mappings.Where(m => m.Value.Format == "fhir").Select(m => m.Key).ToHashSet(StringComparer.Ordinal);
            var wanted = (await room.Lake.BatchesAsync(MostBatches, new(TakenBack: false), cancellation).ConfigureAwait(false)).Where(b => formats.Contains(b.Header.Source) && (sources.Length == 0 || sources.Contains(b.Header.Source))).OrderBy(b => b.Number).ToList();
            var objects = wanted.Select(b => b.Header.ObjectId).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
            if (objects.Count == 0) return terminal.Fail(new(ProblemKind.NotFound, "view.no-file", text.Format("view.run.none-landed", string.Join(", ", formats.Order(StringComparer.Ordinal)))));
            if (!(await room.TrustAsync(cancellation).ConfigureAwait(false)).Try(out var trust, out var problem)) return terminal.Fail(problem);
            await trust.Audit.AppendAsync(
                new(AuditKind.Export, LocalAdministrator.Name)
                {
                    What = $"view {view.Name} over landed files of batches {wanted[0].Number} to {wanted[^1].Number}",
                    Details = new Dictionary<string, string> { ["reason"] = reason, ["files"] = objects.Count.ToString(CultureInfo.InvariantCulture), ["sources"] = string.Join(' ', wanted.Select(b => b.Header.Source).Distinct(StringComparer.Ordinal)) },
                },
                CancellationToken.None).ConfigureAwait(false);
            if (!room.OpenObjects().Try(out var store, out problem)) return terminal.Fail(problem);
            using var line = new StatusLine(terminal);
            if (!(await LandedFiles.TakeAsync(store, objects, Path.Combine(DataFolder.Of(parsed, terminal), "tmp"), done => line.Show(text.Format("view.run.taking", done, objects.Count)), cancellation).ConfigureAwait(false)).Try(out var files, out problem)) return terminal.Fail(problem);
            using (files) return await run(files.Folder).ConfigureAwait(false);
        });
    }
}
