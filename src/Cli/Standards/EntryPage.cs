using Yunnao.Standards;
using Yunnao.Standards.Quality;
using Yunnao.Standards.Search;

namespace Yunnao.Cli.Standards;

/// <summary>Prints an entry of the registry: its facts, then its rows (items, codes, uses) as a table.</summary>
internal sealed class EntryPage(Registry registry, Terminal terminal)
{
    private readonly Text _text = terminal.Text;

    private string Language => _text.Language;

    public void Write(RegistryEntry entry)
    {
        switch (entry.Value)
        {
            case DataSet dataSet: Write(dataSet); break;
            case Item item: Write(item, (DataSet)entry.Owner!); break;
            case ValueSet valueSet: Write(valueSet); break;
            case DataElement element: Write(element); break;
            case SourceMapping mapping: Write(mapping); break;
            case CodeMap map: Write(map); break;
            case Rule rule: Write(rule); break;
            case QualityMeasure measure: Write(measure); break;
            case Code code: Write(code, (ValueSet)entry.Owner!); break;
            default: throw new InvalidOperationException($"No page for {entry.Kind}.");
        }
    }

    private void Write(DataSet set)
    {
        Title(EntryKind.DataSet, set.Id, set.Name);
        Facts(set.Version, set.Status, set.Provisional, set.Source, set.At);
        Fact("definition", set.Definition.In(Language));
        Fact("identifier", set.Identifier);
        Fact("document", set.Document);
        var items = new Listing(
            _text["item"], _text["name"], _text["type"], _text["required"], _text["values"], _text["range"], _text["role"], _text["level"], _text["deid"]);
        foreach (var item in set.Items)
        {
            items.Add(
                item.Name, item.Title.In(Language), $"{item.Element.Type} {item.Element.Format.Text}", item.Required ? "1" : "0..1",
                item.ValueSet?.Id ?? item.Unit ?? "", Range(item), item.RoleWords(), item.Level?.ToString() ?? "", Word(item.Deid));
        }

        terminal.Print(items);
        if (set.Rules.Count == 0) return;
        var rules = new Listing(_text["rule"], _text["severity"], _text["expression"], _text["message"]);
        foreach (var rule in set.Rules) rules.Add(rule.Id, Word(rule.Severity), rule.Expression, rule.Message.In(Language));
        terminal.Print(rules);
    }

    private void Write(Item item, DataSet set)
    {
        Title(EntryKind.Item, $"{set.Id}.{item.Name}", item.Title);
        Fact("definition", item.Definition.In(Language));
        Fact("identifier", item.Id);
        Fact("element", $"{item.Element.Id} ({item.Element.Name.In(Language)})");
        Fact("type", $"{item.Element.Type} {item.Element.Format.Text}");
        Fact("required", item.Required ? "1" : "0..1");
        Fact("values", item.ValueSet is { } values ? $"{values.Id} ({values.Name.In(Language)}, {values.Codes.Count})" : null);
        Fact("unit", item.Unit is { } unit ? $"{unit} ({registry.Units.GetValueOrDefault(unit).In(Language)})" : null);
        Fact("range", Range(item));
        Fact("role", item.RoleWords());
        Fact("level", item.Level?.ToString());
        Fact("deid", Word(item.Deid));
        foreach (var (format, path) in item.Paths) Line(format, path);
        Fact("status", StatusText(item.Status, item.Provisional));
        Fact("source", item.Source);
        Fact("place", Place(item.At));
    }

    private void Write(ValueSet set)
    {
        Title(EntryKind.ValueSet, set.Id, set.Name);
        Facts(set.Version, set.Status, set.Provisional, set.Source, set.At);
        Fact("oid", set.Oid);
        var attributes = set.Codes.Values.SelectMany(c => c.Attributes.Keys).Distinct().ToArray();
        var codes = new Listing([_text["code"], _text["name-zh"], _text["name-en"], _text["parent"], .. attributes]);
        foreach (var code in set.Codes.Values)
        {
            var values = attributes.Select(a => code.Attributes.GetValueOrDefault(a, ""));
            codes.Add([code.Value, code.Name.Zh, code.Name.En, code.Parent ?? "", .. values]);
        }

        terminal.Print(codes);
        Uses(RegistryLookup.ItemsOf(registry, set));
    }

    private void Write(DataElement element)
    {
        Title(EntryKind.Element, element.Id, element.Name);
        Facts(element.Version, element.Status, element.Provisional, element.Source, element.At);
        Fact("definition", element.Definition.In(Language));
        Fact("type", $"{element.Type} {element.Format.Text}");
        Fact("values", element.ValueSet);
        Uses(RegistryLookup.ItemsOf(registry, element));
    }

    private void Write(SourceMapping mapping)
    {
        Title(EntryKind.Mapping, mapping.Id, mapping.Name);
        Facts(mapping.Version, mapping.Status, false, "", mapping.At);
        Fact("format", mapping.Format);
        Fact("encoding", mapping.Encoding);
        Fact("organisation", mapping.Organisation);
        foreach (var (valueSet, map) in mapping.Codes) Line(valueSet, $"→ {map}");
        var rules = new Listing(_text["match"], _text["dataset"], _text["item"], _text["from"], _text["codes"]);
        foreach (var rule in mapping.Rules)
        {
            var match = string.Join(", ", rule.Match) + (rule.Row is null ? "" : $" / {rule.Row}");
            if (rule.Items.Count == 0) rules.Add(match, rule.DataSet, "*", "*", "");
            foreach (var (item, source) in rule.Items)
            {
                var constant = source.Value is { } value ? $"= {value}" : "";
                var from = $"{source.From} {source.Format} {constant}".Trim();
                rules.Add(match, rule.DataSet, item, from, source.Codes ?? "");
            }
        }

        terminal.Print(rules);
    }

    private void Write(CodeMap map)
    {
        Title(EntryKind.CodeMap, map.Id, new("", ""));
        Fact("place", Place(map.At));
        var codes = new Listing(_text["from"], _text["to"]);
        foreach (var (source, target) in map.Codes) codes.Add(source, target);
        terminal.Print(codes);
    }

    private void Write(Rule rule)
    {
        Title(EntryKind.Rule, rule.Id, rule.Message);
        Facts(rule.Version, rule.Status, false, rule.Source, rule.At);
        Fact("dataset", rule.DataSet);
        Fact("severity", Word(rule.Severity));
        Fact("expression", rule.Expression);
    }

    private void Write(QualityMeasure measure)
    {
        Title(EntryKind.Measure, measure.Id, measure.Name);
        Facts(measure.Version, measure.Status, false, measure.Source, measure.At);
        Fact("dataset", string.Join(", ", measure.DataSets));
        Fact("quality.dimension", measure.Counts.Dimension);
        Fact("quality.weight", measure.Counts.Weight.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Fact("quality.where", measure.Where);
        Fact("expression", measure.GoodText());
    }

    private void Write(Code code, ValueSet set)
    {
        Title(EntryKind.Code, code.Value, code.Name);
        Fact("value-set", $"{set.Id} ({set.Name.In(Language)})");
        Fact("parent", code.Parent);
        foreach (var (name, value) in code.Attributes) Line(name, value);
    }

    private void Uses(IEnumerable<(DataSet DataSet, Item Item)> uses)
    {
        var listing = new Listing(_text["used-in"], _text["name"], _text["place"]);
        foreach (var (set, item) in uses) listing.Add($"{set.Id}.{item.Name}", item.Title.In(Language), Place(item.At));
        terminal.Print();
        if (listing.Rows.Count > 0) terminal.Print(listing);
        else terminal.Print(_text["used-nowhere"]);
    }

    private void Title(EntryKind kind, string id, Names name) => terminal.Print($"{_text[$"kind.{kind}"]} {id}  {name.Zh}  {name.En}".TrimEnd());

    private void Facts(string version, Status status, bool provisional, string source, SourceLine at)
    {
        Fact("version", $"{version} {StatusText(status, provisional)}");
        Fact("source", source);
        Fact("place", Place(at));
    }

    private void Fact(string key, string? value) => Line(_text[key], value);

    private void Line(string label, string? value)
    {
        if (!string.IsNullOrEmpty(value)) terminal.Print($"  {label}: {value}");
    }

    private string StatusText(Status status, bool provisional) => Word(status) + (provisional ? $" ({_text["provisional"]})" : "");

    private static string Word<T>(T? value) => value?.ToString()?.ToLowerInvariant() ?? "";

    private static string Range(Item item) => item.Min is null && item.Max is null ? "" : $"{item.Min} – {item.Max}".Trim();

    private static string Place(SourceLine at) => $"{at.File}:{at.Line}";
}
