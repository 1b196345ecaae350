using System.Data.Common;
using System.Globalization;
using Yunnao.Standards.Policies;
using Yunnao.Trust.Control;

namespace Yunnao.Trust.Audit;

/// <summary>
/// Looks at every event that was written and raises an alert, itself an event, when an account is above a threshold of
/// <c>policies/anomalies.csv</c>. One alert a rule and account within the rule's window. Counts are kept in buckets of a twelfth of the window.
/// </summary>
internal sealed class AnomalyWatch(IReadOnlyList<AnomalyRule> rules, SubjectGroups groups, TimeZoneInfo zone)
{
    private const int Buckets = 12;
    private const int MostPersons = 100_000;
    private readonly Dictionary<(string Rule, string Who), Window> _windows = [];
    private readonly Lock _lock = new();
    private List<AuditEntry>? _early = [];

    private sealed class Part(long bucket)
    {
        public long Bucket { get; } = bucket;

        public long Count { get; set; }

        public HashSet<ulong> Persons { get; } = [];
    }

    private sealed class Window
    {
        /// <summary>Oldest first, at most <see cref="Buckets"/>.</summary>
        public List<Part> Parts { get; } = [];

        public DateTimeOffset? Alerted { get; set; }
    }

    /// <summary>The alerts that these events raise, to be appended by the caller.</summary>
    public IReadOnlyList<AuditEvent> Look(IReadOnlyList<AuditEntry> entries)
    {
        var alerts = new List<AuditEvent>();
        lock (_lock)
        {
            if (_early is not null)
            {
                _early.AddRange(entries);
                return alerts;
            }

            foreach (var entry in entries)
            {
                foreach (var rule in rules)
                {
                    if (rule.Events.Contains(entry.Kind) && Look(rule, entry) is { } alert) alerts.Add(alert);
                }
            }
        }

        return alerts;
    }

    /// <summary>
    /// Fills the windows with what was written up to an event before the program started, as far back as each rule looks, added up by the
    /// database; then looks at what was written meanwhile. Gives the alerts that are due and were not raised before.
    /// </summary>
    public async Task<IReadOnlyList<AuditEvent>> RebuildAsync(ControlDb control, long upTo, DateTimeOffset now, CancellationToken cancellation)
    {
        var filled = new List<AuditEvent>();
        try
        {
            await FillAsync(control, upTo, now, filled, cancellation).ConfigureAwait(false);
        }
        catch (DbException)
        {
            // A database that went away. What is written from now on counts; the audit itself refuses whatever it cannot write.
        }

        lock (_lock)
        {
            var early = _early ?? [];
            _early = null;
            return [.. filled, .. Look(early)];
        }
    }

    private async Task FillAsync(ControlDb control, long upTo, DateTimeOffset now, List<AuditEvent> filled, CancellationToken cancellation)
    {
        await using (var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false))
        {
            foreach (var rule in rules)
            {
                var (since, bucket) = ((now - rule.Window).Micros(), Math.Max(1, rule.Window.Ticks / Buckets / TimeSpan.TicksPerMicrosecond));
                var alerted = (await connection.RowsAsync(
                    r => (Who: r.GetString(0), At: r.GetInt64(1)), "SELECT who, max(at) FROM audit_event WHERE kind = 'alert' AND what = @rule AND at >= @since AND seq <= @upTo GROUP BY who",
                    cancellation, ("rule", rule.Id), ("since", since), ("upTo", upTo)).ConfigureAwait(false)).ToDictionary(a => a.Who, a => ControlTime.Time(a.At), StringComparer.Ordinal);
                var kinds = string.Join(", ", rule.Events.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"@k{i}")));
                var person = rule.Kind is AnomalyKind.Subjects or AnomalyKind.Related;

                // Who has no person has no colleague and no neighbour, so of those nothing is read.
                var sql = $"""
                    SELECT who, min(at), {(person ? "subject" : "NULL")}, count(*), CAST(coalesce(sum(rows), 0) AS BIGINT), max(seq) FROM audit_event
                    WHERE at >= @since AND seq <= @upTo AND kind IN ({kinds}) {(rule.Kind == AnomalyKind.Related ? "AND who IN (SELECT account FROM account_person)" : "")}
                    GROUP BY who, at / @bucket{(person ? ", subject" : "")} ORDER BY 2
                    """;
                (string, object?)[] parameters = [("since", since), ("upTo", upTo), ("bucket", bucket), .. rule.Events.Select((k, i) => (string.Create(CultureInfo.InvariantCulture, $"k{i}"), (object?)k))];
                var parts = await connection.RowsAsync(
                    r => new AuditEntry(r.GetInt64(5), ControlTime.Time(r.GetInt64(1)), rule.Events[0], r.GetString(0), null, null, r.NumberOrNull(2) is { } s ? unchecked((ulong)s) : null,
                        rule.Kind == AnomalyKind.Events ? r.GetInt64(3) : r.GetInt64(4), AuditEvent.Ok, null, []),
                    sql, cancellation, parameters).ConfigureAwait(false);
                lock (_lock)
                {
                    foreach (var part in parts)
                    {
                        if (alerted.TryGetValue(part.Who, out var at))
                        {
                            if (!_windows.TryGetValue((rule.Id, part.Who), out var window)) _windows.Add((rule.Id, part.Who), window = new());
                            window.Alerted = at;
                        }

                        if (Look(rule, part, rule.Kind == AnomalyKind.Events ? part.Rows : null) is { } alert) filled.Add(alert);
                    }
                }
            }
        }
    }

    /// <param name="events">Events that the entry stands for; null for one.</param>
    private AuditEvent? Look(AnomalyRule rule, AuditEntry entry, long? events = null)
    {
        if (!rule.Counts(TimeZoneInfo.ConvertTime(entry.At, zone).Hour)) return null;
        ulong? person = rule.Kind switch
        {
            AnomalyKind.Subjects => entry.Subject,
            AnomalyKind.Related => entry.Subject is { } subject && groups.AreRelated(entry.Who, subject, rule.Group!) ? subject : null,
            _ => null,
        };
        var weight = rule.Kind switch { AnomalyKind.Events => events ?? 1, AnomalyKind.Rows => entry.Rows ?? 0, _ => 0 };
        if (person is null && weight == 0) return null;
        if (!_windows.TryGetValue((rule.Id, entry.Who), out var window)) _windows.Add((rule.Id, entry.Who), window = new());
        Put(rule, window, entry.At, weight, person);
        if (window.Alerted > entry.At - rule.Window) return null;

        // Persons of several buckets are counted once, which is worth doing only when counting them twice would be above the threshold.
        if (person is not null && window.Parts.Sum(p => (long)p.Persons.Count) <= rule.Threshold) return null;
        var count = person is null ? window.Parts.Sum(p => p.Count) : window.Parts.SelectMany(p => p.Persons).Distinct().LongCount();
        if (count <= rule.Threshold) return null;
        window.Alerted = entry.At;
        return new(AuditKind.Alert, entry.Who)
        {
            What = rule.Id, Subject = rule.Kind == AnomalyKind.Related ? person : null,
            Details = new Dictionary<string, string>
            {
                ["count"] = count.ToString(CultureInfo.InvariantCulture),
                ["threshold"] = rule.Threshold.ToString(CultureInfo.InvariantCulture),
                ["event"] = entry.Sequence.ToString(CultureInfo.InvariantCulture),
            },
        };
    }

    private static void Put(AnomalyRule rule, Window window, DateTimeOffset at, long weight, ulong? person)
    {
        var bucket = at.UtcTicks / Math.Max(1, rule.Window.Ticks / Buckets);
        while (window.Parts.Count > 0 && window.Parts[0].Bucket <= bucket - Buckets) window.Parts.RemoveAt(0);
        if (window.Parts.Count == 0 || window.Parts[^1].Bucket < bucket) window.Parts.Add(new(bucket));
        var part = window.Parts[^1];
        part.Count += weight;
        if (person is { } one && part.Persons.Count < MostPersons) part.Persons.Add(one);
    }
}
