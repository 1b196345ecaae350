using MathNet.Numerics.Distributions;
using Yunnao.Kernel;
using Yunnao.Lake;
using Yunnao.Lake.DuckDb.Text;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Standards;
using Yunnao.Standards.Compile;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Rights;

namespace Yunnao.Services.Exports;

/// <summary>
/// Names the recipient from whom a file leaked. Each recipient of a marked export lacks about one row in <see cref="ExportMarks.OneIn"/>, chosen by a key of
/// its own. Of the rows of the file that are found again in the lake those are counted that the recipient lacks. In a file of another source their number is
/// binomial, Bin(n, 1/<see cref="ExportMarks.OneIn"/>), whoever leaked it and whatever was cut out of it, because the choice knows nothing of the contents; in
/// the recipient's own it is none. The probability of so few by chance, P(X ≤ k), times the number of recipients that were looked at (Bonferroni), is what
/// is told. A pseudonym that only one recipient has names it too: two of 128 bits are the same by chance once in 2^128.
/// </summary>
public sealed class ExportTrace(ExportStore store, ExportMarks marks, ScopeMaker scopes, ILakeEngine lake, Registry registry, IReadOnlyList<TableShape> shapes, AuditLog audit)
{
    /// <summary>A recipient is named when the file looks like this by chance at most so often.</summary>
    public const double MostFalse = 1e-6;

    private const int MostLookedAt = 10_000;

    /// <summary>All recipients of marked exports whose data the file could be, the likeliest first. Problems: <c>export.trace-file</c>, <c>scope.*</c>, those of a query.</summary>
    /// <param name="by">Who asks, for the audit.</param>
    /// <param name="temporary">A folder for the comparison; what is put there is removed.</param>
    /// <param name="report">Told the recipient that is looked at, and the part that is done.</param>
    public async Task<Result<IReadOnlyList<Suspect>>> RunAsync(string file, string by, string temporary, Action<string, double> report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(report);
        var work = Path.Combine(temporary, $"trace-{Guid.NewGuid():n}");
        Directory.CreateDirectory(work);
        try
        {
            if (!LeakMatch.Read(file, work).Try(out var leak, out var problem)) return problem;
            using (leak)
            {
                var candidates = await CandidatesAsync(cancellation).ConfigureAwait(false);
                var suspects = new List<Suspect>();
                foreach (var (export, i) in candidates.Select((e, i) => (e, i)))
                {
                    report(export.Who, (double)i / candidates.Count);
                    if (!(await LookAsync(export, leak, candidates, Path.Combine(work, "shown.parquet"), cancellation).ConfigureAwait(false)).Try(out var suspect, out problem)) return problem;
                    if (suspect.Rows > 0 || suspect.Pseudonyms > 0) suspects.Add(suspect);
                }

                var named = suspects.Where(s => s.Named).Select(s => s.Who).Distinct(StringComparer.Ordinal);
                await audit.AppendAsync(new(AuditKind.Export, by) { What = "trace", Rows = leak.Rows, Details = new Dictionary<string, string> { ["step"] = "trace", ["named"] = string.Join(' ', named) } }, CancellationToken.None).ConfigureAwait(false);
                return suspects.OrderBy(s => s.FalsePositive).ThenByDescending(s => s.Rows).ToList();
            }
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    /// <summary>The newest marked export of each recipient for each purpose and selection of data sets.</summary>
    private async Task<List<Export>> CandidatesAsync(CancellationToken cancellation) =>
        [.. (await store.NewestAsync(null, MostLookedAt, cancellation).ConfigureAwait(false))
            .Where(e => e.Order.Marked == true && (e.State is ExportState.Done or ExportState.Expired))
            .DistinctBy(e => (e.Who, e.Order.Purpose, string.Join(' ', e.Order.DataSets.Order(StringComparer.Ordinal))))];

    private async Task<Result<Suspect>> LookAsync(Export export, LeakMatch leak, List<Export> candidates, string shown, CancellationToken cancellation)
    {
        var made = export.Caller is { } caller
            ? await scopes.MakeAsync(new(caller, new(export.Order.Purpose), export.Order.DataSets), cancellation).ConfigureAwait(false)
            : LocalAdministrator.ScopeOver(registry.DataSets.Values, export.Order.Purpose);
        if (!made.Try(out var scope, out var problem)) return problem;
        var own = HasOwnPseudonyms(export, candidates);
        var best = new Suspect(export.Who, export.Order.Purpose, export.Id, export.Created, "", 0, 0, 0, 0, [], 1, false);
        foreach (var id in export.Order.DataSets.Distinct(StringComparer.Ordinal))
        {
            if (shapes.FirstOrDefault(s => s.DataSet.Id == id) is not { } shape || !ScopedTable.Of(shape, scope).Try(out var table, out _)) continue;
            var outputs = table.Columns.Where(c => leak.Columns.Contains(c.Name, StringComparer.OrdinalIgnoreCase)).ToList();
            if (outputs.Count == 0) continue;
            var query = new Query(id) { Outputs = [.. outputs.Select(c => new Output(c.Name))], Mark = marks.Of(export.Who) with { Shown = true } };
            var written = await lake.ExportAsync(scope, query, new(shown, ExportFormat.Parquet), cancellation).ConfigureAwait(false);
            if (!written.Try(out _, out problem)) return problem;
            var found = leak.With(shown, own ? [.. outputs.Where(c => c.Action == ItemAction.Pseudonym).Select(c => c.Name)] : []);
            var chance = ChanceOf(found, candidates.Count);
            if (chance < best.FalsePositive || (found.Matched > best.Rows && !best.Named))
            {
                best = best with
                {
                    DataSet = id, Rows = found.Matched, LeftOut = found.LeftOut, Expected = (double)found.Matched / ExportMarks.OneIn, Pseudonyms = found.Pseudonyms, Compared = found.Compared,
                    FalsePositive = chance, Named = chance <= MostFalse,
                };
            }
        }

        return best;
    }

    /// <summary>False where another recipient is shown the same pseudonyms, because both belong to one institution.</summary>
    private bool HasOwnPseudonyms(Export export, List<Export> candidates) => export.Caller is { } caller
        && !candidates.Any(c => c.Caller is { } other && other.Id != caller.Id && scopes.PseudonymKeyOf(other).AsSpan().SequenceEqual(scopes.PseudonymKeyOf(caller)));

    /// <summary>How probable such a finding is in a file of another source, for any of the candidates.</summary>
    internal static double ChanceOf(LeakMatch.Found found, int candidates)
    {
        if (found.Pseudonyms > 0) return Math.Min(1, candidates * (double)found.Pseudonyms * Math.Pow(2, -128) * Math.Max(1, found.Matched));
        if (found.Matched == 0) return 1;
        var few = found.LeftOut == 0 ? Math.Pow(1 - (1.0 / ExportMarks.OneIn), found.Matched) : Binomial.CDF(1.0 / ExportMarks.OneIn, (int)Math.Min(found.Matched, int.MaxValue), found.LeftOut);
        return Math.Min(1, candidates * few);
    }
}
