using Yunnao.Standards.Search;

namespace Yunnao.Standards.Compare;

/// <summary>Compares two versions of a mapping, or of a code map. What a mapping reads, nobody but it depends on: its changes widen.</summary>
internal static class MappingDiff
{
    public static void Compare(SourceMapping before, SourceMapping after, List<Change> changes)
    {
        var id = after.Id;
        RegistryDiff.Texts(before.Name, after.Name, "name", EntryKind.Mapping, id, id, changes);
        var (old, now) = (Lines(before).ToList(), Lines(after).ToList());
        if (old.SequenceEqual(now)) return;
        var (gone, added) = (old.Except(now).ToList(), now.Except(old).ToList());
        changes.Add(new(ChangeClass.Widen, EntryKind.Mapping, id, id, "rules", Short(gone), Short(added)));
    }

    public static void Compare(CodeMap before, CodeMap after, List<Change> changes)
    {
        var id = after.Id;
        var (old, now) = (before.Codes.Select(c => $"{c.Key}→{c.Value}").ToHashSet(), after.Codes.Select(c => $"{c.Key}→{c.Value}").ToHashSet());
        if (old.SetEquals(now)) return;
        changes.Add(new(ChangeClass.Widen, EntryKind.CodeMap, id, id, "codes", Short([.. old.Except(now)]), Short([.. now.Except(old)])));
    }

    private static IEnumerable<string> Lines(SourceMapping mapping)
    {
        yield return $"{mapping.Format} {mapping.Encoding} {mapping.Delimiter} {mapping.Organisation}";
        foreach (var (set, map) in mapping.Codes) yield return $"{set}: {map}";
        foreach (var rule in mapping.Rules)
        {
            var head = $"{string.Join(' ', rule.Match)} {rule.Row} → {rule.DataSet} {rule.Where}";
            yield return head;
            foreach (var (item, source) in rule.Items) yield return $"{head} {item}: {source.From} {source.Value} {source.Codes} {source.Format}";
        }
    }

    private static string Short(List<string> lines) => lines.Count == 0 ? "" : lines[0] + (lines.Count > 1 ? $" … ({lines.Count})" : "");
}
