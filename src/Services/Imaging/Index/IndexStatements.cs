using System.Data.Common;
using System.Text.RegularExpressions;

namespace Yunnao.Services.Imaging.Index;

/// <summary>Statements of one connection, prepared when they are first used and kept. Parameters are given in the order in which they are named in the text.</summary>
internal sealed partial class IndexStatements(DbConnection connection) : IDisposable
{
    private readonly Dictionary<string, DbCommand> _commands = new(StringComparer.Ordinal);

    /// <summary>The transaction in which they run, or null.</summary>
    public DbTransaction? Transaction { get; set; }

    public int Run(string sql, params ReadOnlySpan<object?> values) => Prepare(sql, values).ExecuteNonQuery();

    /// <summary>The first row, or the default value when there is none.</summary>
    public T? Query<T>(string sql, ReadOnlySpan<object?> values, Func<DbDataReader, T> read)
    {
        using var reader = Prepare(sql, values).ExecuteReader();
        return reader.Read() ? read(reader) : default;
    }

    /// <summary>All rows.</summary>
    public List<T> QueryAll<T>(string sql, ReadOnlySpan<object?> values, Func<DbDataReader, T> read)
    {
        using var reader = Prepare(sql, values).ExecuteReader();
        var rows = new List<T>();
        while (reader.Read()) rows.Add(read(reader));
        return rows;
    }

    public void Dispose()
    {
        foreach (var command in _commands.Values) command.Dispose();
    }

    private DbCommand Prepare(string sql, ReadOnlySpan<object?> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            foreach (var name in Parameter().Matches(sql).Select(m => m.Value).Distinct(StringComparer.Ordinal))
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = name;
                command.Parameters.Add(parameter);
            }

            _commands[sql] = command;
        }

        if (command.Parameters.Count != values.Length) throw new ArgumentException("As many values as parameters are needed.", nameof(values));
        command.Transaction = Transaction;
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command;
    }

    [GeneratedRegex(@"@\w+")]
    private static partial Regex Parameter();
}
