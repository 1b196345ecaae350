using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.DuckDb.Tables;
using Yunnao.Lake.Scopes;

namespace Yunnao.Lake.DuckDb.Consents;

/// <summary>
/// <c>trust.consent</c>: what subjects decided, one row a subject, purpose and recipient, as queries join with it. The decisions themselves, with
/// who recorded them and when, are in the control database; this is their newest state, and <c>trust.state</c> says up to which of them.
/// </summary>
internal static class ConsentTable
{
    public const string Name = "trust.consent";

    public static void Create(DuckDBConnection connection) => connection.Execute("""
        CREATE SCHEMA IF NOT EXISTS trust;
        CREATE TABLE IF NOT EXISTS trust.consent (purpose VARCHAR NOT NULL, recipient VARCHAR NOT NULL, subject UBIGINT NOT NULL, given BOOLEAN NOT NULL, since TIMESTAMP NOT NULL, until TIMESTAMP);
        CREATE TABLE IF NOT EXISTS trust.state (sequence BIGINT NOT NULL);
        """);

    public static long Sequence(DuckDBConnection connection) => new PhysicalCatalog(connection).Has("trust", "state")
        ? connection.Scalar<long>("SELECT coalesce(max(sequence), 0) FROM trust.state")
        : 0;

    public static void Put(DuckDBConnection connection, IReadOnlyList<ConsentState> states, long sequence)
    {
        using var transaction = connection.BeginTransaction();
        connection.Execute("CREATE OR REPLACE TEMP TABLE put_consent (purpose VARCHAR, recipient VARCHAR, subject UBIGINT, given BOOLEAN, since TIMESTAMP, until TIMESTAMP)");
        using (var appender = connection.CreateAppender("temp", "main", "put_consent"))
        {
            foreach (var state in states)
            {
                var row = appender.CreateRow().AppendValue(state.Purpose).AppendValue(state.Recipient).AppendValue(state.Subject);
                row = state.Given is { } given ? row.AppendValue(given) : row.AppendNullValue();
                row = row.AppendValue(state.From);
                row = state.Until is { } until ? row.AppendValue(until) : row.AppendNullValue();
                row.EndRow();
            }
        }

        connection.Execute("""
            DELETE FROM trust.consent AS c USING put_consent AS p WHERE c.purpose = p.purpose AND c.recipient = p.recipient AND c.subject = p.subject;
            INSERT INTO trust.consent SELECT purpose, recipient, subject, given, since, until FROM put_consent WHERE given IS NOT NULL ORDER BY purpose, recipient, subject;
            DELETE FROM trust.state;
            DROP TABLE put_consent;
            """);
        connection.Execute("INSERT INTO trust.state VALUES ($1)", sequence);
        transaction.Commit();
    }
}
