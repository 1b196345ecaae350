using Yunnao.Kernel;
using Yunnao.Lake.Migration;
using Yunnao.Standards;
using Yunnao.Standards.Compare;
using Yunnao.Standards.Compile;
using Yunnao.Standards.Loading;
using Yunnao.Standards.Search;

namespace Yunnao.Services.RegistryChange;

/// <summary>
/// What stands between a changed registry and the tables when a lake is opened for writing. Tables follow by themselves where nothing is
/// decided by it: new data sets and items, wider types, other checks. A renamed item, a narrower column and another record key wait for
/// <c>yunnao standards apply</c>.
/// </summary>
public static class RegistryGuard
{
    /// <summary>The stamp to open a lake with.</summary>
    /// <param name="folder">The registry's folder.</param>
    public static RegistryStamp Stamp(Registry registry, string folder) =>
        new(registry.Fingerprint, () => RegistrySnapshot.Pack(folder), applied => Judge(applied, registry));

    /// <summary>The registry that a lake remembers, or null when it cannot be read any more.</summary>
    public static Registry? Read(AppliedRegistry applied) => RegistrySnapshot.Load(applied.Files, "lake").Registry;

    private static Problem? Judge(AppliedRegistry applied, Registry registry)
    {
        if (Read(applied) is not { } before) return null;
        var changes = RegistryDiff.Between(before, registry);
        var waiting = changes.Where(c => c.Kind == EntryKind.Item && Waits(c, before, registry)).Select(c => c.Id)
            .Concat(RegistryPlan.KeyChanges(before, registry, RegistryPlan.RenamesOf(changes)).Select(s => s.DataSet.Id)).ToList();
        return waiting.Count == 0
            ? null
            : new(
                ProblemKind.Conflict, "lake.not-applied",
                $"the registry has {waiting.Count} changes that tables do not follow by themselves ({string.Join(", ", waiting.Take(3))}): see yunnao standards plan, then yunnao standards apply");
    }

    private static bool Waits(Change change, Registry before, Registry after)
    {
        if (change.Class == ChangeClass.Rename) return true;
        if (change is not { Class: ChangeClass.Narrow, Field: "type" or "unit" }) return false;
        var name = change.Id[(change.Owner.Length + 1)..];
        return before.DataSets[change.Owner].Find(name) is { } old && after.DataSets[change.Owner].Find(name) is { } now
            && TableShape.SqlType(old) != TableShape.SqlType(now) && !Widening.Allows(TableShape.SqlType(old), TableShape.SqlType(now));
    }
}
