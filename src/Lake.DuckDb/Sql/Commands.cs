using DuckDB.NET.Data;

namespace Yunnao.Lake.DuckDb.Sql;

/// <summary>One statement at a time on a connection; parameters are positional (<c>$1</c> …).</summary>
public static class Commands
{
    public static DuckDBCommand Command(this DuckDBConnection connection, string sql, params ReadOnlySpan<object?> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var value in parameters) command.Parameters.Add(new DuckDBParameter(value ?? DBNull.Value));
        return command;
    }

    /// <summary>Runs a statement; returns the rows it changed.</summary>
    public static long Execute(this DuckDBConnection connection, string sql, params ReadOnlySpan<object?> parameters)
    {
        using var command = connection.Command(sql, parameters);
        return command.ExecuteNonQuery();
    }

    /// <summary>Runs a statement that the token can interrupt; returns the rows it changed.</summary>
    public static long Run(this DuckDBConnection connection, string sql, ReadOnlySpan<object?> parameters, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var command = connection.Command(sql, parameters);
        using var registration = cancellation.Register(command.Cancel);
        try
        {
            return command.ExecuteNonQuery();
        }
        catch (DuckDBException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
    }

    /// <summary>First column of the first row; the default when there is no row or it is NULL.</summary>
    public static T? Scalar<T>(this DuckDBConnection connection, string sql, params ReadOnlySpan<object?> parameters)
    {
        using var command = connection.Command(sql, parameters);
        using var reader = command.ExecuteReader();
        return reader.Read() && !reader.IsDBNull(0) ? reader.GetFieldValue<T>(0) : default;
    }

    /// <summary>All rows, each made by <paramref name="read"/>.</summary>
    public static List<T> Rows<T>(
        this DuckDBConnection connection, Func<DuckDBDataReader, T> read, string sql, params ReadOnlySpan<object?> parameters)
    {
        using var command = connection.Command(sql, parameters);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read()) rows.Add(read(reader));
        return rows;
    }
}
