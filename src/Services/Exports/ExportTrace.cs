using System.Text.Json;
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

    /// <summary>All recipients of marked exports whose data the file could be, the likeliest first. Problems: <c>export.trace-file</c>, <c>export.trace-columns</c>, <c>scope.*</c>, those of a query.</summary>
    /// <param name="by">Who asks, for the audit.</param>
    /// <param name="temporary">A folder for the comparison; what is put there is removed.</param>
    /// <param name="report">Told the data set that is looked at, and the part that is done.</param>
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
                if (!(await ShowingsAsync(candidates, leak, cancellation).ConfigureAwait(false)).Try(out var showings, out problem)) return problem;
                if (showings.Count == 0 && candidates.Count > 0) return NoColumns(candidates);
                var best = new Dictionary<Candidate, Suspect>();
                foreach (var (showing, i) in showings.Select((s, i) => (s, i)))
                {
                    report(showing.Table.Shape.DataSet.Id, (double)i / showings.Count);
                    if (await LookAsync(showing, leak, candidates, best, Path.Combine(work, "shown.parquet"), cancellation).ConfigureAwait(false) is { } stopped) return stopped;
                }

                var suspects = best.Values.ToList();
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

    /// <summary>Who could be the source: a recipient for a purpose, with the data sets of all its marked exports and the newest of these.</summary>
    private sealed record Candidate(Export Newest, IReadOnlyList<string> DataSets);

    /// <summary>Rows of a data set as one or several recipients are shown them alike: they are read once for all of these.</summary>
    private sealed record Showing(Scope Scope, ScopedTable Table, IReadOnlyList<ScopedColumn> Outputs, List<(Candidate Candidate, bool OwnPseudonyms)> To);

    /// <summary>A file of other columns names nobody, however many rows it has: their names were changed, or it is of something else.</summary>
    private static Problem NoColumns(List<Candidate> candidates) => new(
        ProblemKind.Incorrect, "export.trace-columns",
        $"No column of the file has the name of one that a marked export of {string.Join(", ", candidates.SelectMany(c => c.DataSets).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(10))} carried, so there is nothing to compare. Where its columns were renamed, give them back their names (the manifest of the export lists them); _record, _subject and the numbers of records say most.");

    private async Task<List<Candidate>> CandidatesAsync(CancellationToken cancellation) =>
    [
        .. (await store.NewestAsync(null, MostLookedAt, cancellation).ConfigureAwait(false))
            .Where(e => e.Order.Marked == true && (e.State is ExportState.Done or ExportState.Expired))
            .GroupBy(e => (e.Who, e.Order.Purpose))
            .Select(g => new Candidate(g.MaxBy(e => e.Created)!, [.. g.SelectMany(e => e.Order.DataSets).Distinct(StringComparer.Ordinal)])),
    ];

    /// <summary>
    /// What has to be read. Pseudonyms are another's in each institution, so columns of them are left out where the file has no values of their form: then
    /// recipients of different institutions are mostly shown the same, and are told apart by the rows that they lack alone.
    /// </summary>
    private async Task<Result<List<Showing>>> ShowingsAsync(List<Candidate> candidates, LeakMatch leak, CancellationToken cancellation)
    {
        var (showings, pseudonymous) = (new Dictionary<string, Showing>(StringComparer.Ordinal), leak.Columns.Where(leak.MayHoldPseudonyms).ToHashSet(StringComparer.OrdinalIgnoreCase));
        foreach (var candidate in candidates)
        {
            var export = candidate.Newest;
            var made = export.Caller is { } caller
                ? await scopes.MakeAsync(new(caller, new(export.Order.Purpose), candidate.DataSets), cancellation).ConfigureAwait(false)
                : LocalAdministrator.ScopeOver(registry.DataSets.Values, export.Order.Purpose);
            if (!made.Try(out var scope, out var problem)) return problem;
            var own = HasOwnPseudonyms(export, candidates);
            foreach (var shape in shapes.Where(s => candidate.DataSets.Contains(s.DataSet.Id)))
            {
                if (!ScopedTable.Of(shape, scope).Try(out var table, out _)) continue;
                var outputs = table.Columns.Where(c => leak.Columns.Contains(c.Name, StringComparer.OrdinalIgnoreCase) && (c.Action != ItemAction.Pseudonym || pseudonymous.Contains(c.Name))).ToList();
                if (outputs.Count == 0) continue;
                var key = outputs.Any(c => c.Action == ItemAction.Pseudonym) ? Convert.ToHexString(scope.PseudonymKey.Span) : "";
                var same = $"{shape.DataSet.Id} {JsonSerializer.Serialize(table.Rows)} {string.Join(' ', outputs.Select(c => $"{c.Name}:{c.Action}:{c.Generalisation}"))} {key}";
                if (!showings.TryGetValue(same, out var showing)) showings[same] = showing = new(scope, table, outputs, []);
                showing.To.Add((candidate, own));
            }
        }

        return showings.Values.ToList();
    }

    private async Task<Problem?> LookAsync(Showing showing, LeakMatch leak, List<Candidate> candidates, Dictionary<Candidate, Suspect> best, string shown, CancellationToken cancellation)
    {
        var id = showing.Table.Shape.DataSet.Id;
        var query = new Query(id) { Outputs = [.. showing.Outputs.Select(c => new Output(c.Name))], Mark = RowMark.ShowRecords };
        if (!(await lake.ExportAsync(showing.Scope, query, new(shown, ExportFormat.Parquet), cancellation).ConfigureAwait(false)).Try(out _, out var problem)) return problem;
        var found = leak.With(shown, [.. showing.Outputs.Where(c => c.Action == ItemAction.Pseudonym).Select(c => c.Name)]);
        if (found.Matched == 0 && found.Pseudonyms == 0) return null;
        foreach (var (candidate, own) in showing.To)
        {
            var (leftOut, pseudonyms) = (found.Matched == 0 ? 0 : leak.LeftOut(marks.Of(candidate.Newest.Who)), own ? found.Pseudonyms : 0);
            if (found.Matched == 0 && pseudonyms == 0) continue;
            var chance = ChanceOf(found.Matched, leftOut, pseudonyms, candidates.Count);
            if (best.TryGetValue(candidate, out var before) && (chance > before.FalsePositive || (chance == before.FalsePositive && found.Matched <= before.Rows))) continue;
            var export = candidate.Newest;
            best[candidate] = new(export.Who, export.Order.Purpose, export.Id, export.Created, id, found.Matched, leftOut, (double)found.Matched / ExportMarks.OneIn, pseudonyms, found.Compared, chance, chance <= MostFalse);
        }

        return null;
    }

    /// <summary>False where another recipient is shown the same pseudonyms, because both belong to one institution.</summary>
    private bool HasOwnPseudonyms(Export export, List<Candidate> candidates) => export.Caller is { } caller
        && !candidates.Any(c => c.Newest.Caller is { } other && other.Id != caller.Id && scopes.PseudonymKeyOf(other).AsSpan().SequenceEqual(scopes.PseudonymKeyOf(caller)));

    /// <summary>How probable such a finding is in a file of another source, for any of the candidates.</summary>
    internal static double ChanceOf(long matched, long leftOut, long pseudonyms, int candidates)
    {
        if (pseudonyms > 0) return Math.Min(1, candidates * (double)pseudonyms * Math.Pow(2, -128) * Math.Max(1, matched));
        if (matched == 0) return 1;
        var few = leftOut == 0 ? Math.Pow(1 - (1.0 / ExportMarks.OneIn), matched) : Binomial.CDF(1.0 / ExportMarks.OneIn, (int)Math.Min(matched, int.MaxValue), leftOut);
        return Math.Min(1, candidates * few);
    }
}
