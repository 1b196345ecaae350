using Yunnao.Kernel;
using Yunnao.Standards.Loading;
using Yunnao.Standards.Search;

namespace Yunnao.Standards.Compare;

/// <summary>
/// Published versions are immutable, and what a change does decides which version it needs: major for narrow, rename and retire, minor
/// for add and widen, patch for texts.
/// </summary>
public static class VersionRules
{
    private enum Bump { None, Patch, Minor, Major }

    /// <summary>The entries whose version does not fit their changes. Codes: <c>standards.published-changed</c>, <c>standards.version-lower</c>, <c>standards.version-too-small</c>.</summary>
    public static IReadOnlyList<Problem> Check(Registry before, Registry after, IReadOnlyList<Change> changes)
    {
        var problems = new List<Problem>();
        foreach (var entry in Published(before))
        {
            if (Versioned(after, entry.Kind, entry.Id) is not { } now) continue;
            var own = changes.Where(c => c.Owner == entry.Id && Belongs(c.Kind, entry.Kind)).ToList();
            if (Judge(entry, now, own) is { } problem) problems.Add(problem);
        }

        return problems;
    }

    /// <summary>The version that the changes of an entry need at least.</summary>
    public static string Needed(string version, IEnumerable<Change> changes)
    {
        if (!Semver.TryParse(version, out var old)) return version;
        return BumpOf(changes) switch
        {
            Bump.Major => $"{old.Major + 1}.0.0",
            Bump.Minor => $"{old.Major}.{old.Minor + 1}.0",
            Bump.Patch => $"{old.Major}.{old.Minor}.{old.Patch + 1}",
            _ => version,
        };
    }

    private static Problem? Judge(Entry old, Entry now, List<Change> changes)
    {
        var needed = Needed(old.Version, changes);
        if (!Semver.TryParse(old.Version, out var before) || !Semver.TryParse(now.Version, out var after)) return null;
        if (after < before) return Problem("standards.version-lower", $"'{old.Id}' goes back from {old.Version} to {now.Version}", now.At);
        if (changes.Count == 0) return null;
        if (after == before)
        {
            return Problem("standards.published-changed", $"'{old.Id}' {old.Version} is published and cannot change; this change needs {needed}", now.At);
        }

        return Semver.TryParse(needed, out var least) && after < least
            ? Problem("standards.version-too-small", $"'{old.Id}' goes from {old.Version} to {now.Version}; this change needs {needed}", now.At)
            : null;
    }

    private static Bump BumpOf(IEnumerable<Change> changes) => changes.Select(c => c.Class switch
    {
        ChangeClass.Narrow or ChangeClass.Rename or ChangeClass.Retire => Bump.Major,
        ChangeClass.Add or ChangeClass.Widen => Bump.Minor,
        _ => Bump.Patch,
    }).DefaultIfEmpty(Bump.None).Max();

    private static Problem Problem(string code, Sentence message, SourceLine at) => new(ProblemKind.Conflict, code, message, new Place(at.File, at.Line));

    /// <summary>An item's change is one of its data set; all others are of the entry itself.</summary>
    private static bool Belongs(EntryKind change, EntryKind entry) => change == entry || (change == EntryKind.Item && entry == EntryKind.DataSet);

    private static IEnumerable<Entry> Published(Registry registry) =>
    [
        .. registry.DataSets.Values.Where(d => d.Status == Status.Standard).Select(Of),
        .. registry.ValueSets.Values.Where(v => v.Status == Status.Standard).Select(Of),
        .. registry.Elements.Values.Where(e => e.Status == Status.Standard).Select(Of),
        .. registry.DataSets.Values.SelectMany(d => d.Rules).Where(r => r.Status == Status.Standard).Select(Of),
        .. registry.Mappings.Values.Where(m => m.Status == Status.Standard).Select(Of),
        .. registry.Quality.Measures.Values.Where(m => m.Status == Status.Standard).Select(Of),
    ];

    private static Entry? Versioned(Registry registry, EntryKind kind, string id) => kind switch
    {
        EntryKind.DataSet => registry.DataSets.TryGetValue(id, out var set) ? Of(set) : null,
        EntryKind.ValueSet => registry.ValueSets.TryGetValue(id, out var set) ? Of(set) : null,
        EntryKind.Element => registry.Elements.TryGetValue(id, out var element) ? Of(element) : null,
        EntryKind.Rule => registry.DataSets.Values.SelectMany(d => d.Rules).FirstOrDefault(r => r.Id == id) is { } rule ? Of(rule) : null,
        EntryKind.Measure => registry.Quality.Measures.TryGetValue(id, out var measure) ? Of(measure) : null,
        _ => registry.Mappings.TryGetValue(id, out var mapping) ? Of(mapping) : null,
    };

    private static Entry Of(DataSet set) => new(EntryKind.DataSet, set.Id, set.Version, set.At);

    private static Entry Of(ValueSet set) => new(EntryKind.ValueSet, set.Id, set.Version, set.At);

    private static Entry Of(DataElement element) => new(EntryKind.Element, element.Id, element.Version, element.At);

    private static Entry Of(Rule rule) => new(EntryKind.Rule, rule.Id, rule.Version, rule.At);

    private static Entry Of(SourceMapping mapping) => new(EntryKind.Mapping, mapping.Id, mapping.Version, mapping.At);

    private static Entry Of(Quality.QualityMeasure measure) => new(EntryKind.Measure, measure.Id, measure.Version, measure.At);

    private sealed record Entry(EntryKind Kind, string Id, string Version, SourceLine At);
}
