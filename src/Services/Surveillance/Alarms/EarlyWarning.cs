using System.Diagnostics;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.Scopes;
using Yunnao.Services.Surveillance.Counting;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Surveillance.Alarms;

/// <summary>From row to alarm: brings the counts up to date, judges all series and writes the alarms.</summary>
public sealed class EarlyWarning(Registry registry, IReadOnlyList<TableShape> shapes, DuckDbLake lake, Scope scope, TimeProvider time)
{
    /// <summary>Days that are judged when nobody says which: late reports may still change them.</summary>
    public const int UsualDays = 14;

    /// <summary>
    /// One run; running it again changes nothing. Problems: <c>surveillance.no-rules</c>, <c>surveillance.nothing-counted</c>,
    /// <c>batch.open</c>, <c>lake.read-only</c>.
    /// </summary>
    /// <param name="from">First day to judge, or null: <see cref="UsualDays"/> up to the last.</param>
    /// <param name="to">Last day to judge, or null: the last that was counted.</param>
    public async Task<Result<WatchReport>> RunAsync(DateOnly? from, DateOnly? to, CancellationToken cancellation)
    {
        if (!new SignalCounter(registry, shapes, lake).Run(cancellation).Try(out var counted, out var problem)) return problem;
        var clock = Stopwatch.StartNew();
        var reader = new SeriesReader(lake, scope);
        if (!(await reader.SpanAsync(cancellation).ConfigureAwait(false)).Try(out var span, out problem)) return problem;
        var last = to is { } wanted && wanted < span.Last ? wanted : span.Last;
        var first = from ?? last.AddDays(1 - UsualDays);
        var counts = await reader.AllAsync(first.AddDays(-Watch.History), last, first.AddDays(-Watch.Lately), cancellation).ConfigureAwait(false);
        if (!counts.Try(out var days, out problem)) return problem;
        if (!(await new AlarmReader(lake, scope).AllAsync(cancellation).ConfigureAwait(false)).Try(out var known, out problem)) return problem;
        var names = new SignalNames(registry);
        var tuning = Tuning(known, names);
        if (!new Watch(registry.Alarms).Run(days, first, last, tuning, cancellation).Try(out var findings, out problem)) return problem;
        if (!lake.Derive(SurveillanceTables.Schema).Try(out var derivation, out problem)) return problem;
        using (derivation)
        {
            var raised = new AlarmBook(derivation.Connection, known, names, time.GetUtcNow().UtcDateTime).Take(findings, first);
            derivation.Commit();
            TimeSpan? since = lake.Batches(1) is [var newest] ? time.GetUtcNow() - newest.Committed : null;
            return new WatchReport(counted, first, last, findings.Count, raised, clock.Elapsed, since);
        }
    }

    /// <summary>The factor of each topic by what people made of its alarms.</summary>
    private static Func<string, double> Tuning(IEnumerable<Alarm> known, SignalNames names)
    {
        var factors = known.Where(a => a.Outcome is not null).OrderBy(a => a.Changed)
            .GroupBy(a => a.Topic).ToDictionary(g => g.Key, g => Feedback.Factor(g.Select(a => a.Outcome!.Value)));
        return signal => factors.GetValueOrDefault(names.Topic(signal), 1);
    }
}
