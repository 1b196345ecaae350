using System.Globalization;
using System.Text.Json;
using Yunnao.Kernel;

namespace Yunnao.Formats.Dicom;

/// <summary>The DICOM JSON model (PS3.18 F), both ways. Text in it is UTF-8; (0008,0005) of what is written says so (F.2.2).</summary>
public static class DicomJson
{
    private const int MostDepth = 2 * DicomParser.MostDepth + 8;

    /// <summary>The model of one data set, as UTF-8.</summary>
    public static byte[] Write(DicomDataSet set, DicomJsonOptions? options = null)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, WriterOptions)) Write(json, set, options);
        return stream.ToArray();
    }

    /// <summary>What writers of this model should be opened with: texts are not escaped beyond need.</summary>
    public static JsonWriterOptions WriterOptions { get; } =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 3 * MostDepth, SkipValidation = true };

    /// <summary>Writes the object of one data set.</summary>
    public static void Write(Utf8JsonWriter json, DicomDataSet set, DicomJsonOptions? options = null) => WriteSet(json, set, options ?? DicomJsonOptions.Default, "");

    /// <summary>Writes one element as a property.</summary>
    /// <param name="path">Path of the element; its tag at the top.</param>
    public static void WriteElement(Utf8JsonWriter json, DicomElement element, DicomJsonOptions? options = null, string path = "")
    {
        options ??= DicomJsonOptions.Default;
        Span<byte> name = stackalloc byte[8];
        element.Tag.Value.TryFormat(name, out _, "X8", CultureInfo.InvariantCulture);
        json.WriteStartObject(name);
        json.WriteString("vr"u8, element.IsSequence ? "SQ" : element.Vr.Name());
        if (element.IsSequence) Items(json, element, options, path.Length == 0 ? element.Tag.ToHex() : path);
        else if (element.IsDeferred || element.IsEncapsulated || element.Vr.IsBulk()) Bulk(json, element, options, path.Length == 0 ? element.Tag.ToHex() : path);
        else if (!element.IsEmpty) Values(json, element);
        json.WriteEndObject();
    }

    /// <summary>Reads one object or an array of objects. BulkDataURIs are asked of <paramref name="bulk"/>; without it such elements are empty.</summary>
    public static Result<IReadOnlyList<DicomDataSet>> Read(ReadOnlyMemory<byte> json, Func<string, ReadOnlyMemory<byte>>? bulk = null)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MostDepth });
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Array ? root.EnumerateArray().Select(Set).ToArray() : new[] { Set(root) };
        }
        catch (JsonException failure)
        {
            return new Problem(ProblemKind.Incorrect, "dicom.json", $"this is no JSON, near line {failure.LineNumber + 1}", new Place(Line: failure.LineNumber + 1));
        }
        catch (ModelException failure)
        {
            return new Problem(ProblemKind.Incorrect, "dicom.json-model", $"{failure.Said} (PS3.18 F)", new Place(Path: failure.Path));
        }

        DicomDataSet Set(JsonElement element) => new DicomJsonReader(bulk).DataSet(element);
    }

    private static void WriteSet(Utf8JsonWriter json, DicomDataSet set, DicomJsonOptions options, string path)
    {
        json.WriteStartObject();
        foreach (var element in set)
        {
            if (element.Tag.IsGroupLength) continue;
            if (element.Tag == Tags.SpecificCharacterSet && !element.IsEmpty)
            {
                json.WriteStartObject("00080005"u8);
                json.WriteString("vr"u8, "CS"u8);
                json.WriteStartArray("Value"u8);
                json.WriteStringValue("ISO_IR 192"u8);
                json.WriteEndArray();
                json.WriteEndObject();
                continue;
            }

            // The path is made only where it can be asked for.
            var needed = options.BulkDataUri is not null && path.Length > 0 && (element.IsSequence || element.IsDeferred || element.Vr.IsBulk());
            WriteElement(json, element, options, needed ? path + element.Tag.ToHex() : "");
        }

        json.WriteEndObject();
    }

    private static void Items(Utf8JsonWriter json, DicomElement element, DicomJsonOptions options, string path)
    {
        if (element.IsEmpty) return;
        json.WriteStartArray("Value"u8);
        var items = element.Items;
        for (var i = 0; i < items.Count; i++)
            WriteSet(json, items[i], options, options.BulkDataUri is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{path}/{i}/"));
        json.WriteEndArray();
    }

    private static void Bulk(Utf8JsonWriter json, DicomElement element, DicomJsonOptions options, string path)
    {
        if (element.IsEmpty) return;
        var outside = element.IsDeferred || element.IsEncapsulated || element.Value.Length > options.LargestInline;
        if (outside && options.BulkDataUri?.Invoke(path) is { } uri) json.WriteString("BulkDataURI"u8, uri);
        else if (!element.IsDeferred && !element.IsEncapsulated) json.WriteBase64String("InlineBinary"u8, LittleEndian(element));
    }

    private static ReadOnlySpan<byte> LittleEndian(DicomElement element)
    {
        if (!element.IsBigEndian || element.Vr.Width() < 2) return element.Value.Span;
        var turned = new byte[element.Value.Length];
        DataSetEncoder.Copy(element.Value.Span, turned, element.Vr.Width(), turn: true);
        return turned;
    }

    private static void Values(Utf8JsonWriter json, DicomElement element)
    {
        string[] texts = element.Vr.IsNumber() ? [] : element.Strings();

        // F.2.5: nothing but insignificant characters is no value.
        if (texts.Length == 1 && (texts[0].Length == 0 || (element.Vr == Vr.PN && PersonName.Parse(texts[0]).IsEmpty))) return;
        json.WriteStartArray("Value"u8);
        if (element.Vr.IsNumber()) Numbers(json, element);
        else foreach (var text in texts) Text(json, element.Vr, text);
        json.WriteEndArray();
    }

    private static void Numbers(Utf8JsonWriter json, DicomElement element)
    {
        for (var i = 0; i < element.Count; i++)
        {
            if (element.Vr is Vr.FL or Vr.FD)
            {
                element.TryGetNumber(i, out var number);

                // JSON has no such numbers, and F.2.3 is silent: their names, as JavaScript reads them.
                if (double.IsNaN(number)) json.WriteStringValue("NaN"u8);
                else if (double.IsInfinity(number)) json.WriteStringValue(number > 0 ? "Infinity"u8 : "-Infinity"u8);
                else if (element.Vr == Vr.FL) json.WriteNumberValue((float)number);
                else json.WriteNumberValue(number);
            }
            else if (element.TryGetInteger(i, out var whole))
            {
                json.WriteNumberValue(whole);
            }
            else
            {
                json.WriteRawValue(element.Strings()[i], skipInputValidation: true);
            }
        }
    }

    private static void Text(Utf8JsonWriter json, Vr vr, string text)
    {
        if (text.Length == 0)
        {
            // F.2.5: an empty value among others is null.
            json.WriteNullValue();
        }
        else if (vr == Vr.PN)
        {
            var name = PersonName.Parse(text);
            json.WriteStartObject();
            if (name.Alphabetic.Length > 0) json.WriteString("Alphabetic"u8, name.Alphabetic);
            if (name.Ideographic.Length > 0) json.WriteString("Ideographic"u8, name.Ideographic);
            if (name.Phonetic.Length > 0) json.WriteString("Phonetic"u8, name.Phonetic);
            json.WriteEndObject();
        }
        else if (vr is Vr.DS or Vr.IS && Plain(text) is { } number)
        {
            json.WriteRawValue(number, skipInputValidation: true);
        }
        else
        {
            json.WriteStringValue(text);
        }
    }

    /// <summary>The text of a DS or IS as a JSON number with the same digits; null when it is none.</summary>
    private static string? Plain(string text)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value)) return null;
        var sign = text[0] == '-' ? "-" : "";
        var digits = text.AsSpan(text[0] is '-' or '+' ? 1 : 0);
        while (digits.Length > 1 && digits[0] == '0' && char.IsAsciiDigit(digits[1])) digits = digits[1..];
        var dot = digits.IndexOf('.');
        if (dot == 0) return $"{sign}0{(digits.Length > 1 && char.IsAsciiDigit(digits[1]) ? digits : digits[1..])}";
        if (dot > 0 && (dot + 1 == digits.Length || !char.IsAsciiDigit(digits[dot + 1]))) return $"{sign}{digits[..dot]}{digits[(dot + 1)..]}";
        return $"{sign}{digits}";
    }
}
