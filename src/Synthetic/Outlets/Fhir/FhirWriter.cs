using System.Buffers;
using System.Text;
using Yunnao.Standards;
using Yunnao.Synthetic.Rows;

namespace Yunnao.Synthetic.Outlets.Fhir;

/// <summary>Writes a row as a resource: only what has a value, one type of each choice.</summary>
internal sealed class FhirWriter
{
    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789."u8);

    private readonly byte[] _time = new byte[25];

    public void Write(ByteBuffer target, FhirTemplate template, Row row)
    {
        target.Add("{\"resourceType\":\""u8);
        target.Add(template.Type);
        target.Add((byte)'"');
        if (!template.HasId)
        {
            target.Add(",\"id\":"u8);
            Text(target, "", Encoding.UTF8.GetBytes(Id(row)));
        }

        Members(target, template.Root, row, true);
        target.Add((byte)'}');
    }

    /// <summary>The record key as an id: letters, digits, hyphens and points.</summary>
    public static string Id(Row row) => row.Key().Replace('|', '-');

    /// <summary>Writes the members that have values; false when there are none.</summary>
    private bool Members(ByteBuffer target, FhirNode node, Row row, bool any)
    {
        string? chosen = null;
        foreach (var child in node.Children)
        {
            if (child.Choice is { } choice && choice == chosen) continue;
            if (!HasValue(child, row)) continue;
            if (any) target.Add((byte)',');
            any = true;
            target.Add((byte)'"');
            target.Add(child.Name);
            target.Add("\":"u8);
            Value(target, child, row);
            chosen = child.Choice ?? chosen;
        }

        return any;
    }

    private void Value(ByteBuffer target, FhirNode node, Row row)
    {
        if (node.IsArray)
        {
            var first = true;
            target.Add((byte)'[');
            foreach (var element in node.Children)
            {
                if (!HasValue(element, row)) continue;
                if (!first) target.Add((byte)',');
                first = false;
                Value(target, element, row);
            }

            target.Add((byte)']');
        }
        else if (node.Constant is { } constant)
        {
            Text(target, "", constant);
        }
        else if (node.Slot >= 0)
        {
            Cell(target, node, row);
        }
        else
        {
            target.Add((byte)'{');
            Members(target, node, row, false);
            target.Add((byte)'}');
        }
    }

    /// <summary>Constants alone are not worth an object.</summary>
    private static bool HasValue(FhirNode node, Row row)
    {
        if (node.Slot >= 0) return !row.IsNull(node.Slot);
        if (node.Constant is not null) return true;
        var items = false;
        var values = false;
        foreach (var child in node.Children)
        {
            if (HasItem(child)) (items, values) = (true, values || HasItemValue(child, row));
        }

        return items ? values : node.Children.Count > 0;
    }

    private static bool HasItem(FhirNode node) => node.Slot >= 0 || node.Children.Exists(HasItem);

    private static bool HasItemValue(FhirNode node, Row row)
    {
        if (node.Slot >= 0) return !row.IsNull(node.Slot);
        foreach (var child in node.Children)
        {
            if (HasItemValue(child, row)) return true;
        }

        return false;
    }

    private void Cell(ByteBuffer target, FhirNode node, Row row)
    {
        var type = row.Shape.Items[node.Slot].Element.Type;
        Span<byte> space = stackalloc byte[64];
        var cell = row[node.Slot];
        var value = node.Form.IsCanonical ? cell : node.Form.Apply(cell, space);
        if (type == ElementType.N && node.Name is not ("code" or "id") && IsNumber(value)) target.Add(value);
        else if (type == ElementType.L && (value.SequenceEqual("true"u8) || value.SequenceEqual("false"u8))) target.Add(value);
        else if (type == ElementType.DT && value.Length == 19 && value[10] == ' ' && value[4] == '-') Text(target, node.Prefix, Time(value));
        else Text(target, node.Prefix, value);
    }

    private static bool IsNumber(ReadOnlySpan<byte> value) =>
        value.Length > 0 && value.Count((byte)'.') <= 1 && !value.TrimStart((byte)'-').ContainsAnyExcept(Digits)
        && value[^1] != '.' && (value[0] != '0' || value.Length == 1 || value[1] == '.');

    /// <summary>Times carry the offset of Chinese time.</summary>
    private ReadOnlySpan<byte> Time(ReadOnlySpan<byte> cell)
    {
        cell.CopyTo(_time);
        _time[10] = (byte)'T';
        "+08:00"u8.CopyTo(_time.AsSpan(19));
        return _time;
    }

    private static void Text(ByteBuffer target, string prefix, ReadOnlySpan<byte> value)
    {
        target.Add((byte)'"');
        if (prefix.Length > 0) target.Add(prefix);
        foreach (var b in value)
        {
            if (b is (byte)'"' or (byte)'\\') target.Add((byte)'\\');
            if (b >= 0x20) target.Add(b);
            else target.Add(b == '\n' ? "\\n"u8 : " "u8);
        }

        target.Add((byte)'"');
    }
}
