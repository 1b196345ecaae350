using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Sql;

namespace Yunnao.Lake.DuckDb.Batches;

/// <summary>
/// A connection for loading, with the temporary types that were made on it. Between small groups one is kept: making its types anew and closing it
/// would cost a good part of what such a group costs.
/// </summary>
internal sealed class LoadingConnection(DuckDBConnection connection) : IDisposable
{
    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);

    public DuckDBConnection Connection => connection;

    /// <summary>Makes a temporary type, unless it is there already as this statement makes it.</summary>
    public void MakeType(string name, string create, CancellationToken cancellation)
    {
        if (_types.TryGetValue(name, out var made) && made == create) return;
        if (made is not null) connection.Run($"DROP TYPE temp.{name}", [], cancellation);
        connection.Run(create, [], cancellation);
        _types[name] = create;
    }

    /// <inheritdoc/>
    public void Dispose() => connection.Dispose();
}
