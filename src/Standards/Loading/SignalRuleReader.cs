using Yunnao.Kernel;
using Yunnao.Standards.Alarms;

namespace Yunnao.Standards.Loading;

/// <summary>Reads one entry of <c>signals</c>.</summary>
internal sealed class SignalRuleReader(AlarmContext context, ProblemList problems)
{
    private static readonly RegionLevel[] Usual = [RegionLevel.Nation, RegionLevel.Province, RegionLevel.City, RegionLevel.County];

    /// <summary>The words for the levels of regions.</summary>
    public static string LevelWords => string.Join(", ", Enum.GetNames<RegionLevel>().Select(n => n.ToLowerInvariant()));

    /// <summary>A region level by its word, or null.</summary>
    public static RegionLevel? Level(string word) =>
        Enum.TryParse<RegionLevel>(word, ignoreCase: true, out var level) && !char.IsDigit(word[0]) ? level : null;

    public SignalRule? Read(AlarmFile file, YamlMap entry)
    {
        entry.Only("id", "name", "dataset", "each", "where", "onset", "age", "region", "once", "levels", "fixed", "source");
        var id = context.Id(entry, "signal");
        if (id.Contains('.')) problems.Add("standards.name", entry.AtKey("id"), $"signal id '{id}' may not hold a point: what follows the point is the code");
        var dataSet = context.DataSet(entry, "dataset");
        var each = entry.Map("each") is { } map ? Each(map, dataSet) : null;
        var rule = new SignalRule(
            id, file.Version, file.Status, entry.Names(), dataSet ?? "", each, context.Condition(entry, "where", dataSet),
            context.Item(entry, "onset", dataSet), context.Item(entry, "age", dataSet), context.Item(entry, "region", dataSet),
            entry.Whole("once", 0, 0), Levels(entry), Fixed(entry, id, each), entry.Text("source") ?? file.Source, entry.At);
        return dataSet is null ? null : rule;
    }

    private CodeOfRecord? Each(YamlMap map, string? dataSet)
    {
        map.Only("item", "valueset", "prefixes");
        var item = context.Item(map, "item", dataSet, required: true);
        var (valueSet, prefixes) = context.ValueSet(map, "valueset", "prefixes", required: true);
        return item is null || valueSet is null ? null : new(item, valueSet, prefixes);
    }

    private RegionLevel[] Levels(YamlMap entry)
    {
        var words = entry.Texts("levels");
        foreach (var word in words.Where(w => Level(w) is null))
            problems.Add("standards.bad-value", entry.AtKey("levels"), $"'{word}' is no level; it is {LevelWords}");
        return words.Count == 0 ? Usual : [.. words.Select(Level).OfType<RegionLevel>().Distinct().Order()];
    }

    private Dictionary<string, int> Fixed(YamlMap entry, string id, CodeOfRecord? each)
    {
        var cases = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (code, text, _, at) in entry.Map("fixed")?.Entries() ?? [])
        {
            if (each is null ? code != id : !context.HasCode(each.ValueSet, code))
                problems.Add("standards.unknown-code", at, each is null ? (Sentence)$"without 'each' only '{id}' itself has a fixed number" : $"'{code}' is no code of value set '{each.ValueSet}'");
            if (int.TryParse(text, out var number) && number > 0) cases[code] = number;
            else problems.Add("standards.bad-value", at, "a fixed number of cases is a whole number from 1");
        }

        return cases;
    }
}
