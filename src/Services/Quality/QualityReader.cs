using Yunnao.Kernel;
using Yunnao.Lake;
using Yunnao.Lake.Scopes;
using Yunnao.Services.Surveillance.Counting;
using Yunnao.Standards;
using Yunnao.Standards.Compile;
using Yunnao.Standards.Quality;

namespace Yunnao.Services.Quality;

/// <summary>
/// Reads what was counted and scores it, under a Scope that reaches the lake's own tables. The score of a dimension of a data set is the
/// share of what was asked of its rows that they passed, each measure by its weight; of a data set the mean of its dimensions by their
/// weights; of an institution or a month the mean of its data sets by theirs. What was not measured takes no part. Records that could be
/// given to no data set are held against all that was received.
/// </summary>
public sealed class QualityReader(Registry registry, IEnumerable<TableShape> shapes, ILakeEngine lake, Scope scope)
{
    private const string Measured = "quality.measure AS q ON q.data_set = m.data_set AND q.measure = m.measure";

    private readonly record struct Part(string Key, string DataSet, string Dimension, double DimensionWeight, double DataSetWeight, double Score, double Failed);

    /// <summary>The report. Problems: <c>quality.nothing-counted</c>, <c>scope.operations</c>.</summary>
    public async Task<Result<QualityReport>> ReadAsync(QualityFilter filter, CancellationToken cancellation)
    {
        if (!(await PartsAsync("''", filter, cancellation).ConfigureAwait(false)).Try(out var whole, out var problem)) return problem;
        if (!(await PartsAsync("org", filter, cancellation).ConfigureAwait(false)).Try(out var byInstitution, out problem)) return problem;
        if (!(await PartsAsync("month::VARCHAR", filter, cancellation).ConfigureAwait(false)).Try(out var byMonth, out problem)) return problem;
        if (!(await ReceivedAsync("''", filter, cancellation).ConfigureAwait(false)).Try(out var all, out problem)) return problem;
        if (all.Count == 0 || all[""] is (0, 0)) return NothingCounted();
        if (!(await ReceivedAsync("org", filter, cancellation).ConfigureAwait(false)).Try(out var ofInstitution, out problem)) return problem;
        if (!(await ReceivedAsync("month::VARCHAR", filter, cancellation).ConfigureAwait(false)).Try(out var ofMonth, out problem)) return problem;
        if (!(await ReceivedAsync("data_set", filter, cancellation).ConfigureAwait(false)).Try(out var ofDataSet, out problem)) return problem;
        if (!(await MeasuresAsync(filter, cancellation).ConfigureAwait(false)).Try(out var measures, out problem)) return problem;
        if (!(await InstitutionNamesAsync(cancellation).ConfigureAwait(false)).Try(out var names, out problem)) return problem;
        return new QualityReport(
            filter, registry.Quality.Dimensions, Score("", "", whole, all.GetValueOrDefault("")),
            Worst(ofInstitution.Select(r => Score(r.Key, names.GetValueOrDefault(r.Key, ""), byInstitution.Where(p => p.Key == r.Key), r.Value))),
            Worst(ofDataSet.Select(r => Score(r.Key, "", whole.Where(p => p.DataSet == r.Key), r.Value))),
            [.. ofMonth.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => Score(r.Key, "", byMonth.Where(p => p.Key == r.Key), r.Value))],
            measures);
    }

    private static IReadOnlyList<QualityScore> Worst(IEnumerable<QualityScore> scores) =>
        [.. scores.OrderBy(s => double.IsNaN(s.Total) ? 2 : s.Total).ThenBy(s => s.Key, StringComparer.Ordinal)];

    private static QualityScore Score(string key, string name, IEnumerable<Part> parts, (long Accepted, long Quarantined) received)
    {
        var all = parts.Select(p => p.DataSet.Length > 0 ? p : p with { Score = 1 - (p.Failed / Math.Max(p.Failed, received.Accepted + received.Quarantined)) }).ToList();
        var dataSets = all.GroupBy(p => p.DataSet).Select(d => (Weight: d.First().DataSetWeight, Score: Mean(d.Select(p => (p.DimensionWeight, p.Score)))));
        var dimensions = all.GroupBy(p => p.Dimension).ToDictionary(d => d.Key, d => Mean(d.Select(p => (p.DataSetWeight, p.Score))), StringComparer.Ordinal);
        return new(key, name, Mean(dataSets), dimensions, received.Accepted, received.Quarantined);
    }

    private static double Mean(IEnumerable<(double Weight, double Score)> parts)
    {
        var (sum, weights) = (0.0, 0.0);
        foreach (var (weight, score) in parts) (sum, weights) = (sum + (weight * score), weights + weight);
        return sum / weights;
    }

    private Task<Result<List<Part>>> PartsAsync(string key, QualityFilter filter, CancellationToken cancellation) => AnswerRows.ReadAsync(
        lake, scope,
        $"""
        SELECT m.key, m.data_set, q.dimension, any_value(q.dimension_weight), any_value(q.data_set_weight), sum(q.weight * (m.checked - m.failed)) / sum(q.weight * m.checked), sum(m.failed)
        FROM (SELECT {key} AS key, data_set, measure, sum(checked)::DOUBLE AS checked, sum(failed)::DOUBLE AS failed FROM quality.count{Where(filter)} GROUP BY ALL) AS m
        JOIN {Measured} WHERE q.weight > 0 AND q.dimension_weight > 0 AND m.checked > 0 GROUP BY m.key, m.data_set, q.dimension
        """,
        (b, r) => new Part(b.Text(0, r), b.Text(1, r), b.Text(2, r), b.Real(3, r), b.Real(4, r), b.Real(5, r), b.Real(6, r)),
        cancellation, NothingCounted());

    private async Task<Result<Dictionary<string, (long Accepted, long Quarantined)>>> ReceivedAsync(string key, QualityFilter filter, CancellationToken cancellation)
    {
        var read = await AnswerRows.ReadAsync(
            lake, scope, $"SELECT {key} AS key, coalesce(sum(accepted), 0)::BIGINT, coalesce(sum(quarantined), 0)::BIGINT FROM quality.received{Where(filter)} GROUP BY 1",
            (b, r) => (Key: b.Text(0, r), Accepted: b.Whole(1, r), Quarantined: b.Whole(2, r)), cancellation, NothingCounted()).ConfigureAwait(false);
        return read.Try(out var rows, out var problem) ? rows.ToDictionary(r => r.Key, r => (r.Accepted, r.Quarantined), StringComparer.Ordinal) : problem;
    }

    private async Task<Result<IReadOnlyList<MeasureCount>>> MeasuresAsync(QualityFilter filter, CancellationToken cancellation)
    {
        var names = shapes.SelectMany(s => MeasureList.Of(s, registry.Quality).Select(m => (Key: (s.DataSet.Id, m.Id), m.Name)))
            .Concat(MeasureList.OfNoDataSet(registry.Quality).Select(m => (Key: ("", m.Id), m.Name))).ToDictionary(m => m.Key, m => m.Name);
        var read = await AnswerRows.ReadAsync(
            lake, scope,
            $"""
            SELECT m.data_set, m.measure, q.dimension, q.weight, m.checked, m.failed, m.worst
            FROM (SELECT data_set, measure, sum(checked)::BIGINT AS checked, sum(failed)::BIGINT AS failed, arg_max(org, failed) AS worst FROM (
                SELECT data_set, measure, org, sum(checked) AS checked, sum(failed) AS failed FROM quality.count{Where(filter)} GROUP BY ALL) AS o GROUP BY 1, 2) AS m
            JOIN {Measured} ORDER BY (q.weight = 0), q.weight * m.failed / m.checked DESC, m.failed DESC, m.data_set, m.measure
            """,
            (b, r) => new MeasureCount(
                b.Text(0, r), b.Text(1, r), names.GetValueOrDefault((b.Text(0, r), b.Text(1, r))), b.Text(2, r), b.Real(3, r), b.Whole(4, r), b.Whole(5, r), b.Text(6, r)),
            cancellation, NothingCounted()).ConfigureAwait(false);
        return read.Try(out var rows, out var problem) ? rows : problem;
    }

    private async Task<Result<Dictionary<string, string>>> InstitutionNamesAsync(CancellationToken cancellation)
    {
        if (registry.Quality.Institution is not { } facts) return new Dictionary<string, string>();
        var read = await AnswerRows.ReadAsync(
            lake, scope, $"SELECT _org, arg_max({Sql.Name(facts.Name)}, _time) FROM {facts.DataSet} WHERE _org IS NOT NULL GROUP BY 1",
            (b, r) => (Key: b.Text(0, r), Name: b.Text(1, r)), cancellation).ConfigureAwait(false);
        return read.Try(out var rows, out var problem) ? rows.ToDictionary(r => r.Key, r => r.Name, StringComparer.Ordinal) : problem;
    }

    private static string Where(QualityFilter filter)
    {
        var conditions = new List<string>();
        if (filter.Institution is { } institution) conditions.Add($"org = {Sql.Text(institution)}");
        if (filter.DataSet is { } dataSet) conditions.Add($"data_set = {Sql.Text(dataSet)}");
        if (filter.From is { } from) conditions.Add($"month >= DATE '{from:yyyy-MM-dd}'");
        if (filter.To is { } to) conditions.Add($"month <= DATE '{to:yyyy-MM-dd}'");
        return conditions.Count == 0 ? "" : $" WHERE {string.Join(" AND ", conditions)}";
    }

    private static Problem NothingCounted() => new(ProblemKind.NotFound, "quality.nothing-counted", "There are no rows to measure: nothing has been loaded, or nothing fits the filter.");
}
