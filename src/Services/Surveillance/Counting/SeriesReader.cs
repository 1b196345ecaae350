using Yunnao.Kernel;
using Yunnao.Lake;
using Yunnao.Lake.Scopes;
using Yunnao.Standards.Alarms;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Surveillance.Counting;

/// <summary>
/// Reads what was counted, under a Scope that reaches the lake's own tables. Problems of all members: <c>surveillance.nothing-counted</c>,
/// <c>scope.operations</c>.
/// </summary>
public sealed class SeriesReader(ILakeEngine lake, Scope scope)
{
    /// <summary>All signals that have cases, most cases first.</summary>
    public Task<Result<List<SignalSummary>>> SummaryAsync(CancellationToken cancellation) => AnswerRows.ReadAsync(
        lake, scope,
        """
        SELECT signal, sum(cases)::BIGINT, min(day), max(day),
            coalesce(sum(cases) FILTER (day > (SELECT max(day) FROM surveillance.count) - 28), 0)::BIGINT
        FROM surveillance.count GROUP BY 1 ORDER BY 2 DESC, 1
        """,
        (b, r) => new SignalSummary(b.Text(0, r), b.Whole(1, r), b.Day(2, r), b.Day(3, r), b.Whole(4, r)),
        cancellation);

    /// <summary>
    /// The first day counted, and the last: the last day with cases of at least three signals, so that one record with a date in the
    /// future does not make the present look empty (of any signal where no day has three). Problem also when there are none.
    /// </summary>
    public async Task<Result<(DateOnly First, DateOnly Last)>> SpanAsync(CancellationToken cancellation)
    {
        var read = await AnswerRows.ReadAsync(
            lake, scope,
            """
            SELECT min(day), coalesce(max(day) FILTER (signals >= 3), max(day))
            FROM (SELECT day, count(DISTINCT signal) AS signals FROM surveillance.count GROUP BY 1) AS d HAVING count(*) > 0
            """,
            (b, r) => (b.Day(0, r), b.Day(1, r)), cancellation).ConfigureAwait(false);
        if (!read.Try(out var spans, out var problem)) return problem;
        return spans.Count == 1 ? spans[0] : new Problem(ProblemKind.NotFound, "surveillance.nothing-counted", "There are no cases of any signal.");
    }

    /// <summary>Daily series of a query, one for each group that has cases, most cases first. The name of a series is its group.</summary>
    public async Task<Result<List<CountSeries>>> SeriesAsync(SeriesQuery query, SeriesGroup group, CancellationToken cancellation)
    {
        if (!(await SpanAsync(cancellation).ConfigureAwait(false)).Try(out var span, out var problem)) return problem;
        var (from, to) = (query.From ?? span.First, query.To ?? span.Last);
        var by = group switch
        {
            SeriesGroup.Region => $"left(region, {Digits(query.Region)})",
            SeriesGroup.Age => "coalesce(age_band::VARCHAR, '')",
            SeriesGroup.Institution => "coalesce(org, '')",
            SeriesGroup.Code => "signal",
            _ => "''",
        };
        var read = await AnswerRows.ReadAsync(
            lake, scope,
            $"SELECT {by}, day, sum(cases)::BIGINT FROM surveillance.count WHERE {Filter(query)} AND day BETWEEN {Date(from)} AND {Date(to)} GROUP BY 1, 2",
            (b, r) => (Group: b.Text(0, r), Day: b.Day(1, r), Cases: b.Whole(2, r)),
            cancellation).ConfigureAwait(false);
        if (!read.Try(out var rows, out problem)) return problem;
        if (to < from) return new List<CountSeries>();
        var series = rows.GroupBy(r => r.Group).Select(g => Fill(g.Key, from, to, g.Select(r => (r.Day, (double)r.Cases)))).OrderByDescending(s => s.Counts.Sum()).ToList();
        if (series.Count == 0 && group == SeriesGroup.None) series.Add(Fill("", from, to, []));
        return series;
    }

    /// <summary>The records behind a count, newest first.</summary>
    public Task<Result<List<CaseRecord>>> CasesAsync(SeriesQuery query, int most, CancellationToken cancellation) => AnswerRows.ReadAsync(
        lake, scope,
        $"""
        SELECT signal, data_set, record::VARCHAR, org, seen, onset, region, age::BIGINT FROM surveillance.event
        WHERE {Filter(query with { AgeBand = null })} AND seen BETWEEN {Date(query.From ?? DateOnly.MinValue)} AND {Date(query.To ?? new(9999, 12, 31))}
        ORDER BY seen DESC, record LIMIT {Math.Max(0, most)}
        """,
        (b, r) => new CaseRecord(
            b.Text(0, r), b.Text(1, r), b.Text(2, r), b.TextOrNull(3, r), b.Day(4, r), b.DayOrNull(5, r), b.Text(6, r), (int?)b.WholeOrNull(7, r)),
        cancellation);

    /// <summary>Cases by day of onset and days from onset to the day they were seen, 0 … <paramref name="longest"/>.</summary>
    public Task<Result<List<(DateOnly Onset, int Delay, long Cases)>>> DelaysAsync(SeriesQuery query, int longest, CancellationToken cancellation) =>
        AnswerRows.ReadAsync(
            lake, scope,
            $"""
            SELECT onset, (seen - onset)::BIGINT, count(*)::BIGINT FROM surveillance.event
            WHERE {Filter(query with { AgeBand = null })} AND onset BETWEEN {Date(query.From ?? new(1900, 1, 1))} AND {Date(query.To ?? new(9999, 12, 31))}
                AND seen - onset BETWEEN 0 AND {longest} AND seen <= {Date(query.To ?? new(9999, 12, 31))}
            GROUP BY 1, 2
            """,
            (b, r) => (b.Day(0, r), (int)b.Whole(1, r), b.Whole(2, r)),
            cancellation);

    /// <summary>Everything from a day on of the signals and counties that had a case lately, for the watch over all series.</summary>
    internal Task<Result<List<DayCount>>> AllAsync(DateOnly from, DateOnly to, DateOnly lately, CancellationToken cancellation) => AnswerRows.ReadAsync(
        lake, scope,
        $"""
        SELECT signal, region, coalesce(org, ''), day, sum(cases)::BIGINT FROM surveillance.count
        WHERE day BETWEEN {Date(from)} AND {Date(to)} AND signal IN (SELECT signal FROM surveillance.count WHERE day BETWEEN {Date(lately)} AND {Date(to)})
        GROUP BY ALL
        """,
        (b, r) => new DayCount(b.Text(0, r), b.Text(1, r), b.Text(2, r), b.Day(3, r), b.Whole(4, r)),
        cancellation);

    /// <summary>A series over days from the days that have cases.</summary>
    internal static CountSeries Fill(string name, DateOnly from, DateOnly to, IEnumerable<(DateOnly Day, double Cases)> cases)
    {
        var counts = new double[to.DayNumber - from.DayNumber + 1];
        foreach (var (day, number) in cases) counts[day.DayNumber - from.DayNumber] += number;
        return new(name, from, counts, false);
    }

    private static string Filter(SeriesQuery query)
    {
        var signal = Sql.Text(query.Signal);
        var filter = query.Signal.Contains('.') ? $"signal = {signal}" : $"(signal = {signal} OR starts_with(signal, {Sql.Text(query.Signal + ".")}))";
        if (query.Region.Length > 0) filter += $" AND starts_with(region, {Sql.Text(query.Region)})";
        if (query.AgeBand is { } band) filter += $" AND age_band = {band}";
        if (query.Institution is { } org) filter += $" AND org = {Sql.Text(org)}";
        return filter;
    }

    private static int Digits(string region) =>
        RegionLevels.Of(region) is { } level and < RegionLevel.Street ? (level + 1).Digits() : RegionLevel.Street.Digits();

    private static string Date(DateOnly day) => $"DATE '{day:yyyy-MM-dd}'";
}
