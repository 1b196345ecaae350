using System.Buffers;
using System.Data.Common;
using System.Globalization;
using System.Text;
using Yunnao.Kernel;

namespace Yunnao.Services.Pull;

/// <summary>
/// Writes a column of a database as the cells of a CSV file (RFC 4180, UTF-8): one form for each value, whatever the database. Times are
/// ISO 8601 with a blank, truths <c>true</c> and <c>false</c>, bytes hexadecimal, NULL nothing and an empty text <c>""</c>. How a column is written is decided
/// once, by its type.
/// </summary>
internal sealed class ColumnText
{
    private static readonly SearchValues<char> s_special = SearchValues.Create(",\"\r\n");
    private readonly Action<DbDataReader, ArrayBufferWriter<byte>> _write;
    private readonly int _ordinal;

    private ColumnText(int ordinal, Action<DbDataReader, ArrayBufferWriter<byte>> write) => (_ordinal, _write) = (ordinal, write);

    /// <summary>Problems: <c>pull.column-type</c>, <c>pull.timezone</c>, with the column as the place.</summary>
    /// <param name="zone">Where the institution's clocks go by, for instants; or null.</param>
    public static Result<ColumnText> Of(DbDataReader reader, int ordinal, TimeZoneInfo? zone, string file)
    {
        var type = reader.GetFieldType(ordinal);
        if (type == typeof(string)) return new ColumnText(ordinal, (r, to) => Quote(r.GetString(ordinal), to));
        if (type == typeof(int)) return new ColumnText(ordinal, (r, to) => Format(r.GetInt32(ordinal), to));
        if (type == typeof(long)) return new ColumnText(ordinal, (r, to) => Format(r.GetInt64(ordinal), to));
        if (type == typeof(short)) return new ColumnText(ordinal, (r, to) => Format(r.GetInt16(ordinal), to));
        if (type == typeof(decimal)) return new ColumnText(ordinal, (r, to) => Format(r.GetDecimal(ordinal), to));
        if (type == typeof(double)) return new ColumnText(ordinal, (r, to) => Format(r.GetDouble(ordinal), to));
        if (type == typeof(float)) return new ColumnText(ordinal, (r, to) => Format(r.GetFloat(ordinal), to));
        if (type == typeof(bool)) return new ColumnText(ordinal, (r, to) => to.Write(r.GetBoolean(ordinal) ? "true"u8 : "false"u8));
        if (type == typeof(byte[])) return new ColumnText(ordinal, (r, to) => Ascii(Convert.ToHexStringLower((byte[])r.GetValue(ordinal)), to));
        if (IsInstant(reader, ordinal, type))
        {
            return zone is null
                ? new Problem(ProblemKind.Incorrect, "pull.timezone", "The column holds instants. The description must name the time zone of the institution, for example timezone: Asia/Shanghai.", new(file, Path: reader.GetName(ordinal)))
                : new ColumnText(ordinal, (r, to) => Time(TimeZoneInfo.ConvertTime(Instant(r.GetValue(ordinal)), zone).DateTime, to));
        }

        if (type == typeof(DateTime)) return new ColumnText(ordinal, (r, to) => Time(r.GetDateTime(ordinal), to));
        if (type.IsPrimitive || type == typeof(DateOnly) || type == typeof(TimeOnly) || type == typeof(TimeSpan) || type == typeof(Guid) || type == typeof(System.Numerics.BigInteger))
            return new ColumnText(ordinal, (r, to) => Ascii(Invariant(r.GetValue(ordinal)), to));
        return new Problem(ProblemKind.Unsupported, "pull.column-type", $"The column is of a type ({reader.GetDataTypeName(ordinal)}) that has no one form as text. Name the columns in a query, and cast this one.", new(file, Path: reader.GetName(ordinal)));
    }

    /// <summary>Writes the cell of the row that the reader is at.</summary>
    public void Write(DbDataReader reader, ArrayBufferWriter<byte> to)
    {
        if (!reader.IsDBNull(_ordinal)) _write(reader, to);
    }

    /// <summary>Writes a text as a cell.</summary>
    public static void Quote(string text, ArrayBufferWriter<byte> to)
    {
        if (text.Length > 0 && !text.AsSpan().ContainsAny(s_special))
        {
            Encoding.UTF8.GetBytes(text, to);
            return;
        }

        to.Write("\""u8);
        Encoding.UTF8.GetBytes(text.Replace("\"", "\"\"", StringComparison.Ordinal), to);
        to.Write("\""u8);
    }

    private static bool IsInstant(DbDataReader reader, int ordinal, Type type) =>
        type == typeof(DateTimeOffset) || (type == typeof(DateTime) && reader.GetDataTypeName(ordinal) is "timestamp with time zone" or "timestamptz");

    private static DateTimeOffset Instant(object value) => value is DateTimeOffset offset ? offset : new(DateTime.SpecifyKind((DateTime)value, DateTimeKind.Utc));

    private static void Time(DateTime time, ArrayBufferWriter<byte> to)
    {
        // What a driver makes of a date of zeros.
        if (time == DateTime.MinValue) return;
        Format(time, to, time.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd HH:mm:ss" : "yyyy-MM-dd HH:mm:ss.FFFFFFF");
    }

    private static string Invariant(object value) => value switch
    {
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString(time.Ticks % TimeSpan.TicksPerSecond == 0 ? "HH:mm:ss" : "HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
        TimeSpan span => span.ToString("c", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static void Format<T>(T value, ArrayBufferWriter<byte> to, string? format = null)
        where T : IUtf8SpanFormattable
    {
        if (!value.TryFormat(to.GetSpan(64), out var written, format, CultureInfo.InvariantCulture)) throw new InvalidOperationException("A number or time needs more than 64 bytes.");
        to.Advance(written);
    }

    private static void Ascii(string text, ArrayBufferWriter<byte> to) => Encoding.ASCII.GetBytes(text, to);
}
