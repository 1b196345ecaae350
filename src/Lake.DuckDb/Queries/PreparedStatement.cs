using DuckDB.NET.Native;
using static DuckDB.NET.Native.NativeMethods;

namespace Yunnao.Lake.DuckDb.Queries;

/// <summary>
/// A statement that stays prepared on its connection: parsing and planning it anew is most of what a look-up costs. A value is given in the
/// type that the plan expects; where it cannot be, the engine plans this one time again, and the answer is the same.
/// </summary>
internal sealed class PreparedStatement : IDisposable
{
    private readonly DuckDBPreparedStatement _native;
    private readonly DuckDBType[] _types;

    public PreparedStatement(DuckDBNativeConnection connection, string sql)
    {
        if (PreparedStatements.DuckDBPrepare(connection, sql, out _native) == DuckDBState.Error)
        {
            var message = PreparedStatements.DuckDBPrepareError(_native);
            _native.Dispose();
            throw new EngineException(message, DuckDBErrorType.Invalid);
        }

        _types = new DuckDBType[PreparedStatements.DuckDBParams(_native)];
        for (var i = 0; i < _types.Length; i++)
        {
            using var type = PreparedStatements.DuckDBParamLogicalType(_native, i + 1);
            _types[i] = NativeMethods.LogicalType.DuckDBGetTypeId(type);
        }
    }

    /// <summary>True when values are given to it each time that it runs.</summary>
    public bool HasParameters => _types.Length > 0;

    /// <summary>Begins to run; rows come as they are fetched. Fails with <see cref="EngineException"/>, or as cancelled.</summary>
    public DuckDBResult Run(IReadOnlyList<object?> parameters)
    {
        if (parameters.Count != _types.Length) throw new InvalidOperationException($"The statement has {_types.Length} parameters; {parameters.Count} are given.");
        for (var i = 0; i < _types.Length; i++)
        {
            if (Bind(i + 1, _types[i], parameters[i]) == DuckDBState.Error) throw new EngineException(PreparedStatements.DuckDBPrepareError(_native), DuckDBErrorType.Invalid);
        }

        if (PreparedStatements.DuckDBExecutePreparedStreaming(_native, out var result) == DuckDBState.Success) return result;
        var (message, type) = (Query.DuckDBResultError(ref result), Query.DuckDBResultErrorType(ref result));
        result.Close();
        throw type == DuckDBErrorType.Interrupt ? new OperationCanceledException() : new EngineException(message, type);
    }

    /// <inheritdoc/>
    public void Dispose() => _native.Dispose();

    private DuckDBState Bind(int place, DuckDBType type, object? value) => value switch
    {
        null => PreparedStatements.DuckDBBindNull(_native, place),
        string text => PreparedStatements.DuckDBBindVarchar(_native, place, text),
        long number when type == DuckDBType.Integer && number is >= int.MinValue and <= int.MaxValue => PreparedStatements.DuckDBBindInt32(_native, place, (int)number),
        long number when type == DuckDBType.Double => PreparedStatements.DuckDBBindDouble(_native, place, number),
        long number => PreparedStatements.DuckDBBindInt64(_native, place, number),
        ulong number => PreparedStatements.DuckDBBindUInt64(_native, place, number),
        double number => PreparedStatements.DuckDBBindDouble(_native, place, number),
        decimal number when type == DuckDBType.Double => PreparedStatements.DuckDBBindDouble(_native, place, (double)number),
        decimal number => BindDecimal(place, number),
        bool truth => PreparedStatements.DuckDBBindBoolean(_native, place, truth),
        DateOnly day => PreparedStatements.DuckDBBindDate(_native, place, new DuckDBDate { Days = day.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber }),
        DateTime moment => PreparedStatements.DuckDBBindTimestamp(_native, place, new DuckDBTimestampStruct { Micros = (moment.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond }),
        TimeOnly clock => PreparedStatements.DuckDBBindTime(_native, place, new DuckDBTime { Micros = clock.Ticks / TimeSpan.TicksPerMicrosecond }),
        _ => throw new ArgumentException($"Nothing binds a {value.GetType().Name}.", nameof(value)),
    };

    private DuckDBState BindDecimal(int place, decimal number)
    {
        var mantissa = new System.Numerics.BigInteger(number * Power(number.Scale));
        using var value = NativeMethods.Value.DuckDBCreateDecimal(new DuckDBDecimal(38, number.Scale, new DuckDBHugeInt(mantissa)));
        return PreparedStatements.DuckDBBindValue(_native, place, value);
    }

    private static decimal Power(byte scale)
    {
        var power = 1m;
        for (var i = 0; i < scale; i++) power *= 10;
        return power;
    }
}
