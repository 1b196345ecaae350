using Yunnao.Standards;
using Yunnao.Synthetic.Rows;

namespace Yunnao.Synthetic.Outlets.Csv;

/// <summary>A column of a source's file: its header, the item it carries and the form it is written in.</summary>
internal sealed record CsvColumn(string Header, int Slot, CellForm Form)
{
    /// <summary>The columns of a mapping's rule; without items they are the items themselves.</summary>
    public static CsvColumn[] Of(RowShape shape, MappingRule rule, SourceMapping mapping, Registry registry)
    {
        var columns = new List<CsvColumn>();
        for (var slot = 0; slot < shape.Items.Length; slot++)
        {
            var item = shape.Items[slot];
            if (rule.Items.Count == 0) columns.Add(new(item.Name, slot, CellForm.Canonical));
            else if (rule.Items.TryGetValue(item.Name, out var source) && source.From is { } column) columns.Add(new(column, slot, FormOf(item, source, mapping, registry)));
        }

        return [.. columns];
    }

    /// <summary>The item's own code map, else the mapping's for its value set; the item's own date format.</summary>
    public static CellForm FormOf(Item item, ItemSource? source, SourceMapping mapping, Registry registry)
    {
        var codes = source?.Codes;
        if (codes is null && item.ValueSet is { } set) codes = mapping.Codes.GetValueOrDefault(set.Id);
        return CellForm.Of(codes is null ? null : registry.CodeMaps[codes], source?.Format);
    }
}
