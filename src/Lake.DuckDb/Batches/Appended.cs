using System.Globalization;
using System.Text;

namespace Yunnao.Lake.DuckDb.Batches;

/// <summary>
/// The appends to one table in one batch. Rows that a transaction has added and not yet committed are numbered by the engine from
/// <see cref="FirstRowId"/> in the order of their insertion.
/// </summary>
internal sealed class Appended
{
    /// <summary>The engine's first row id inside a transaction's own storage.</summary>
    public const long FirstRowId = 36_028_797_018_960_000;

    private readonly List<long> _rows = [];

    public long Rows { get; private set; }

    /// <summary>The rows themselves, in the order of their insertion, where the appends gave them back; else null.</summary>
    public List<AppendedRow>? Returned { get; private set; }

    public void Add(long rows)
    {
        _rows.Add(rows);
        Rows += rows;
    }

    public void Add(List<AppendedRow> rows)
    {
        Add(rows.Count);
        if (Returned is null) Returned = rows;
        else Returned.AddRange(rows);
    }

    /// <summary>SQL for the position, from 1, of a row in the append that brought it.</summary>
    public string PositionSql()
    {
        if (_rows.Count == 1) return $"rowid - {FirstRowId - 1}";
        var sql = new StringBuilder("CASE");
        var first = FirstRowId;
        foreach (var rows in _rows)
        {
            sql.Append(CultureInfo.InvariantCulture, $" WHEN rowid < {first + rows} THEN rowid - {first - 1}");
            first += rows;
        }

        return sql.Append(" END").ToString();
    }
}
