using System.Globalization;

namespace Yunnao.Lake.DuckDb.Shelves;

/// <summary>A column of a data set's table as a shelf holds it.</summary>
/// <param name="SqlType">The engine's name of the type.</param>
internal sealed record ShelfColumn(string Name, string SqlType, ShelfType Type)
{
    private const int FewestDigits = 10, MostDigits = 18;

    /// <summary>Bytes of a value as the engine has it in memory; 0 for texts.</summary>
    public int Width { get; } = Type switch
    {
        ShelfType.Text => 0,
        ShelfType.Boolean => 1,
        ShelfType.Integer or ShelfType.Date => 4,
        ShelfType.UnsignedHugeInt => 16,
        _ => 8,
    };

    /// <summary>The column, or null when its type is none that a shelf can hold.</summary>
    public static ShelfColumn? Of(string name, string sqlType) => TypeOf(sqlType) is { } type ? new(name, sqlType, type) : null;

    /// <summary>A column of shown values.</summary>
    public static ShelfColumn Shown(ShelfType type) => new("", "", type);

    /// <summary>Digits of a decimal number, in all and behind the point.</summary>
    public (int Precision, int Scale) Digits => DigitsOf(SqlType)!.Value;

    private static ShelfType? TypeOf(string sqlType) => sqlType switch
    {
        "VARCHAR" => ShelfType.Text,
        "BOOLEAN" => ShelfType.Boolean,
        "INTEGER" => ShelfType.Integer,
        "BIGINT" => ShelfType.BigInt,
        "UBIGINT" => ShelfType.UnsignedBigInt,
        "UHUGEINT" => ShelfType.UnsignedHugeInt,
        "DOUBLE" => ShelfType.Double,
        "DATE" => ShelfType.Date,
        "TIMESTAMP" => ShelfType.Timestamp,
        "TIME" => ShelfType.Time,

        // The engine has decimals of so many digits in 64 bits, of fewer and of more in other widths.
        _ => DigitsOf(sqlType) is { Precision: >= FewestDigits and <= MostDigits } ? ShelfType.Decimal : null,
    };

    private static (int Precision, int Scale)? DigitsOf(string sqlType)
    {
        const string Begin = "DECIMAL(";
        return sqlType.StartsWith(Begin, StringComparison.Ordinal) && sqlType[Begin.Length..^1].Split(',') is [var precision, var scale]
            ? (int.Parse(precision, CultureInfo.InvariantCulture), int.Parse(scale, CultureInfo.InvariantCulture))
            : null;
    }
}
