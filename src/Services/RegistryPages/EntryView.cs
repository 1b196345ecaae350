using Yunnao.Standards;
using Yunnao.Standards.Search;

namespace Yunnao.Services.RegistryPages;

/// <summary>An entry of the registry as it is shown.</summary>
/// <param name="Facts">What is one value: version, status, definition, type …</param>
/// <param name="Rows">What is many: the items of a data set, the codes of a value set, the pairs of a code map.</param>
public sealed record EntryView(
    EntryKind Kind, string Id, Names Name, IReadOnlyDictionary<string, object?> Facts, IReadOnlyList<IReadOnlyDictionary<string, object?>> Rows)
{
    public static EntryView Of(RegistryEntry entry, string id) => entry.Value switch
    {
        DataSet d => new(entry.Kind, d.Id, d.Name, Named(("version", d.Version), ("status", d.Status), ("provisional", d.Provisional), ("definition", d.Definition), ("source", d.Source)), [.. d.Items.Select(i => Item(i))]),
        Item i => new(entry.Kind, id, i.Title, Item(i), []),
        ValueSet v => new(entry.Kind, v.Id, v.Name, Named(("version", v.Version), ("status", v.Status), ("oid", v.Oid), ("source", v.Source)), [.. v.Codes.Values.Select(c => Code(c))]),
        DataElement e => new(entry.Kind, e.Id, e.Name, Named(("version", e.Version), ("status", e.Status), ("definition", e.Definition), ("type", $"{e.Type} {e.Format.Text}"), ("value_set", e.ValueSet), ("source", e.Source)), []),
        SourceMapping m => new(entry.Kind, m.Id, m.Name, Named(("version", m.Version), ("status", m.Status), ("format", m.Format), ("encoding", m.Encoding), ("organisation", m.Organisation)), [.. m.Rules.Select(r => Named(("match", r.Match), ("data_set", r.DataSet)))]),
        CodeMap c => new(entry.Kind, c.Id, default, Named(), [.. c.Codes.Select(p => Named(("from", p.Key), ("to", p.Value)))]),
        Rule r => new(entry.Kind, r.Id, r.Message, Named(("data_set", r.DataSet), ("severity", r.Severity), ("expression", r.Expression), ("source", r.Source)), []),
        Code c => new(entry.Kind, id, c.Name, Code(c), []),
        _ => throw new NotSupportedException(entry.Kind.ToString()),
    };

    private static Dictionary<string, object?> Item(Item i) => Named(
        ("item", i.Name), ("title", i.Title), ("definition", i.Definition), ("element", i.Element.Id), ("type", $"{i.Element.Type} {i.Element.Format.Text}"), ("value_set", i.ValueSet?.Id),
        ("unit", i.Unit), ("min", i.Min), ("max", i.Max), ("required", i.Required), ("level", i.Level), ("deid", i.Deid), ("provisional", i.Provisional ? true : null), ("source", i.Source));

    private static Dictionary<string, object?> Code(Code c) => Named(("code", c.Value), ("name", c.Name), ("parent", c.Parent), ("attributes", c.Attributes.Count > 0 ? c.Attributes : null));

    private static Dictionary<string, object?> Named(params (string Name, object? Value)[] facts) => facts.Where(f => f.Value is not null).ToDictionary(f => f.Name, f => f.Value);
}
