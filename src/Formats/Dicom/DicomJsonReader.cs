using System.Globalization;
using System.Text.Json;

namespace Yunnao.Formats.Dicom;

/// <summary>Data sets from the DICOM JSON model (PS3.18 F).</summary>
internal sealed class DicomJsonReader(Func<string, ReadOnlyMemory<byte>>? bulk)
{
    private bool _beyondAscii;

    /// <summary>The data set of an object; its text is in UTF-8, and it says so when there is any beyond ASCII or the model does.</summary>
    public DicomDataSet DataSet(JsonElement json)
    {
        var set = Set(json, "");
        return _beyondAscii ? DicomBuilder.From(set).Set(Tags.SpecificCharacterSet, "ISO_IR 192").Build() : set;
    }

    private DicomDataSet Set(JsonElement json, string path)
    {
        if (json.ValueKind != JsonValueKind.Object) throw new ModelException("an object of elements is missing", path);
        var builder = DicomBuilder.Item();
        foreach (var property in json.EnumerateObject())
        {
            if (property.Name.Length != 8 || !uint.TryParse(property.Name, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var tag))
                throw new ModelException("the name of a property is not a tag of eight hexadecimal digits", path);
            Element(builder, new(tag), property.Value, path + property.Name);
        }

        _beyondAscii |= builder.BeyondAscii;
        return builder.Build();
    }

    private void Element(DicomBuilder builder, DicomTag tag, JsonElement json, string path)
    {
        if (json.ValueKind != JsonValueKind.Object) throw new ModelException("an element is not an object", path);
        var vr = json.TryGetProperty("vr", out var name) && name.ValueKind == JsonValueKind.String ? VrFacts.Parse(name.GetString()) : DicomDictionary.Find(tag)?.Vr ?? Vr.UN;
        if (vr == Vr.None) throw new ModelException("vr is not a value representation", path);
        if (tag == Tags.SpecificCharacterSet)
        {
            builder.SetBytes(tag, Vr.CS, json.TryGetProperty("Value", out _) ? "ISO_IR 192"u8.ToArray() : default);
            return;
        }

        if (json.TryGetProperty("InlineBinary", out var inline))
        {
            if (inline.ValueKind != JsonValueKind.String || !inline.TryGetBytesFromBase64(out var bytes)) throw new ModelException("InlineBinary is not base64", path);
            builder.SetBytes(tag, vr, bytes);
        }
        else if (json.TryGetProperty("BulkDataURI", out var uri))
        {
            builder.SetBytes(tag, vr, uri.ValueKind == JsonValueKind.String && bulk is not null ? bulk(uri.GetString()!) : default);
        }
        else if (json.TryGetProperty("Value", out var values))
        {
            if (values.ValueKind != JsonValueKind.Array) throw new ModelException("Value is not an array", path);
            Values(builder, tag, vr, values, path);
        }
        else if (vr == Vr.SQ)
        {
            builder.SetItems(tag);
        }
        else
        {
            builder.SetBytes(tag, vr, default);
        }
    }

    private void Values(DicomBuilder builder, DicomTag tag, Vr vr, JsonElement values, string path)
    {
        if (vr == Vr.SQ)
        {
            var items = new List<DicomDataSet>();
            foreach (var value in values.EnumerateArray()) items.Add(value.ValueKind == JsonValueKind.Null ? DicomDataSet.Empty : Set(value, $"{path}/{items.Count}/"));
            builder.SetItems(tag, items);
            return;
        }

        if (vr.IsBulk()) throw new ModelException("a binary element has no Value", path);
        var texts = new string[values.GetArrayLength()];
        var index = 0;
        foreach (var value in values.EnumerateArray()) texts[index++] = Text(vr, value, path);
        try
        {
            builder.Set(tag, vr, texts);
        }
        catch (Exception failure) when (failure is FormatException or OverflowException)
        {
            throw new ModelException("a value is not one of its representation", path);
        }
    }

    private static string Text(Vr vr, JsonElement value, string path)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                return vr.IsText() ? "" : throw new ModelException("a number is null", path);
            case JsonValueKind.String:
                return value.GetString() switch { "inf" when vr.IsNumber() => "Infinity", "-inf" when vr.IsNumber() => "-Infinity", var text => text! };
            case JsonValueKind.Number:
                return value.GetRawText();
            case JsonValueKind.Object when vr == Vr.PN:
                return new PersonName(Group(value, "Alphabetic"), Group(value, "Ideographic"), Group(value, "Phonetic")).ToString();
            default:
                throw new ModelException("a value is neither text nor number", path);
        }
    }

    private static string Group(JsonElement name, string group) =>
        name.TryGetProperty(group, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
}
