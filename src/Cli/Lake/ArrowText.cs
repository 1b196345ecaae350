using System.Globalization;
using Apache.Arrow;
using Apache.Arrow.Types;

namespace Yunnao.Cli.Lake;

/// <summary>Cells of an answer as text: ISO 8601 times, numbers with a point, NULL as nothing, lists in brackets.</summary>
internal static class ArrowText
{
    public static string Of(IArrowArray array, int row)
    {
        if (array.IsNull(row)) return "";
        var invariant = CultureInfo.InvariantCulture;
        return array switch
        {
            StringArray a => a.GetString(row),
            BooleanArray a => a.GetValue(row) == true ? "true" : "false",
            Int8Array a => a.GetValue(row)!.Value.ToString(invariant),
            Int16Array a => a.GetValue(row)!.Value.ToString(invariant),
            Int32Array a => a.GetValue(row)!.Value.ToString(invariant),
            Int64Array a => a.GetValue(row)!.Value.ToString(invariant),
            UInt8Array a => a.GetValue(row)!.Value.ToString(invariant),
            UInt16Array a => a.GetValue(row)!.Value.ToString(invariant),
            UInt32Array a => a.GetValue(row)!.Value.ToString(invariant),
            UInt64Array a => a.GetValue(row)!.Value.ToString(invariant),
            FloatArray a => a.GetValue(row)!.Value.ToString("R", invariant),
            DoubleArray a => a.GetValue(row)!.Value.ToString("R", invariant),
            Decimal128Array a => a.GetString(row) ?? "",
            Date32Array a => a.GetDateTime(row)!.Value.ToString("yyyy-MM-dd", invariant),
            TimestampArray a => Time(a, row),
            Time64Array a => TimeSpan.FromMicroseconds(a.GetValue(row)!.Value / (((Time64Type)a.Data.DataType).Unit == TimeUnit.Nanosecond ? 1000 : 1)).ToString("c", invariant),
            ListArray a => List(a, row),
            DictionaryArray a => Of(a.Dictionary, (int)long.Parse(Of(a.Indices, row), invariant)),
            _ => array.Data.DataType.Name,
        };
    }

    private static string Time(TimestampArray array, int row)
    {
        var time = array.GetTimestamp(row)!.Value;
        return time.ToString(time.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd HH:mm:ss" : "yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture);
    }

    private static string List(ListArray array, int row)
    {
        var values = array.GetSlicedValues(row);
        return $"[{string.Join(", ", Enumerable.Range(0, values.Length).Select(i => Of(values, i)))}]";
    }
}
