using System.Globalization;
using Yunnao.Standards.Policies;

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

    private AuditEvent? Look(AnomalyRule rule, AuditEntry entry)
    {
        if (!rule.Counts(TimeZoneInfo.ConvertTime(entry.At, zone).Hour)) return null;
        ulong? person = rule.Kind switch
        {
            AnomalyKind.Subjects => entry.Subject,
            AnomalyKind.Related => entry.Subject is { } subject && groups.AreRelated(entry.Who, subject, rule.Group!) ? subject : null,
            _ => null,
        };
        var weight = rule.Kind switch { AnomalyKind.Events => 1, AnomalyKind.Rows => entry.Rows ?? 0, _ => 0 };
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
