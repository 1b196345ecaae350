using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.Queries;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Shelves;

/// <summary>
/// The persons of whom any row may have changed between two places in the history of a lake, by the same notes as <see cref="Queries.ChangeSql"/>: who has a row of a newer batch; whose version a
/// newer batch superseded; whose record moved, and who has any version of a record that moved, which is where it came from or went to.
/// </summary>
internal static class TouchedPersons
{
    /// <summary>Persons of one data set that are kept.</summary>
    public const int Most = 1_000_000;

    /// <summary>Rows among which they are looked for.</summary>
    private const int MostRows = 10_000_000;

    /// <summary>The persons, or null when they are too many. Runs in the transaction of the connection, in which no row is still to be changed.</summary>
    /// <param name="history">Whether the data set has a table of superseded versions.</param>
    public static IReadOnlyList<ulong>? Since(DuckDBConnection connection, TableShape shape, bool history, LakeMark mark)
    {
        var table = SqlNames.Table(shape);
        var newer = $"FROM {table} WHERE _batch > {mark.Batch}";
        var moved = $"FROM ops.moved WHERE data_set = {SqlNames.Literal(shape.DataSet.Id)} AND sequence > {mark.Move}";
        var superseded = history ? $"FROM {SqlNames.History(shape)} WHERE _superseded_by > {mark.Batch}" : null;
        if (Count(newer) > MostRows || Count(moved) > Most || (superseded is not null && Count(superseded) > MostRows)) return null;
        var parts = new List<string> { $"SELECT _subject AS s {newer}" };
        if (superseded is not null) parts.Add($"SELECT _subject {superseded}");
        if (Count(moved) > 0)
        {
            parts.Add($"SELECT subject {moved}");
            parts.Add($"SELECT _subject FROM {table} WHERE _record IN (SELECT record {moved})");
            if (history) parts.Add($"SELECT _subject FROM {SqlNames.History(shape)} WHERE _record IN (SELECT record {moved})");
        }

        var persons = connection.Rows(r => r.GetFieldValue<ulong>(0), $"SELECT DISTINCT s FROM ({string.Join(" UNION ALL ", parts)}) WHERE s IS NOT NULL LIMIT {Most + 1}");
        return persons.Count > Most ? null : persons;

        long Count(string from) => connection.Scalar<long>($"SELECT count(*) {from}");
    }
}
