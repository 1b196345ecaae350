using Yunnao.Kernel;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.Migration;
using Yunnao.Standards;
using Yunnao.Standards.Compare;
using Yunnao.Standards.Compile;
using Yunnao.Standards.Search;

namespace Yunnao.Services.RegistryChange;

/// <summary>The step from one registry to another before it is made: its changes, what they touch, and why it may not be made.</summary>
/// <param name="Renames">Columns that take a new name.</param>
/// <param name="Problems">
/// Reasons to refuse: <c>standards.published-changed</c>, <c>standards.version-lower</c>, <c>standards.version-too-small</c>,
/// <c>lake.would-lose</c>, <c>lake.key-changed</c>. Empty when the step can be made.
/// </param>
public sealed record RegistryPlan(IReadOnlyList<PlannedChange> Changes, IReadOnlyList<ColumnRename> Renames, IReadOnlyList<Problem> Problems)
{
    /// <summary>Plans the step. Without a lake only the registries are judged.</summary>
    public static RegistryPlan Of(Registry before, Registry after, DuckDbLake? lake)
    {
        var changes = RegistryDiff.Between(before, after);
        var renames = RenamesOf(changes);
        var problems = VersionRules.Check(before, after, changes).ToList();
        if (lake is not null)
        {
            problems.AddRange(KeyChanges(before, after, renames).Where(s => lake.RowsOf(s) > 0).Select(KeyChanged));
            problems.AddRange(lake.Losses(Shapes(after), renames).Select(WouldLose));
        }

        return new([.. changes.Select(c => new PlannedChange(c, Impact.Of(c, before, after)))], renames, problems);
    }

    /// <summary>The tables of a registry.</summary>
    public static IReadOnlyList<TableShape> Shapes(Registry registry) =>
        [.. registry.DataSets.Values.OrderBy(d => d.Id, StringComparer.Ordinal).Select(d => new TableShape(d))];

    /// <summary>The columns that changes give a new name.</summary>
    internal static IReadOnlyList<ColumnRename> RenamesOf(IEnumerable<Change> changes) =>
        [.. changes.Where(c => c is { Kind: EntryKind.Item, Class: ChangeClass.Rename }).Select(c => new ColumnRename(c.Owner, c.Before, c.After))];

    /// <summary>
    /// Data sets whose system columns would be computed from other items: record key, subject, organisation, time. What they were computed
    /// from is not stored, or not as it was sent.
    /// </summary>
    internal static IEnumerable<TableShape> KeyChanges(Registry before, Registry after, IReadOnlyList<ColumnRename> renames)
    {
        foreach (var set in after.DataSets.Values)
        {
            if (!before.DataSets.TryGetValue(set.Id, out var old)) continue;
            string Now(string name) => renames.FirstOrDefault(r => r.DataSet == set.Id && r.From == name)?.To ?? name;
            if (!Key(old).Select(k => k.Role + Now(k.Name)).SequenceEqual(Key(set).Select(k => k.Role + k.Name))) yield return new TableShape(old);
        }
    }

    private static IEnumerable<(string Role, string Name)> Key(DataSet set) =>
    [
        .. set.RecordKey.Select(i => ("record ", i.Name)),
        ("subject ", set.Subject?.Name ?? ""), ("organisation ", set.Organisation?.Name ?? ""), ("time ", set.Items.FirstOrDefault(i => i.Roles.HasFlag(Roles.Time))?.Name ?? ""),
    ];

    private static Problem KeyChanged(TableShape shape) => new(
        ProblemKind.Conflict, "lake.key-changed",
        $"{shape.DataSet.Id} has rows, and its record key, subject, organisation or time would come from other items: make a new data set instead");

    private static Problem WouldLose(ColumnLoss loss) => new(
        ProblemKind.Conflict, "lake.would-lose",
        $"{loss.Values} stored values of {loss.DataSet}.{loss.Column} ({loss.From}) do not fit into {loss.To}");
}
