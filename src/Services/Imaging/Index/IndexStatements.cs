using System.Data.Common;
using System.Text.RegularExpressions;

namespace Yunnao.Services.Imaging.Index;

/// <summary>Statements of one connection, prepared when they are first used and kept. Parameters are given in the order in which they are named in the text.</summary>
internal sealed partial class IndexStatements(DbConnection connection) : IDisposable
{
    private const int MostKept = 128;
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

    /// <summary>The rows of a statement whose parameters are @v1, @v2 and so on; the caller closes them.</summary>
    /// <param name="isLimited">True when the statement says how many there are at most.</param>
    public IndexRows Read(string sql, IReadOnlyList<object?> values, bool isLimited)
    {
        var command = Prepare(sql);
        foreach (DbParameter parameter in command.Parameters) parameter.Value = values[int.Parse(parameter.ParameterName.AsSpan(2), System.Globalization.CultureInfo.InvariantCulture) - 1] ?? DBNull.Value;
        return new(command, isLimited);
    }

    /// <summary>The connection is closed too.</summary>
    public void Dispose()
    {
        Clear();
        connection.Dispose();
    }

    private void Clear()
    {
        foreach (var command in _commands.Values) command.Dispose();
        _commands.Clear();
    }

    private DbCommand Prepare(string sql, ReadOnlySpan<object?> values)
    {
        var command = Prepare(sql);
        if (command.Parameters.Count != values.Length) throw new ArgumentException("As many values as parameters are needed.", nameof(values));
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command;
    }

    private DbCommand Prepare(string sql)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            if (_commands.Count >= MostKept) Clear();
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

        command.Transaction = Transaction;
        return command;
    }

    [GeneratedRegex(@"@\w+")]
    private static partial Regex Parameter();
}
