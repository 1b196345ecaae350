using System.Globalization;
using System.Text;
using System.Text.Json;
using Apache.Arrow;
using Apache.Arrow.Types;

namespace Yunnao.Lake.Queries;

/// <summary>A cell of an answer as text or as JSON.</summary>
public static class ArrowCell
{
    /// <summary>The cell as a person reads it; null when it is missing.</summary>
    public static string? Text(IArrowArray column, int row)
    {
        if (column.IsNull(row)) return null;
        return column switch
        {
            StringArray a => a.GetString(row),
            BooleanArray a => a.GetValue(row) == true ? "true" : "false",
            FloatArray a => a.GetValue(row)!.Value.ToString("R", CultureInfo.InvariantCulture),
            DoubleArray a => a.GetValue(row)!.Value.ToString("R", CultureInfo.InvariantCulture),
            Decimal128Array a => a.GetString(row),
            Decimal256Array a => a.GetString(row),
            Date32Array a => a.GetDateOnly(row)!.Value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            TimestampArray a => Timestamp(a, row),
            Time64Array a => new TimeOnly(a.GetMicroSeconds(row)!.Value * 10).ToString("HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
            BinaryArray a => Convert.ToHexStringLower(a.GetBytes(row)),
            DictionaryArray a => Text(a.Dictionary, Index(a.Indices, row)),
            ListArray or StructArray or FixedSizeListArray => Json(column, row),
            _ => Number(column, row) ?? throw new NotSupportedException($"Nothing shows a {column.Data.DataType.Name}."),
        };
    }

    /// <summary>Writes the cell as a JSON value.</summary>
    public static void Write(IArrowArray column, int row, Utf8JsonWriter writer)
    {
        if (column.IsNull(row))
        {
            writer.WriteNullValue();
            return;
        }

        switch (column)
        {
            case BooleanArray a: writer.WriteBooleanValue(a.GetValue(row)!.Value); break;
            case DoubleArray a when double.IsFinite(a.GetValue(row)!.Value): writer.WriteNumberValue(a.GetValue(row)!.Value); break;
            case Int8Array or Int16Array or Int32Array or Int64Array or UInt8Array or UInt16Array or UInt32Array or Decimal128Array:
                writer.WriteRawValue(Text(column, row)!); break;
            case ListArray a: WriteList(a.GetSlicedValues(row), writer); break;
            case StructArray a: WriteStruct(a, row, writer); break;

            // 64-bit subjects and everything that is no number: readers of JSON would round them.
            default: writer.WriteStringValue(Text(column, row)); break;
        }
    }

    private static void WriteList(IArrowArray items, Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        for (var i = 0; i < items.Length; i++) Write(items, i, writer);
        writer.WriteEndArray();
    }

    private static void WriteStruct(StructArray array, int row, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        var fields = ((StructType)array.Data.DataType).Fields;
        for (var i = 0; i < fields.Count; i++)
        {
            writer.WritePropertyName(fields[i].Name);
            Write(array.Fields[i], row, writer);
        }

        writer.WriteEndObject();
    }

    private static string Json(IArrowArray column, int row)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new() { Encoder = JsonText.Encoder })) Write(column, row, writer);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static string Timestamp(TimestampArray array, int row)
    {
        var time = array.GetTimestamp(row)!.Value.UtcDateTime;
        return time.ToString(time.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture);
    }

    private static int Index(IArrowArray indices, int row) => int.Parse(Number(indices, row)!, CultureInfo.InvariantCulture);

    private static string? Number(IArrowArray column, int row) => column switch
    {
        Int8Array a => Shown(a.GetValue(row)),
        Int16Array a => Shown(a.GetValue(row)),
        Int32Array a => Shown(a.GetValue(row)),
        Int64Array a => Shown(a.GetValue(row)),
        UInt8Array a => Shown(a.GetValue(row)),
        UInt16Array a => Shown(a.GetValue(row)),
        UInt32Array a => Shown(a.GetValue(row)),
        UInt64Array a => Shown(a.GetValue(row)),
        _ => null,
    };

    private static string? Shown<T>(T? value)
        where T : struct, IFormattable => value?.ToString(null, CultureInfo.InvariantCulture);
}
