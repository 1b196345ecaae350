using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Sql;

namespace Yunnao.Services.Surveillance.Counting;

/// <summary>The tables of early warning in the lake; what is in them is described in docs/layouts/surveillance-tables.md.</summary>
internal static class SurveillanceTables
{
    public const string Schema = "surveillance";

    private const string Ddl = """
        CREATE TABLE IF NOT EXISTS surveillance.event (
            signal VARCHAR NOT NULL, data_set VARCHAR NOT NULL, record UHUGEINT NOT NULL, subject UBIGINT, org VARCHAR, seen DATE NOT NULL,
            onset DATE, region VARCHAR NOT NULL, age SMALLINT);
        CREATE TABLE IF NOT EXISTS surveillance.count (
            signal VARCHAR NOT NULL, day DATE NOT NULL, region VARCHAR NOT NULL, age_band SMALLINT, org VARCHAR, cases INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS surveillance.alarm (
            number INTEGER NOT NULL, topic VARCHAR NOT NULL, signal VARCHAR NOT NULL, level VARCHAR NOT NULL, region VARCHAR NOT NULL,
            opened DATE NOT NULL, last_day DATE NOT NULL, day DATE NOT NULL, window_days INTEGER NOT NULL, observed DOUBLE NOT NULL,
            expected DOUBLE, upper DOUBLE, p_value DOUBLE, area_ratio DOUBLE NOT NULL, tuning DOUBLE NOT NULL, signals VARCHAR NOT NULL,
            detectors VARCHAR NOT NULL, raised TIMESTAMP NOT NULL, status VARCHAR NOT NULL, outcome VARCHAR, changed TIMESTAMP NOT NULL);
        CREATE TABLE IF NOT EXISTS surveillance.alarm_log (
            number INTEGER NOT NULL, happened TIMESTAMP NOT NULL, who VARCHAR NOT NULL, action VARCHAR NOT NULL, reason VARCHAR);
        CREATE TABLE IF NOT EXISTS surveillance.notice (
            number INTEGER NOT NULL, channel VARCHAR NOT NULL, target VARCHAR NOT NULL, attempts INTEGER NOT NULL, next_at TIMESTAMP NOT NULL,
            delivered TIMESTAMP, problem VARCHAR);
        """;

    public static void Create(DuckDBConnection connection) => connection.Execute(Ddl);
}
