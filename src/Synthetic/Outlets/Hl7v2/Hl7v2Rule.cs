using System.Text;
using Yunnao.Standards;
using Yunnao.Synthetic.Outlets.Csv;
using Yunnao.Synthetic.Rows;

namespace Yunnao.Synthetic.Outlets.Hl7v2;

/// <summary>One rule of an HL7 v2 mapping, turned round: where each item of a row is written.</summary>
internal sealed class Hl7v2Rule
{
    private readonly HashSet<Hl7v2Place> _shared = [];
    private readonly HashSet<int> _given = [];

    public Hl7v2Rule(MappingRule rule, RowShape shape, SourceMapping mapping, Registry registry)
    {
        Row = rule.Row ?? throw new InvalidDataException($"A rule of {mapping.Id} has no row segment.");
        Match = rule.Match;
        Constants = [.. Outlets.Constants.Of(rule.Where).Select(c => (Hl7v2Place.Parse(c.Path), Encoding.UTF8.GetBytes(c.Value)))];
        Fields = new Field?[shape.Items.Length];
        var taken = new HashSet<Hl7v2Place>();
        for (var slot = 0; slot < Fields.Length; slot++)
        {
            var item = shape.Items[slot];
            var path = rule.Items.TryGetValue(item.Name, out var source) ? source.From : item.Paths.GetValueOrDefault("hl7v2");
            if (source?.Value is not null) _given.Add(slot);
            if (path is null) continue;
            var place = Hl7v2Place.Parse(path);
            Fields[slot] = new(place, CsvColumn.FormOf(item, source, mapping, registry));
            if (!taken.Add(place)) _shared.Add(place);
        }
    }

    /// <summary>The segment that makes a row.</summary>
    public string Row { get; }

    public IReadOnlyList<string> Match { get; }

    /// <summary>What the rule's condition asks for.</summary>
    public (Hl7v2Place Place, byte[] Value)[] Constants { get; }

    /// <summary>By slot; null for items that the messages do not carry.</summary>
    public Field?[] Fields { get; }

    /// <summary>True when the item has a place, or the mapping gives its value.</summary>
    public bool Sends(int slot) => Fields[slot] is not null || _given.Contains(slot);

    /// <summary>True when the item stands in the row's own segment and no other item stands in its place.</summary>
    public bool IsOwn(int slot) => Fields[slot] is { } field && field.Place.Segment == Row && !_shared.Contains(field.Place);

    /// <summary>True when rows with this item can only be written by this rule, because the other has no place for it.</summary>
    public bool Prefers(Hl7v2Rule other, Row row)
    {
        for (var slot = 0; slot < Fields.Length; slot++)
        {
            if (Fields[slot] is not null && other.Fields[slot] is null && !row.IsNull(slot)) return true;
        }

        return false;
    }

    internal sealed record Field(Hl7v2Place Place, CellForm Form);
}
