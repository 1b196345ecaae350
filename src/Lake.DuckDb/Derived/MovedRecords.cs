using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.DuckDb.Tables;
using Yunnao.Lake.Queries;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Derived;

/// <summary>
/// Notes in <c>ops.moved</c> the records of which a version, current or superseded, changes in another way than by a newer batch, in the
/// transaction that changes it, with the subject and the organisation that it had: whoever follows a data set learns from it what the batch numbers do not tell.
/// </summary>
internal static class MovedRecords
{
    /// <summary>The columns that are known of a record that is there no more.</summary>
    public static IReadOnlyDictionary<string, string> Columns { get; } = new Dictionary<string, string>
    {
        [SystemColumns.Record] = "UHUGEINT", [SystemColumns.Subject] = "UBIGINT", [SystemColumns.Org] = "VARCHAR", [SystemColumns.Rejected] = "VARCHAR",
    };

    /// <param name="rows">SQL that gives <c>_record</c>, <c>_subject</c> and <c>_org</c>.</param>
    public static void Note(DuckDBConnection connection, TableShape shape, string rows) => connection.Execute(
        $"INSERT INTO ops.moved SELECT (SELECT coalesce(max(sequence), 0) + 1 FROM ops.moved), $1, _record, _subject, _org FROM ({rows})", shape.DataSet.Id);

    /// <summary>The place that the lake has come to.</summary>
    public static LakeMark Mark(DuckDBConnection connection) => new PhysicalCatalog(connection).Has("ops", "moved")
        ? connection.Rows(
            r => new LakeMark(r.GetInt32(0), r.GetInt64(1)),
            "SELECT (SELECT coalesce(max(number), 0) FROM ops.batch)::INTEGER, (SELECT coalesce(max(sequence), 0) FROM ops.moved)::BIGINT")[0]
        : new(connection.Scalar<int>("SELECT coalesce(max(number), 0)::INTEGER FROM ops.batch"), 0);

    /// <summary>SQL of the records that moved, each once for every person and organisation that it had, with <see cref="Columns"/>.</summary>
    public static string Rows(string dataSet, string after, string upTo) =>
        $"SELECT DISTINCT record AS _record, subject AS _subject, org AS _org, NULL::VARCHAR AS _rejected FROM ops.moved WHERE data_set = {dataSet} AND sequence > {after} AND sequence <= {upTo}";
}
