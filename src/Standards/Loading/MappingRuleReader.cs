using System.Globalization;
using System.Text.RegularExpressions;
using Yunnao.Kernel;

namespace Yunnao.Standards.Loading;

/// <summary>Reads one rule of a mapping: an entry of <c>files</c>, <c>resources</c>, <c>messages</c> or <c>documents</c>.</summary>
/// <param name="common">Items of the whole mapping, which a rule takes where its data set has them and it does not name them itself.</param>
internal sealed partial class MappingRuleReader(
    string format, bool organisationKnown, YamlMap? common, MappingContext context, CodeMapCheck codeMaps, ProblemList problems)
{
    private bool HasColumns => SourceMapping.IsTable(format);

    public MappingRule? Read(YamlMap rule)
    {
        var matchKey = format == "fhir" ? "resource" : "match";
        var rowKey = format == "fhir" ? "each" : "row";
        if (format == "xlsx") rule.Only(matchKey, "dataset", "items", "sheet", "header");
        else if (format == "fixed") rule.Only(matchKey, "dataset", "items", "columns");
        else if (HasColumns) rule.Only(matchKey, "dataset", "items");
        else rule.Only(matchKey, "dataset", rowKey, "where", "items");
        var match = rule.Texts(matchKey, required: true);
        CheckMatch(match, rule.AtKey(matchKey));
        var row = rule.Text(rowKey);
        if (row is not null && format == "hl7v2" && !Segment().IsMatch(row))
        {
            problems.Add("standards.bad-path", rule.AtKey(rowKey), $"row '{row}' is no segment; it is like OBX");
        }

        var where = HasColumns ? null : rule.Text("where");
        if (where is not null && ConditionSyntax.Fault(format, where) is { } fault) problems.Add("standards.bad-path", rule.AtKey("where"), fault);
        if (rule.Text("dataset", required: true) is not { } id) return null;
        if (!context.Items.TryGetValue(id, out var items))
        {
            if (!context.AllDataSets.Knows(id))
            {
                problems.AddUnknown("standards.unknown-data-set", rule.AtKey("dataset"), "data set", id, context.AllDataSets.Ids);
            }

            items = ItemList.Empty;
        }

        var sources = Sources(rule, id, items);
        CheckRequired(rule, id, sources);
        return new(id, match, row, where, sources, rule.At, Layout(rule));
    }

    private Dictionary<string, ItemSource> Sources(YamlMap rule, string dataSet, ItemList items)
    {
        var sources = new Dictionary<string, ItemSource>(StringComparer.Ordinal);
        foreach (var (name, text, map, at) in Entries(rule, items))
        {
            if (items.Names.Count > 0 && !items.Names.Contains(name))
            {
                problems.AddUnknown("standards.unknown-item", at, $"item of data set '{dataSet}'", name, items.Names);
            }

            var item = items.Items.FirstOrDefault(i => i.Name == name);
            var source = map is null ? new ItemSource(text) : Source(map.Only("from", "value", "codes", "format"), item);
            if (source.From is { } path && !HasColumns && PathSyntax.Fault(format, path) is { } fault) problems.Add("standards.bad-path", at, fault);
            sources[name] = source;
        }

        return sources;
    }

    /// <summary>The rule's own items, then those of the whole mapping that it leaves open.</summary>
    private IEnumerable<(string Key, string? Text, YamlMap? Map, SourceLine At)> Entries(YamlMap rule, ItemList items)
    {
        (string Key, string? Text, YamlMap? Map, SourceLine At)[] own = [.. rule.Map("items")?.Entries() ?? []];
        var all = common?.Entries().Where(c => items.Names.Contains(c.Key) && own.All(o => o.Key != c.Key)) ?? [];
        return own.Concat(all);
    }

    private TableLayout? Layout(YamlMap rule)
    {
        if (format == "xlsx") return new(rule.Text("sheet"), Number(rule, "header") ?? 1, []);
        if (format != "fixed") return null;
        var columns = new List<FixedColumn>();
        foreach (var (name, text, _, at) in rule.Map("columns", required: true)?.Entries() ?? [])
        {
            var match = Positions().Match(text ?? "");
            var (first, last) = match.Success ? (int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)) : (0, -1);
            if (first > last) problems.Add("standards.bad-value", at, $"column '{name}' is '{text}'; it is first-last byte from 1, for example 1-10");
            else columns.Add(new(name, first, last));
        }

        return new(null, 0, columns);
    }

    private int? Number(YamlMap rule, string key)
    {
        if (rule.Text(key) is not { } text) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0) return number;
        problems.Add("standards.bad-value", rule.AtKey(key), $"{key} is '{text}'; it is a row number from 1");
        return null;
    }

    private ItemSource Source(YamlMap map, Item? item)
    {
        var source = new ItemSource(map.Text("from"), map.Text("value"), map.Text("codes"), map.Text("format"));
        if (source.From is null && source.Value is null)
        {
            const string Advice = "give 'from' (column or path), 'value' (a constant), or both: the constant where the record has none";
            problems.Add("standards.missing-key", map.At, Advice);
        }

        if (source.Codes is { } codeMap) codeMaps.Check(codeMap, item?.ValueSet?.Id, map.AtKey("codes"));
        if (source.Value is { } value && item?.ValueSet is { } set && source.Codes is null && !set.Codes.ContainsKey(value))
        {
            problems.AddUnknown("standards.code-map-target", map.AtKey("value"), $"code of value set '{set.Id}'", value, set.Codes.Keys);
        }

        if (source.Format is { } time && !Strptime().IsMatch(time))
        {
            problems.Add("standards.bad-format", map.AtKey("format"), $"format '{time}' is no strptime format; it is like %Y/%m/%d %H:%M:%S");
        }

        return source;
    }

    /// <summary>A required item that the rule leaves without a source would send every row to quarantine.</summary>
    private void CheckRequired(YamlMap rule, string id, Dictionary<string, ItemSource> sources)
    {
        if (!context.DataSets.TryGetValue(id, out var dataSet) || (HasColumns && sources.Count == 0)) return;
        foreach (var item in dataSet.Items.Where(i => i.Required && !sources.ContainsKey(i.Name)))
        {
            if (organisationKnown && item.Roles.HasFlag(Roles.Organisation)) continue;
            if (!HasColumns && item.Paths.ContainsKey(format)) continue;
            problems.Add("standards.unmapped-item", rule.AtKey("dataset"), $"required item '{item.Name}' of '{id}' has no source in this rule");
        }
    }

    private void CheckMatch(IReadOnlyList<string> match, SourceLine at)
    {
        if (HasColumns) return;
        var form = format switch { "fhir" => Resource(), "cda" => Document(), _ => Message() };
        var example = format switch
        {
            "fhir" => (Sentence)"a resource type like Observation",
            "cda" => "a template id like 2.16.156.10011.2.1.1.27, a document code like C0007 or HSDB04.01, or *",
            _ => "a message type like ORU^R01 or ADT^*",
        };
        foreach (var text in match.Where(m => !form.IsMatch(m))) problems.Add("standards.bad-path", at, $"'{text}' is not {example}");
    }

    [GeneratedRegex(@"^[A-Z][A-Za-z]+\z")]
    private static partial Regex Resource();

    [GeneratedRegex(@"^[A-Z][A-Z0-9]{2}\^([A-Z][A-Z0-9]{2}|\*)(\^[A-Z0-9_]+)?\z")]
    private static partial Regex Message();

    [GeneratedRegex(@"^(\d+(\.\d+)+|[A-Z0-9-]+(\.\d\d)?|\*)\z")]
    private static partial Regex Document();

    [GeneratedRegex(@"^([1-9]\d{0,5})-([1-9]\d{0,5})\z")]
    private static partial Regex Positions();

    [GeneratedRegex(@"^[A-Z][A-Z0-9]{2}\z")]
    private static partial Regex Segment();

    [GeneratedRegex(@"^(%[YmdHMSyfjpIbBgz%-]|[^%'\p{C}])+\z")]
    private static partial Regex Strptime();
}
