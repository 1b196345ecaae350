using Yunnao.Lake.Queries;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Fhir;

/// <summary>What comes along with the matches of a page: what they refer to, and what refers to them.</summary>
internal sealed class IncludedResources(IReadOnlyList<IncludeRule> rules)
{
    /// <summary>Most resources that come along with a page.</summary>
    public const int Most = 5000;

    private readonly Dictionary<IncludeRule, HashSet<Key>> _wanted = rules.ToDictionary(r => r, _ => new HashSet<Key>());
    private readonly Dictionary<IncludeRule, HashSet<Key>> _done = rules.ToDictionary(r => r, _ => new HashSet<Key>());
    private readonly HashSet<(string Type, string Id)> _there = [];

    /// <summary>A person by id, or an encounter by its number at its institution.</summary>
    private readonly record struct Key(string Value, string? Organisation);

    /// <summary>True when not all came along.</summary>
    public bool Cut { get; private set; }

    /// <summary>Notes the row on which a scan stands, which was written: what it refers to and what may refer to it.</summary>
    public void Note(ResourceScan scan, bool isMatch)
    {
        _there.Add((scan.Source.Type, scan.Id));
        foreach (var rule in rules.Where(r => isMatch || r.Iterate))
        {
            if (rule.Reverse)
            {
                if (scan.Source.Type == rule.Link.FollowsTo && Own(scan) is { } own) Want(rule, own);
            }
            else if (scan.Source.Type == rule.Of.Name)
            {
                foreach (var leaf in rule.Link.In(scan.Source).Select(t => t.Leaf).OfType<ElementLeaf>())
                    if (scan.Writer.Value(leaf) is { } value) Want(rule, rule.Link.FollowsTo == "Patient" ? new(SearchCondition.IdOf(value), null) : new(value, scan.Writer.Organisation(scan.Batch, scan.Row)));
            }
        }
    }

    /// <summary>True when the row on which a scan stands is not in the Bundle yet and may come.</summary>
    public bool Takes(ResourceScan scan, int included)
    {
        if (_there.Contains((scan.Source.Type, scan.Id))) return false;
        if (included < Most) return true;
        Cut = true;
        return false;
    }

    /// <summary>The scans of what is wanted and was not looked for yet; empty when nothing is.</summary>
    public List<ResourceScan> Scans(FhirReading reading)
    {
        var scans = new List<ResourceScan>();
        foreach (var rule in rules)
        {
            List<Key> keys = [.. _wanted[rule]];
            _wanted[rule].Clear();
            if (keys.Count == 0) continue;
            _done[rule].UnionWith(keys);
            var sources = rule.Reverse ? rule.Of.Sources : reading.Book.Find(rule.Link.FollowsTo!)?.Sources ?? [];
            foreach (var source in sources.Where(reading.Reaches))
            {
                if (!reading.Table(source).Try(out var table, out _)) continue;
                var columns = rule.Reverse ? rule.Link.In(source).Select(t => t.Leaf).OfType<ElementLeaf>().Select(ResourceSource.ColumnOf) : OwnColumn(source) is { } own ? [own] : [];
                Filter[] ways = [.. columns.Where(c => table.Find(c) is not null).Select(c => Rows(c, keys, source, table, reading))];
                if (ways.Length > 0) scans.Add(new(source, table, reading, ways.Length == 1 ? ways[0] : new Filter.Or(ways)));
            }
        }

        return scans;
    }

    private void Want(IncludeRule rule, Key key)
    {
        if (!_done[rule].Contains(key)) _wanted[rule].Add(key);
    }

    private static Filter Rows(string column, List<Key> keys, ResourceSource source, ScopedTable table, FhirReading reading)
    {
        if (column == SystemColumns.Subject)
        {
            var filter = new SearchFilter(source, table, reading);
            return SearchFilter.Any([.. keys.Select(k => filter.Key(column, k.Value))]);
        }

        // Two institutions may give one number.
        var shown = table.Find(SystemColumns.Org) is not null;
        return new Filter.Or(
        [
            .. keys.GroupBy(k => shown ? k.Organisation : null).Select(g =>
            {
                var numbers = new Filter.In(column, [.. g.Select(k => Value.Of(k.Value))]);
                return g.Key is { } organisation ? new Filter.And([new Filter.Compare(SystemColumns.Org, Comparison.Equal, Value.Of(organisation)), numbers]) : (Filter)numbers;
            }),
        ]);
    }

    private static Key? Own(ResourceScan scan)
    {
        if (scan.Source.OnePerSubject) return new(scan.Id, null);
        return scan.Source.Number is { } leaf && scan.Writer.Value(leaf) is { } number ? new(number, scan.Writer.Organisation(scan.Batch, scan.Row)) : null;
    }

    private static string? OwnColumn(ResourceSource source) => source.OnePerSubject ? SystemColumns.Subject : source.Number?.Item!.Name;
}
