namespace Yunnao.Lake.DuckDb.Shelves;

/// <summary>Types of the columns that a shelf can hold.</summary>
internal enum ShelfType { Text, Boolean, Integer, BigInt, UnsignedBigInt, UnsignedHugeInt, Double, Decimal, Date, Timestamp, Time }
