using System.Data.Common;
using System.Globalization;
using Yunnao.Kernel;

namespace Yunnao.Services.Pull;

/// <summary>The watermark column of a query: how its value is read as a number, and how such a number is asked for.</summary>
internal sealed class Watermark
{
    private readonly int _ordinal;
    private readonly bool _isTime;
    private readonly bool _isInstant;
    private readonly bool _isDate;

    private Watermark(DbDataReader reader, int ordinal)
    {
        var type = reader.GetFieldType(ordinal);
        _ordinal = ordinal;
        _isDate = type == typeof(DateOnly);
        _isInstant = type == typeof(DateTimeOffset) || reader.GetDataTypeName(ordinal) is "timestamp with time zone" or "timestamptz";
        _isTime = type == typeof(DateTime) || _isDate || _isInstant;
    }

    /// <summary>Problems: <c>pull.no-column</c>, <c>pull.watermark-type</c>.</summary>
    public static Result<Watermark> Of(DbDataReader reader, string column, string file)
    {
        var ordinal = Enumerable.Range(0, reader.FieldCount).FirstOrDefault(i => string.Equals(reader.GetName(i), column.Trim('"', '`', '[', ']'), StringComparison.OrdinalIgnoreCase), -1);
        if (ordinal < 0) return new Problem(ProblemKind.Incorrect, "pull.no-column", $"What is pulled has no column {column}, which is to be the watermark.", new(file));
        var type = reader.GetFieldType(ordinal);
        var isNumber = type == typeof(int) || type == typeof(long) || type == typeof(short) || type == typeof(decimal) || type == typeof(uint) || type == typeof(ulong);
        if (isNumber || type == typeof(DateTime) || type == typeof(DateTimeOffset) || type == typeof(DateOnly)) return new Watermark(reader, ordinal);
        return new Problem(
            ProblemKind.Incorrect, "pull.watermark-type",
            $"The watermark {column} is of the type {reader.GetDataTypeName(ordinal)}. It must be a whole number or a time; write a query that makes one of it.", new(file, Path: column));
    }

    /// <summary>The row's watermark: ticks of 100 ns of a time, or the number; null for NULL.</summary>
    public long? Read(DbDataReader reader)
    {
        if (reader.IsDBNull(_ordinal)) return null;
        return reader.GetValue(_ordinal) switch
        {
            DateTime time => time.Ticks,
            DateTimeOffset time => time.UtcTicks,
            DateOnly date => date.ToDateTime(TimeOnly.MinValue).Ticks,
            decimal number => decimal.ToInt64(decimal.Floor(number)),
            var number => Convert.ToInt64(number, CultureInfo.InvariantCulture),
        };
    }

    /// <summary>The parameter for rows from a watermark on.</summary>
    public DbParameter From(DbCommand command, long mark)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = "watermark";
        parameter.Value = Value(Math.Max(0, mark));
        return parameter;
    }

    private object Value(long mark)
    {
        if (!_isTime) return mark;
        return _isDate ? DateOnly.FromDateTime(new DateTime(mark)) : new DateTime(mark, _isInstant ? DateTimeKind.Utc : DateTimeKind.Unspecified);
    }
}
