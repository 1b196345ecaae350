using System.Globalization;
using System.Text;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.DuckDb.Sql;

namespace Yunnao.Tests.Engines.Lake;

/// <summary>Rows of <see cref="TestShapes.Lab"/> as the SELECT that the checking SQL would be.</summary>
internal static class LabRows
{
    /// <summary>One row: local key (the record key is a hash of it and the organisation), value, subject, and the check for which it is refused, if it is.</summary>
    public readonly record struct Row(int Key, double Value, ulong Subject = 1, string? Refused = null, string Org = "A", ulong Checks = 0);

    public static string Select(int batch, params IEnumerable<Row> rows)
    {
        var values = new StringBuilder();
        foreach (var r in rows)
        {
            var failed = r.Checks | (r.Refused is null ? 0 : 1UL << TestShapes.Lab.Checks.Single(c => c.Reason == r.Refused).Ordinal);
            values.Append(values.Length == 0 ? "" : ", ");
            values.Append(CultureInfo.InvariantCulture, $"({r.Key}, {r.Value}, {r.Subject}::UBIGINT, {(r.Refused is null ? "NULL" : $"'{r.Refused}'")}, '{r.Org}', {failed}::UBIGINT)");
        }

        return $$"""
            SELECT md5_number(org || key), subject, org, TIMESTAMP '2024-01-01' + to_days(key), {{batch}}, 1, checks,
                'R' || key, 'C' || (key % 3), value, (value * 2)::DECIMAL(18,2), DATE '2024-01-01' + key, key % 2 = 0,
                CASE WHEN refused IS NOT NULL THEN json_object('n', NULL, 'o', key * 100, 'v', json_object('code', 'C'))::VARCHAR END
            FROM (VALUES {{values}}) AS v(key, value, subject, refused, org, checks)
            """;
    }

    /// <summary>Record keys that a SELECT gives.</summary>
    public static List<UInt128> Keys(this DuckDbLake lake, string sql) => lake.Read(c => c.Rows(r => UInt128.Parse(r.GetString(0), CultureInfo.InvariantCulture), $"SELECT k::VARCHAR FROM ({sql}) t(k)"));

    public static long AppendLab(this DuckDbBatch batch, params IEnumerable<Row> rows) => batch.Append(TestShapes.Lab, TestShapes.Lab.Columns, Select(batch.Number, rows));
}
