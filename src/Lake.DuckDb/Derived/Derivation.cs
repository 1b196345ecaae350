using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Migration;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.DuckDb.Tables;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Derived;

/// <summary>
/// A transaction in which a service keeps tables of its own, in a schema of its own, that follow from the data sets. All of it or
/// nothing: disposing without <see cref="Commit"/> leaves the lake as it was. The schema can be read by the text queries of those who
/// may read the lake's own tables. Used by one thread at a time.
/// </summary>
public sealed class Derivation : IDisposable
{
    private readonly DuckDbLake _lake;
    private readonly PhysicalCatalog _catalog;
    private readonly ScanAids _aids;
    private bool _ended;

    internal Derivation(DuckDbLake lake, DuckDBConnection connection, string schema)
    {
        (_lake, Connection, Schema) = (lake, connection, schema);
        connection.Execute("BEGIN TRANSACTION");
        connection.Execute($"CREATE SCHEMA IF NOT EXISTS {SqlNames.Quote(schema)}");
        connection.Execute("INSERT INTO ops.derived SELECT $1, NULL, 0 WHERE NOT EXISTS (FROM ops.derived WHERE schema = $1)", schema);
        Fingerprint = connection.Scalar<string>("SELECT fingerprint FROM ops.derived WHERE schema = $1", schema);
        Mark = connection.Scalar<long>("SELECT mark FROM ops.derived WHERE schema = $1", schema);
        _catalog = new PhysicalCatalog(connection);
        _aids = new ScanAids(connection, lake.ScanParts);
    }

    /// <summary>The schema of the service's tables.</summary>
    public string Schema { get; }

    /// <summary>The connection inside the transaction. Only the derivation ends the transaction.</summary>
    public DuckDBConnection Connection { get; }

    /// <summary>By which rules the tables were last made to follow, as the service said; null when they never were.</summary>
    public string? Fingerprint { get; }

    /// <summary>The newest change of the lake that the tables know of.</summary>
    public long Mark { get; }

    /// <summary>
    /// SQL of the rows of a data set that count, with all columns of its shape (NULL in those that no source has sent yet); null when the
    /// lake has no such table.
    /// </summary>
    public string? Rows(TableShape shape)
    {
        if (_catalog.Columns(shape) is not { } existing) return null;
        var columns = shape.Columns.Select(c => $"{SqlNames.Column(c, "r", existing)} AS {SqlNames.Quote(c.Name)}");
        return $"(SELECT {string.Join(", ", columns)} FROM {SqlNames.Table(shape)} AS r WHERE r._rejected IS NULL)";
    }

    /// <summary>SQL of the days (one column, <c>day</c>) of a data set that changed after <see cref="Mark"/>.</summary>
    public string ChangedDaysOf(TableShape shape) =>
        $"(SELECT DISTINCT day FROM ops.change WHERE sequence > {Mark} AND data_set = {SqlNames.Literal(shape.DataSet.Id)})";

    /// <summary>SQL of the days (columns <c>data_set</c>, empty for none, and <c>day</c>) of all data sets that changed after <see cref="Mark"/>.</summary>
    public string ChangedDays() => $"(SELECT DISTINCT data_set, day FROM ops.change WHERE sequence > {Mark})";

    /// <summary>
    /// SQL of the versions (<c>_org</c>, <c>_time</c>) that a later record of the same file superseded; null when there is no history.
    /// </summary>
    public string? RepeatedRows(TableShape shape) => _catalog.HistoryColumns(shape) is null
        ? null
        : $"(SELECT _org, _time FROM {SqlNames.History(shape)} WHERE _superseded_by = _batch)";

    /// <summary>SQL over a row (alias <c>t</c>) that is true when it failed a check, by the check list that judged it.</summary>
    public string Failed(TableShape shape, Check check) =>
        new CheckBits(Connection, shape, word => $"t.{SystemColumns.ChecksWord(word)}").Failed(check, "t._batch");

    /// <summary>Functions for scans of many conditions; what they give holds until the derivation ends.</summary>
    public ScanFunctions Functions => _aids.Functions;

    /// <summary>Notes that the tables now follow from all that is in the lake, by these rules.</summary>
    public void Follow(string fingerprint)
    {
        Connection.Execute(
            "UPDATE ops.derived SET fingerprint = $2, mark = (SELECT coalesce(max(sequence), mark) FROM ops.change) WHERE schema = $1", Schema, fingerprint);

        // The newest change stays: the numbers go on from it.
        Connection.Execute(
            "DELETE FROM ops.change WHERE sequence <= (SELECT min(mark) FROM ops.derived) AND sequence < (SELECT max(sequence) FROM ops.change)");
    }

    /// <summary>Makes the changes visible and durable.</summary>
    public void Commit()
    {
        Connection.Execute("COMMIT");
        _ended = true;
    }

    /// <summary>Rolls back unless committed.</summary>
    public void Dispose()
    {
        _aids.Dispose();
        if (Connection.State != System.Data.ConnectionState.Open) return;
        if (!_ended) Connection.Execute("ROLLBACK");
        _ended = true;
        Connection.Dispose();
        _lake.StopWriting();
    }
}
