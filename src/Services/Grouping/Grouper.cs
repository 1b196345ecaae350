using Yunnao.Kernel;

namespace Yunnao.Services.Grouping;

/// <summary>
/// Assigns discharged cases to groups by rules that are data: a tree of groups, each with the conditions it asks for, tried in order
/// (major categories before all others first, then by main diagnosis; below them by operation and diagnosis; below those by age and
/// complications). It knows nothing of CHS-DRG but what its folder says. One instance serves all threads.
/// </summary>
public sealed class Grouper
{
    private const int NewbornDays = 28;

    private readonly GrouperRules _rules;

    internal Grouper(GrouperRules rules) => _rules = rules;

    /// <summary>Number of groups without groups below them.</summary>
    public int Groups => _rules.Leaves;

    /// <summary>True when the folder has maps from the clinical edition of the codes.</summary>
    public bool CanTranslate => _rules.Translations.Count > 0;

    /// <summary>Reads the rules of a folder. Problems: <c>drg.no-rules</c>, <c>drg.bad-rules</c> (with file and row), <c>xlsx.unreadable</c>.</summary>
    public static Result<Grouper> Open(string folder) =>
        GrouperFolder.Read(folder).Try(out var rules, out var problem) ? new Grouper(rules) : problem;

    /// <summary>Name of a code, or null.</summary>
    public string? NameOf(string code) => _rules.Names.GetValueOrDefault(code);

    /// <summary>The group of a case.</summary>
    /// <param name="explain">True to get each step.</param>
    /// <param name="translate">True when the codes are those of the clinical edition.</param>
    public GroupedCase Group(DischargedCase discharged, bool explain = false, bool translate = false)
    {
        var steps = explain ? new List<GroupStep>() : null;
        if (translate) discharged = Translated(discharged, steps);
        if (Lacks(discharged) is { } lack) return new(discharged.Id, GroupStatus.Incomplete, [], "", "", [.. steps ?? [], new(lack)]);
        Span<ulong> bits = stackalloc ulong[CaseFacts.Words(_rules.Lists.Count)];
        CaseFacts.Mark(discharged, _rules.Lists, bits);
        var complication = _rules.Complications.Of(discharged, steps);
        var facts = new CaseFacts(discharged, bits, complication);
        var path = new List<Group>(3);
        var found = Find(_rules.Roots, facts, path, steps);
        var weight = complication == Complication.None ? "" : complication.ToString();
        steps?.Add(found ? new(GroupStepKind.Found, path[^1].Id, "", path[^1].Name) : new(GroupStepKind.NoGroup));
        return new(discharged.Id, found ? GroupStatus.Grouped : GroupStatus.Ungrouped, [.. path.Select(g => g.Id)], found ? path[^1].Name : "", weight, steps ?? []);
    }

    private bool Find(List<Group> groups, in CaseFacts facts, List<Group> path, List<GroupStep>? steps)
    {
        foreach (var group in groups)
        {
            if (!group.Holds(facts)) continue;
            if (steps is not null) Explanation.Enter(group, facts, _rules.Lists, steps);
            path.Add(group);
            if (group.Children.Count == 0 || Find(group.Children, facts, path, steps)) return true;
            path.RemoveAt(path.Count - 1);
            steps?.Add(new(GroupStepKind.Leaves, group.Id));
        }

        return false;
    }

    private static GroupStepKind? Lacks(DischargedCase discharged)
    {
        if (discharged.Diagnoses.Count == 0) return GroupStepKind.NoDiagnosis;
        if (discharged.Sex is not ("1" or "2")) return GroupStepKind.NoSex;
        if (discharged.Years is null || (discharged.Years == 0 && discharged.Days is null)) return GroupStepKind.NoAge;
        return discharged.Years == 0 && discharged.Days <= NewbornDays && discharged.Weight is null ? GroupStepKind.NoWeight : null;
    }

    private DischargedCase Translated(DischargedCase discharged, List<GroupStep>? steps) => discharged with
    {
        Diagnoses = Translated(discharged.Diagnoses, steps),
        Operations = Translated(discharged.Operations, steps),
    };

    /// <summary>A code without a translation is left out; a main code that is left out would make the next one main, so it stays.</summary>
    private List<string> Translated(IReadOnlyList<string> codes, List<GroupStep>? steps)
    {
        var translated = new List<string>(codes.Count);
        for (var i = 0; i < codes.Count; i++)
        {
            var known = _rules.Translations.TryGetValue(codes[i], out var target);
            if (!known) steps?.Add(new(GroupStepKind.Untranslated, "", codes[i]));
            else if (target != codes[i]) steps?.Add(new(GroupStepKind.Translated, "", codes[i], target!));
            if (known || i == 0) translated.Add(target ?? codes[i]);
        }

        return translated;
    }
}
