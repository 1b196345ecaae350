using System.Globalization;
using Yunnao.Kernel;
using Yunnao.Lake;
using Yunnao.Lake.Scopes;
using Yunnao.Services.Surveillance.Counting;
using Yunnao.Standards;
using Yunnao.Standards.Alarms;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Surveillance.Cards;

/// <summary>Reviews report cards: statutory time limits, and several cards of one illness. The limits are data in <c>standards/alarms</c>.</summary>
public sealed class CardReview(Registry registry, ILakeEngine lake, Scope scope)
{
    /// <summary>Reports and late reports by limit and institution.</summary>
    public async Task<Result<List<PunctualityRow>>> PunctualityAsync(DateOnly from, DateOnly to, CancellationToken cancellation)
    {
        var rows = new List<PunctualityRow>();
        foreach (var limit in registry.Alarms.Limits)
        {
            var read = await AnswerRows.ReadAsync(
                lake, scope,
                $"SELECT coalesce(_org, ''), count(*)::BIGINT, count(*) FILTER (minutes > hours * 60)::BIGINT FROM {Timed(limit, from, to)} GROUP BY 1 ORDER BY 3 DESC, 1",
                (b, r) => new PunctualityRow(limit.Id, b.Text(0, r), b.Whole(1, r), b.Whole(2, r)),
                cancellation).ConfigureAwait(false);
            if (!read.Try(out var found, out var problem)) return problem;
            rows.AddRange(found);
        }

        return rows;
    }

    /// <summary>The latest reports, the one that took longest beyond its limit first.</summary>
    public async Task<Result<List<LateReport>>> LateAsync(DateOnly from, DateOnly to, int most, CancellationToken cancellation)
    {
        var late = new List<LateReport>();
        foreach (var limit in registry.Alarms.Limits)
        {
            var read = await AnswerRows.ReadAsync(
                lake, scope,
                $"""
                SELECT _record::VARCHAR, coalesce(_org, ''), code, day, hours::BIGINT, minutes::BIGINT FROM {Timed(limit, from, to)}
                WHERE minutes > hours * 60 ORDER BY minutes - hours * 60 DESC, _record LIMIT {Math.Max(0, most)}
                """,
                (b, r) => new LateReport(limit.Id, b.Text(0, r), b.Text(1, r), b.Text(2, r), b.Day(3, r), (int)b.Whole(4, r), b.Whole(5, r)),
                cancellation).ConfigureAwait(false);
            if (!read.Try(out var found, out var problem)) return problem;
            late.AddRange(found);
        }

        return late;
    }

    /// <summary>Cards of one illness of one person that came after another, by the rule's own <c>once</c>. Problem: <c>surveillance.nothing-counted</c>.</summary>
    public async Task<Result<List<DuplicateReport>>> DuplicatesAsync(DateOnly from, DateOnly to, int most, CancellationToken cancellation)
    {
        var dataSets = registry.Alarms.Limits.Select(l => l.DataSet).ToHashSet();
        var duplicates = new List<DuplicateReport>();
        foreach (var rule in registry.Alarms.Signals.Values.Where(r => dataSets.Contains(r.DataSet)))
        {
            var same = "OVER (PARTITION BY signal, subject ORDER BY seen, record)";
            var read = await AnswerRows.ReadAsync(
                lake, scope,
                $"""
                SELECT signal, record::VARCHAR, org, seen, before::VARCHAR, before_org, before_seen FROM (
                    SELECT signal, record, coalesce(org, '') AS org, seen, lag(record) {same} AS before, lag(coalesce(org, '')) {same} AS before_org,
                        lag(seen) {same} AS before_seen
                    FROM surveillance.event
                    WHERE data_set = {Sql.Text(rule.DataSet)} AND split_part(signal, '.', 1) = {Sql.Text(rule.Id)} AND subject IS NOT NULL) AS e
                WHERE seen - before_seen <= {rule.Once} AND seen BETWEEN {Date(from)} AND {Date(to)} ORDER BY seen DESC, record LIMIT {Math.Max(0, most)}
                """,
                (b, r) => new DuplicateReport(b.Text(0, r), b.Text(1, r), b.Text(2, r), b.Day(3, r), b.Text(4, r), b.Text(5, r), b.Day(6, r)),
                cancellation).ConfigureAwait(false);
            if (!read.Try(out var found, out var problem)) return problem;
            duplicates.AddRange(found);
        }

        return duplicates;
    }

    private string Timed(ReportingLimit limit, DateOnly from, DateOnly to)
    {
        var code = limit.Code is null ? "''" : $"coalesce({Sql.Name(limit.Code)}, '')";
        return $"""
            (SELECT _record, _org, {code} AS code, _time::DATE AS day, {Hours(limit, code)} AS hours,
                date_diff('minute', {Sql.Name(limit.From)}, {Sql.Name(limit.To)}) AS minutes
             FROM {limit.DataSet} WHERE {Sql.Name(limit.From)} IS NOT NULL AND {Sql.Name(limit.To)} IS NOT NULL
                AND _time >= {Date(from)} AND _time < {Date(to.AddDays(1))}) AS t
            """;
    }

    private string Hours(ReportingLimit limit, string code)
    {
        var usual = limit.Hours.ToString(CultureInfo.InvariantCulture);
        if (limit.ValueSet is null || limit.Attribute is null) return usual;
        var others = registry.ValueSets[limit.ValueSet].Codes.Values
            .Where(c => int.TryParse(c.Attributes.GetValueOrDefault(limit.Attribute), out var hours) && hours != limit.Hours)
            .GroupBy(c => int.Parse(c.Attributes[limit.Attribute], CultureInfo.InvariantCulture))
            .Select(g => $" WHEN {code} IN ({string.Join(", ", g.Select(c => Sql.Text(c.Value)))}) THEN {g.Key}");
        var cases = string.Concat(others);
        return cases.Length == 0 ? usual : $"CASE{cases} ELSE {usual} END";
    }

    private static string Date(DateOnly day) => $"DATE '{day:yyyy-MM-dd}'";
}
