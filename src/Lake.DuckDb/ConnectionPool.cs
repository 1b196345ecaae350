using System.Collections.Concurrent;
using DuckDB.NET.Data;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb.Queries;

namespace Yunnao.Lake.DuckDb;

/// <summary>
/// Open connections of one process to the engine's file. Opening one costs more than a point query, so some are kept. One more is held all
/// the time: the engine lives as long as it has a connection.
/// </summary>
internal sealed class ConnectionPool : IDisposable
{
    private const int MostKept = 16;

    private readonly ConcurrentBag<DuckDBConnection> _idle = [];
    private readonly ConcurrentBag<ReadingConnection> _reading = [];
    private readonly DuckDbFile _file;
    private readonly DuckDBConnection _anchor;
    private bool _disposed;

    private ConnectionPool(DuckDbFile file, DuckDBConnection anchor) => (_file, _anchor) = (file, anchor);

    public static Result<ConnectionPool> Open(DuckDbFile file)
    {
        if (!file.Connect().Try(out var anchor, out var problem)) return problem;
        file.Set(anchor);
        return new ConnectionPool(file, anchor);
    }

    public Result<DuckDBConnection> Rent() => _idle.TryTake(out var connection) ? connection : _file.Connect();

    /// <summary>A connection for one answer.</summary>
    public Result<ReadingConnection> RentReading()
    {
        if (_reading.TryTake(out var reading)) return reading;
        return _file.ConnectForReading().Try(out var connection, out var problem) ? new ReadingConnection(connection) : problem;
    }

    /// <summary>Takes a connection of an answer back; it must not be in a transaction.</summary>
    public void Return(ReadingConnection connection)
    {
        if (_disposed || _reading.Count >= MostKept) connection.Dispose();
        else _reading.Add(connection);
    }

    /// <summary>Takes a connection back; it must not be in a transaction.</summary>
    public void Return(DuckDBConnection connection)
    {
        if (_disposed || _idle.Count >= MostKept) connection.Dispose();
        else _idle.Add(connection);
    }

    /// <summary>Closes the idle connections; the others are closed when they come back.</summary>
    public void Dispose()
    {
        _disposed = true;
        while (_idle.TryTake(out var connection)) connection.Dispose();
        while (_reading.TryTake(out var reading)) reading.Dispose();
        _anchor.Dispose();
    }
}
