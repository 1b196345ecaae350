namespace Yunnao.Services.RegistryImport;

/// <summary>The cells of a row of a foreign table by the name of their column; empty where the table has no such column or says <c>NA</c>.</summary>
internal sealed class NamedCells(ForeignTable table)
{
    private readonly Dictionary<string, int> _columns =
        table.Header.Select((h, i) => (h, i)).DistinctBy(c => c.h).ToDictionary(c => c.h, c => c.i, StringComparer.Ordinal);

    public string this[string[] row, string column] =>
        _columns.TryGetValue(column, out var index) && index < row.Length && row[index] != "NA" ? row[index] : "";
}
