using Yunnao.Kernel;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Services.Surveillance.Alarms;
using Yunnao.Services.Surveillance.Counting;

namespace Yunnao.Services.Surveillance.Notices;

/// <summary>
/// Tells of new alarms, each once a channel and target. What could not be delivered stays in the lake and is tried again: at once up to
/// three times, then in later rounds, each time after twice the pause, at most a day.
/// </summary>
public sealed class NoticeDesk(DuckDbLake lake, TimeProvider time)
{
    private const int TriesAtOnce = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Delivers what is due. Problems: <c>batch.open</c>, <c>lake.read-only</c>.</summary>
    public async Task<Result<NoticeReport>> SendAsync(IEnumerable<Alarm> alarms, INoticeChannel channel, CancellationToken cancellation)
    {
        var open = alarms.Where(a => a.Status == AlarmStatus.New).ToDictionary(a => a.Number);
        if (!Due(open.Keys, channel).Try(out var due, out var problem)) return problem;
        var (delivered, problems) = (0, new List<string>());
        foreach (var (number, attempts) in due)
        {
            var failed = await TryAsync(open[number], channel, cancellation).ConfigureAwait(false);
            if (Note(number, channel, attempts + 1, failed) is { } refused) return refused;
            if (failed is null) delivered++;
            else problems.Add($"#{number} {channel.Target}: {failed}");
        }

        return new NoticeReport(delivered, problems.Count, problems);
    }

    private async Task<string?> TryAsync(Alarm alarm, INoticeChannel channel, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            var failed = await channel.SendAsync(alarm, cancellation).ConfigureAwait(false);
            if (failed is null || attempt == TriesAtOnce) return failed;
            await Task.Delay(Pause * Math.Pow(2, attempt - 1), time, cancellation).ConfigureAwait(false);
        }
    }

    private Result<List<(int Number, int Attempts)>> Due(IEnumerable<int> open, INoticeChannel channel)
    {
        if (!lake.Derive(SurveillanceTables.Schema).Try(out var derivation, out var problem)) return problem;
        using (derivation)
        {
            SurveillanceTables.Create(derivation.Connection);
            var known = derivation.Connection.Rows(
                r => (Number: r.GetInt32(0), Attempts: r.GetInt32(1), Next: r.GetDateTime(2), Delivered: !r.IsDBNull(3)),
                "SELECT number, attempts, next_at, delivered FROM surveillance.notice WHERE channel = $1 AND target = $2", channel.Kind, channel.Target)
                .ToDictionary(n => n.Number);
            var now = time.GetUtcNow().UtcDateTime;
            return open.Order()
                .Where(n => !known.TryGetValue(n, out var notice) || (!notice.Delivered && notice.Next <= now))
                .Select(n => (n, known.TryGetValue(n, out var notice) ? notice.Attempts : 0)).ToList();
        }
    }

    private Problem? Note(int number, INoticeChannel channel, int rounds, string? failed)
    {
        if (!lake.Derive(SurveillanceTables.Schema).Try(out var derivation, out var problem)) return problem;
        using (derivation)
        {
            var now = time.GetUtcNow().UtcDateTime;
            var next = now + TimeSpan.FromMinutes(Math.Min(24 * 60, Math.Pow(2, rounds)));
            derivation.Connection.Execute("DELETE FROM surveillance.notice WHERE number = $1 AND channel = $2 AND target = $3", number, channel.Kind, channel.Target);
            derivation.Connection.Execute(
                "INSERT INTO surveillance.notice VALUES ($1, $2, $3, $4, $5, $6, $7)",
                number, channel.Kind, channel.Target, rounds, next, failed is null ? now : null, failed);
            derivation.Commit();
            return null;
        }
    }
}
