using System.Globalization;
using Yunnao.Standards;
using Yunnao.Standards.Expressions;

namespace Yunnao.Services.RegistryImport;

/// <summary>Data sets of the registry, and all that they refer to, as rows of the template's sheets.</summary>
internal sealed class TemplateRows(Registry registry, IReadOnlyCollection<DataSet> dataSets)
{
    public IEnumerable<Row> Of(string sheet) => sheet switch
    {
        "datasets" => dataSets.Select(Of),
        "items" => dataSets.SelectMany(d => d.Items.Select(i => Of(d, i))),
        "elements" => dataSets.SelectMany(d => d.Items).Select(i => i.Element).DistinctBy(e => e.Id).OrderBy(e => e.Id, StringComparer.Ordinal).Select(Of),
        "valuesets" => ValueSets().Select(Of),
        "codes" => ValueSets().SelectMany(v => v.Codes.Values.Select(c => Of(v, c))),
        "checks" => dataSets.SelectMany(d => d.Rules).Select(Of),
        _ => [],
    };

    /// <summary>The attribute columns of all codes, which the sheet of codes has as further columns.</summary>
    public IEnumerable<string> Attributes() =>
        ValueSets().SelectMany(v => v.Codes.Values).SelectMany(c => c.Attributes.Keys).Distinct();

    /// <summary>Those of the items, of their elements, and those that checks name.</summary>
    private IEnumerable<ValueSet> ValueSets() => dataSets.SelectMany(d => d.Items).SelectMany(i => new[] { i.ValueSet?.Id, i.Element.ValueSet })
        .Concat(dataSets.SelectMany(d => d.Rules).SelectMany(r => RuleExpression.Parse(r.Expression).Value.InSets).Select(s => s.ValueSet))
        .OfType<string>().Distinct().Order(StringComparer.Ordinal).Select(id => registry.ValueSets[id]);

    private static Row Of(DataSet set) => Head(set.Id, set.Version, set.Status, set.Provisional, set.Source, new()
    {
        ["domain"] = set.Domain,
        ["identifier"] = set.Identifier ?? "",
        ["document"] = set.Document ?? "",
        ["load_order"] = set.LoadOrder.ToString(CultureInfo.InvariantCulture),
    }).Both(set.Name, "name").Both(set.Definition, "definition");

    private static Row Of(DataSet set, Item item)
    {
        var row = new Row
        {
            ["dataset"] = set.Id,
            ["item"] = item.Name,
            ["id"] = item.Id ?? "",
            ["element"] = item.Element.Id,
            ["value_set"] = item.ValueSet is { } values && values.Id != item.Element.ValueSet ? values.Id : "",
            ["unit"] = item.Unit ?? "",
            ["min"] = item.Min ?? "",
            ["max"] = item.Max ?? "",
            ["card"] = item.Required ? "1" : "0..1",
            ["role"] = item.RoleWords(),
            ["level"] = item.Level?.ToString(CultureInfo.InvariantCulture) ?? "",
            ["deid"] = Word(item.Deid),
            ["status"] = Word(item.Status),
            ["provisional"] = Yes(item.Provisional),
            ["was"] = string.Join(' ', item.FormerNames),
            ["source"] = item.Source,
        };
        foreach (var (format, path) in item.Paths) row[format] = path;
        return row.Both(item.Title, "name").Both(item.Definition, "definition");
    }

    private static Row Of(DataElement element) => Head(element.Id, element.Version, element.Status, element.Provisional, element.Source, new()
    {
        ["type"] = element.Type.ToString(),
        ["format"] = element.Format.Text,
        ["value_set"] = element.ValueSet ?? "",
    }).Both(element.Name, "name").Both(element.Definition, "definition");

    private static Row Of(ValueSet set) =>
        Head(set.Id, set.Version, set.Status, set.Provisional, set.Source, new() { ["oid"] = set.Oid ?? "" }).Both(set.Name, "name");

    private static Row Of(ValueSet set, Code code)
    {
        var row = new Row { ["value_set"] = set.Id, ["code"] = code.Value, ["parent"] = code.Parent ?? "", ["provisional"] = Yes(code.Provisional) };
        foreach (var (name, value) in code.Attributes) row[name] = value;
        return row.Both(code.Name, "name");
    }

    private static Row Of(Rule rule) => Head(rule.Id, rule.Version, rule.Status, false, rule.Source, new()
    {
        ["dataset"] = rule.DataSet,
        ["severity"] = Word(rule.Severity),
        ["expression"] = rule.Expression,
    }).Both(rule.Message, "message");

    private static Row Head(string id, string version, Status status, bool provisional, string source, Row row)
    {
        row["id"] = id;
        row["version"] = version;
        row["status"] = Word(status);
        row["provisional"] = Yes(provisional);
        row["source"] = source;
        return row;
    }

    private static string Word<T>(T? value) => value?.ToString()?.ToLowerInvariant() ?? "";

    private static string Yes(bool provisional) => provisional ? "yes" : "";
}
