using Yunnao.Standards.Policies;
using Yunnao.Standards.Search;

namespace Yunnao.Standards.Compare;

/// <summary>
/// Compares two versions of the policies, line by line. Whether a changed line lets more or less be seen cannot be told from one line alone, so it
/// counts as the stricter of both.
/// </summary>
internal static class PolicyDiff
{
    public static void Compare(PolicyBook before, PolicyBook after, List<Change> changes)
    {
        Pairs("role", before.Roles.Values.Select(r => (r.Id, $"{r.Apart}")), after.Roles.Values.Select(r => (r.Id, $"{r.Apart}")), changes);
        Pairs("purpose", before.Purposes.Values.Select(p => (p.Id, Line(p))), after.Purposes.Values.Select(p => (p.Id, Line(p))), changes);
        Pairs("right", before.Rights.Select(r => (r.Id, Line(r))), after.Rights.Select(r => (r.Id, Line(r))), changes);
        Pairs("grouping", before.Groupings.Values.Select(g => (g.ValueSet, Line(g))), after.Groupings.Values.Select(g => (g.ValueSet, Line(g))), changes);
        Pairs("anomaly", before.Anomalies.Select(a => (a.Id, Line(a))), after.Anomalies.Select(a => (a.Id, Line(a))), changes);
        var (old, now) = (Order(before, after), Order(after, before));
        if (old != now) changes.Add(new(ChangeClass.Narrow, EntryKind.Policy, "right", "right", "order", old, now));
    }

    private static void Pairs(string kind, IEnumerable<(string Id, string Line)> before, IEnumerable<(string Id, string Line)> after, List<Change> changes)
    {
        var (old, now) = (before.ToDictionary(e => e.Id, e => e.Line, StringComparer.Ordinal), after.ToDictionary(e => e.Id, e => e.Line, StringComparer.Ordinal));
        foreach (var id in old.Keys.Union(now.Keys).Order(StringComparer.Ordinal))
        {
            var (was, becomes) = (old.GetValueOrDefault(id), now.GetValueOrDefault(id));
            if (was == becomes) continue;
            var change = was is null ? ChangeClass.Add : becomes is null ? ChangeClass.Retire : ChangeClass.Narrow;
            changes.Add(new(change, EntryKind.Policy, id, id, kind, was ?? "", becomes ?? ""));
        }
    }

    private static string Line(PolicyPurpose p) => $"{p.Status} {p.Consent} {p.SmallestGroup} {p.BreakGlass}";

    private static string Line(Right r) =>
        $"{r.Status} {r.Role} {r.Purpose} {string.Join(' ', r.DataSets)} {r.Organisations} {r.Subjects} {r.RowsShown} {r.Keys} {string.Join(' ', r.ByLevel.Select(Word))} {string.Join(' ', r.Items)}{(r.FindsPersons ? " find" : "")}";

    private static string Line(Grouping g) => $"{g.Prefix} {string.Join(' ', g.Ranges.Select(r => $"{r.From}-{r.To}:{r.Group}"))}";

    private static string Line(AnomalyRule a) => $"{a.Kind} {string.Join(' ', a.Events)} {a.Group} {a.Threshold} {a.Window} {a.FromHour}-{a.ToHour}";

    private static string Word(Deid? action) => action?.ToString() ?? "own";

    /// <summary>The order of the rights that both have: the first that fits decides.</summary>
    private static string Order(PolicyBook book, PolicyBook other) =>
        string.Join(' ', book.Rights.Select(r => r.Id).Where(id => other.Rights.Any(o => o.Id == id)));
}
