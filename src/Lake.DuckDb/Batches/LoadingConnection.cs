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
    private const int MostStatements = 100, MostUses = 200;

    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string>> _staging = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Kept> _statements = new(StringComparer.Ordinal);
    private readonly HashSet<string> _filled = new(StringComparer.Ordinal);
    private bool _altered;

    public DuckDBConnection Connection => connection;

    /// <summary>Whether statements are optimised now.</summary>
    public bool Optimises { get; private set; } = true;

    /// <summary>Whether statements are optimised from here on: one over a few rows runs sooner than that takes.</summary>
    public void Optimise(bool statements)
    {
        if (Optimises == statements) return;
        connection.Run(statements ? "PRAGMA enable_optimizer" : "PRAGMA disable_optimizer", [], CancellationToken.None);
        Optimises = statements;
    }

    /// <summary>Makes a temporary type, unless it is there already as this statement makes it.</summary>
    public void MakeType(string name, string create, CancellationToken cancellation)
    {
        if (_types.TryGetValue(name, out var made) && made == create) return;
        if (made is not null) connection.Run($"DROP TYPE temp.{name}", [], cancellation);
        connection.Run(create, [], cancellation);
        (_types[name], _altered) = (create, true);
    }

    /// <summary>An empty staging table for rows of several batches: the one of this name that is there, if it has these columns.</summary>
    public TextTable Staging(string name, IReadOnlyList<string> columns)
    {
        _filled.Add(name);
        if (_staging.TryGetValue(name, out var made) && made.SequenceEqual(columns)) return TextTable.Over(connection, name, columns, batched: true);
        (_staging[name], _altered) = (columns, true);
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
    /// A statement without parameters that stays prepared. It must hold whatever the tables come to hold, so the optimiser, which would build on what they hold
    /// now, is off when it is prepared and when it runs.
    /// </summary>
    /// <remarks>
    /// When a table or type was made or altered since, the engine plans it again, and from then on each time that it runs, which costs more than running it. So
    /// those of a transaction that made something are not kept (<see cref="Settle"/>), and any is prepared anew after some uses, whoever altered something meanwhile.
    /// </remarks>
    public PreparedStatement Prepare(string sql)
    {
        if (_statements.TryGetValue(sql, out var known))
        {
            if (++known.Uses < MostUses) return known.Statement;
            _statements.Remove(sql);
            known.Statement.Dispose();
        }

        if (_statements.Count >= MostStatements) Forget();
        var statement = new PreparedStatement(connection.NativeConnection, sql);
        _statements[sql] = new(statement);
        return statement;
    }

    /// <summary>After the transaction, before the next.</summary>
    /// <param name="altered">True when the transaction made or altered tables by another way than this.</param>
    public void Settle(bool altered)
    {
        if (altered || _altered) Forget();
        _altered = false;
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
        foreach (var kept in _statements.Values) kept.Statement.Dispose();
        _statements.Clear();
    }

    private sealed class Kept(PreparedStatement statement)
    {
        public PreparedStatement Statement { get; } = statement;

        public int Uses { get; set; }
    }
}
