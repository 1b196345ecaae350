using System.Data.Common;
using Npgsql;

namespace Yunnao.Services.Imaging.Index;

/// <summary>The index in a PostgreSQL database, in its schema <c>imaging</c>.</summary>
internal sealed class PostgreSqlDialect(string connectionString) : IndexDialect
{
    /// <summary>
    /// Every question is written as a walk along an index, table after table, in the order of the answer (<see cref="QueryText"/>), because only that costs the same however
    /// much there is; PostgreSQL would go by what it has counted, and for a common name sort all who have it before it gives the first.
    /// </summary>
    private const string WalksOnly = "; SET join_collapse_limit = 1; SET enable_sort = off; SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off";

    public override string Key => "BIGINT PRIMARY KEY";

    public override string Text => "TEXT COLLATE \"C\"";

    public override string Bytes => "BYTEA";

    public override string Clustered => "";

    public override DbConnection Connect(bool forWriting)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { SearchPath = "imaging" }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "CREATE SCHEMA IF NOT EXISTS imaging; SET synchronous_commit = off" + (forWriting ? "" : WalksOnly);
        command.ExecuteNonQuery();
        return connection;
    }
}
