using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Sql;

namespace Yunnao.Lake.DuckDb.Tables;

/// <summary>The lake's own tables: ledger, quarantine, and the state of each data set's table.</summary>
internal static class OpsTables
{
    private const string Ddl = """
        CREATE SCHEMA IF NOT EXISTS ops;
        CREATE SCHEMA IF NOT EXISTS history;
        CREATE TABLE IF NOT EXISTS ops.batch (
            number INTEGER NOT NULL, object_id VARCHAR, file_name VARCHAR NOT NULL, source VARCHAR NOT NULL, registry VARCHAR NOT NULL,
            bytes BIGINT NOT NULL, started TIMESTAMP NOT NULL, committed TIMESTAMP NOT NULL, status VARCHAR NOT NULL,
            received BIGINT NOT NULL, accepted BIGINT NOT NULL, quarantined BIGINT NOT NULL, superseded BIGINT NOT NULL,
            taken_back TIMESTAMP, organisation VARCHAR);
        ALTER TABLE ops.batch ADD COLUMN IF NOT EXISTS organisation VARCHAR;
        CREATE TABLE IF NOT EXISTS ops.batch_count (
            batch INTEGER NOT NULL, data_set VARCHAR, data_set_version VARCHAR,
            received BIGINT NOT NULL, accepted BIGINT NOT NULL, quarantined BIGINT NOT NULL, superseded BIGINT NOT NULL, flagged BIGINT NOT NULL);
        CREATE TABLE IF NOT EXISTS ops.batch_org (batch INTEGER NOT NULL, data_set VARCHAR NOT NULL, org VARCHAR, accepted BIGINT NOT NULL);
        CREATE TABLE IF NOT EXISTS ops.quarantine (
            batch INTEGER NOT NULL, ordinal BIGINT NOT NULL, data_set VARCHAR, record_number BIGINT, byte_offset BIGINT, line BIGINT,
            reasons VARCHAR[] NOT NULL, checks UBIGINT[], record UHUGEINT, "values" VARCHAR, org VARCHAR, day DATE);
        ALTER TABLE ops.quarantine ADD COLUMN IF NOT EXISTS org VARCHAR;
        ALTER TABLE ops.quarantine ADD COLUMN IF NOT EXISTS day DATE;
        CREATE TABLE IF NOT EXISTS ops.touch (
            data_set VARCHAR NOT NULL, batch INTEGER NOT NULL, position BIGINT NOT NULL, version INTEGER NOT NULL, superseded BOOLEAN NOT NULL);
        CREATE TABLE IF NOT EXISTS ops.subject_merge (old UBIGINT NOT NULL, new UBIGINT NOT NULL);
        CREATE TABLE IF NOT EXISTS ops.subject_row (data_set VARCHAR NOT NULL, record UHUGEINT NOT NULL, batch INTEGER NOT NULL, org VARCHAR, own UBIGINT NOT NULL);
        CREATE TABLE IF NOT EXISTS ops.registry (fingerprint VARCHAR NOT NULL, applied TIMESTAMP NOT NULL, files BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS ops.check_list (registry VARCHAR NOT NULL, data_set VARCHAR NOT NULL, version VARCHAR NOT NULL, reasons VARCHAR[] NOT NULL);
        CREATE TABLE IF NOT EXISTS ops.rejudged (
            data_set VARCHAR NOT NULL, version VARCHAR NOT NULL, registry VARCHAR NOT NULL, judged TIMESTAMP NOT NULL, last_batch INTEGER NOT NULL,
            rows BIGINT NOT NULL, refused BIGINT NOT NULL, flagged BIGINT NOT NULL, changed BIGINT NOT NULL);
        CREATE TABLE IF NOT EXISTS ops.release (
            batch INTEGER NOT NULL, data_set VARCHAR NOT NULL, released TIMESTAMP NOT NULL, registry VARCHAR NOT NULL, judged BIGINT NOT NULL,
            accepted BIGINT NOT NULL, note VARCHAR);
        CREATE TABLE IF NOT EXISTS ops.correction (
            batch INTEGER NOT NULL, ordinal BIGINT NOT NULL, data_set VARCHAR NOT NULL, item VARCHAR NOT NULL, before VARCHAR, after VARCHAR,
            corrected TIMESTAMP NOT NULL, note VARCHAR);
        CREATE TABLE IF NOT EXISTS ops.change (sequence BIGINT NOT NULL, data_set VARCHAR NOT NULL, day DATE NOT NULL);
        CREATE TABLE IF NOT EXISTS ops.moved (sequence BIGINT NOT NULL, data_set VARCHAR NOT NULL, record UHUGEINT NOT NULL, subject UBIGINT, org VARCHAR);
        CREATE TABLE IF NOT EXISTS ops.shelf (data_set VARCHAR NOT NULL, token UBIGINT NOT NULL, batch INTEGER NOT NULL, move BIGINT NOT NULL);
        CREATE TABLE IF NOT EXISTS ops.derived (schema VARCHAR NOT NULL, fingerprint VARCHAR, mark BIGINT NOT NULL);
        CREATE TABLE IF NOT EXISTS ops.feed_mark (
            feed VARCHAR NOT NULL, tab VARCHAR NOT NULL, batch INTEGER NOT NULL, mark BIGINT, query VARCHAR NOT NULL, rows BIGINT NOT NULL, pulled TIMESTAMP NOT NULL);
        CREATE TABLE IF NOT EXISTS ops.feed_row (feed VARCHAR NOT NULL, tab VARCHAR NOT NULL, mark BIGINT NOT NULL, hash_high UBIGINT NOT NULL, hash_low UBIGINT NOT NULL);
        CREATE TABLE IF NOT EXISTS ops.drop_file (
            place VARCHAR NOT NULL, name VARCHAR NOT NULL, length BIGINT NOT NULL, tag VARCHAR NOT NULL, batch INTEGER, problem VARCHAR, seen TIMESTAMP NOT NULL);
        CREATE TABLE IF NOT EXISTS ops.data_set (id VARCHAR NOT NULL, version VARCHAR NOT NULL, sorted BOOLEAN NOT NULL);
        """;

    public static void Create(DuckDBConnection connection) => connection.Execute(Ddl);
}
