using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Queries;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.DuckDb.Text;

namespace Yunnao.Lake.DuckDb.Batches;

/// <summary>
/// A connection for loading, with what was made on it: temporary types, staging tables and prepared statements. Between small groups one is kept: making all
/// that anew, and closing it, would cost most of what such a group costs.
/// </summary>
internal sealed class LoadingConnection(DuckDBConnection connection) : IDisposable
{
    private const int MostStatements = 100;

    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string>> _staging = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PreparedStatement> _statements = new(StringComparer.Ordinal);
    private readonly HashSet<string> _filled = new(StringComparer.Ordinal);

    public DuckDBConnection Connection => connection;

    /// <summary>Makes a temporary type, unless it is there already as this statement makes it.</summary>
    public void MakeType(string name, string create, CancellationToken cancellation)
    {
        if (_types.TryGetValue(name, out var made) && made == create) return;
        if (made is not null) connection.Run($"DROP TYPE temp.{name}", [], cancellation);
        connection.Run(create, [], cancellation);
        _types[name] = create;
    }

    /// <summary>An empty staging table for rows of several batches: the one of this name that is there, if it has these columns.</summary>
    public TextTable Staging(string name, IReadOnlyList<string> columns)
    {
        _filled.Add(name);
        if (_staging.TryGetValue(name, out var made) && made.SequenceEqual(columns)) return TextTable.Over(connection, name, columns, batched: true);
        _staging[name] = columns;
        return TextTable.Create(connection, name, columns, batched: true);
    }

    /// <summary>
    /// Before the commit: takes out of the staging tables what the transaction put into them. Of rows that come and go in one transaction nothing is kept, so that
    /// the tables do not grow.
    /// </summary>
    /// <returns>Tables emptied.</returns>
    public int EmptyStaging()
    {
        var tables = _filled.Count;
        foreach (var name in _filled) Prepare($"DELETE FROM temp.{SqlNames.Quote(name)}").Run([]).Close();
        _filled.Clear();
        return tables;
    }

    /// <summary>
    /// A statement without parameters that stays prepared: the engine plans it again only when a table or type was made or altered meanwhile. It must hold whatever
    /// the tables come to hold, so the optimiser, which would build on what they hold now, is off when it is prepared and when it runs.
    /// </summary>
    public PreparedStatement Prepare(string sql)
    {
        if (_statements.TryGetValue(sql, out var known)) return known;
        if (_statements.Count >= MostStatements) Forget();
        return _statements[sql] = new(connection.NativeConnection, sql);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Before the connection: a statement keeps it, and so the file, open.
        Forget();
        connection.Dispose();
    }

    private void Forget()
    {
        foreach (var statement in _statements.Values) statement.Dispose();
        _statements.Clear();
    }
}
