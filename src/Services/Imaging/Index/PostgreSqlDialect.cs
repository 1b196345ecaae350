using System.Data.Common;
using Npgsql;

namespace Yunnao.Services.Imaging.Index;

/// <summary>The index in a PostgreSQL database, in its schema <c>imaging</c>.</summary>
internal sealed class PostgreSqlDialect(string connectionString) : IndexDialect
{
    public override string Key => "BIGINT PRIMARY KEY";

    public override string Text => "TEXT COLLATE \"C\"";

    public override string Bytes => "BYTEA";

    public override string Clustered => "";

    public override DbConnection Connect(bool forWriting)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { SearchPath = "imaging" }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "CREATE SCHEMA IF NOT EXISTS imaging; SET synchronous_commit = off";
        command.ExecuteNonQuery();
        return connection;
    }
}
