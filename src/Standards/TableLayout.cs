namespace Yunnao.Standards;

/// <summary>Where the columns of a table are in a file that does not say it by itself.</summary>
/// <param name="Sheet">xlsx: name of the sheet; null: the first.</param>
/// <param name="HeaderRow">xlsx: row of the column names, from 1; rows above it are not read.</param>
/// <param name="Columns">fixed: the columns in order. Empty for xlsx.</param>
public sealed record TableLayout(string? Sheet, int HeaderRow, IReadOnlyList<FixedColumn> Columns);
