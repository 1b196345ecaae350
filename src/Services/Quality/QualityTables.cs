using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Sql;

namespace Yunnao.Services.Quality;

/// <summary>The tables of quality in the lake; what is in them is described in docs/layouts/quality-tables.md.</summary>
internal static class QualityTables
{
    public const string Schema = "quality";

    private const string Ddl = """
        CREATE TABLE IF NOT EXISTS quality.count (
            data_set VARCHAR NOT NULL, org VARCHAR NOT NULL, month DATE NOT NULL, measure VARCHAR NOT NULL, checked BIGINT NOT NULL, failed BIGINT NOT NULL);
        CREATE TABLE IF NOT EXISTS quality.received (
            data_set VARCHAR NOT NULL, org VARCHAR NOT NULL, month DATE NOT NULL, accepted BIGINT NOT NULL, quarantined BIGINT NOT NULL);
        CREATE TABLE IF NOT EXISTS quality.measure (
            data_set VARCHAR NOT NULL, measure VARCHAR NOT NULL, dimension VARCHAR NOT NULL, weight DOUBLE NOT NULL, dimension_weight DOUBLE NOT NULL,
            data_set_weight DOUBLE NOT NULL);
        CREATE TABLE IF NOT EXISTS quality.person (subject UBIGINT NOT NULL, birth DATE, sex VARCHAR);
        """;

    public static void Create(DuckDBConnection connection) => connection.Execute(Ddl);
}
