namespace Yunnao.Lake.Queries;

/// <summary>A constant in a query: a type of the registry and its value. It reaches the engine as a parameter, never as SQL text.</summary>
public readonly record struct Value
{
    private Value(ValueKind kind, object data) => (Kind, Data) = (kind, data);

    public ValueKind Kind { get; }

    /// <summary>string, long, double, decimal, bool, DateOnly, DateTime, TimeOnly, ulong or UInt128, by <see cref="Kind"/>.</summary>
    public object Data { get; }

    public static Value Of(string value) => new(ValueKind.Text, value);

    public static Value Of(long value) => new(ValueKind.Number, value);

    public static Value Of(double value) => new(ValueKind.Number, value);

    public static Value Of(decimal value) => new(ValueKind.Number, value);

    public static Value Of(bool value) => new(ValueKind.Boolean, value);

    public static Value Of(DateOnly value) => new(ValueKind.Date, value);

    /// <summary>Local time of the records, as they were written.</summary>
    public static Value Of(DateTime value) => new(ValueKind.Timestamp, value);

    public static Value Of(TimeOnly value) => new(ValueKind.Time, value);

    /// <summary>A subject, for <c>_subject</c>.</summary>
    public static Value Subject(ulong value) => new(ValueKind.Subject, value);

    /// <summary>A record key, for <c>_record</c>.</summary>
    public static Value Record(UInt128 value) => new(ValueKind.Record, value);
}
