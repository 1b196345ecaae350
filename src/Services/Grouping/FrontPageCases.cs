using System.Runtime.CompilerServices;
using Apache.Arrow;
using Yunnao.Kernel;
using Yunnao.Lake;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;

namespace Yunnao.Services.Grouping;

/// <summary>
/// The cases of the lake: case front pages with their diagnoses and operations in order. Only codes of the insurance edition take part
/// (<c>code_system</c> ICD10, ICD9CM3 or nothing).
/// </summary>
public static class FrontPageCases
{
    private const string Cases = """
        WITH diagnoses AS (
          SELECT org_code, page_no, string_agg(CAST(diagnosis_code AS VARCHAR), '|' ORDER BY CASE WHEN diagnosis_class = '1' THEN 0 ELSE 1 END, rank) AS codes
          FROM front_page.diagnosis WHERE diagnosis_class IN ('1', '2') AND coalesce(code_system, 'ICD10') = 'ICD10' GROUP BY org_code, page_no),
        operations AS (
          SELECT org_code, page_no, string_agg(CAST(operation_code AS VARCHAR), '|' ORDER BY operation_no) AS codes
          FROM front_page.operation WHERE coalesce(code_system, 'ICD9CM3') = 'ICD9CM3' GROUP BY org_code, page_no)
        SELECT concat(s.org_code, '/', s.page_no) AS case_no, CAST(s.sex AS VARCHAR) AS sex, CAST(s.age_years AS BIGINT) AS years,
          CAST(date_diff('day', s.birth_date, CAST(s.admission_time AS DATE)) AS BIGINT) AS days,
          CAST(coalesce(s.newborn_admission_weight, s.newborn_birth_weight) AS BIGINT) AS weight, coalesce(d.codes, CAST(s.main_diagnosis_code AS VARCHAR)) AS diagnoses, o.codes AS operations
        FROM front_page.summary s
        LEFT JOIN diagnoses d ON d.org_code = s.org_code AND d.page_no = s.page_no
        LEFT JOIN operations o ON o.org_code = s.org_code AND o.page_no = s.page_no
        ORDER BY case_no
        """;

    /// <summary>Asks for the cases that a Scope lets see. Problems: those of <see cref="ILakeEngine.RunSqlAsync"/>.</summary>
    public static Task<Result<RowStream>> AskAsync(ILakeEngine lake, Scope scope, CancellationToken cancellation) => lake.RunSqlAsync(scope, Cases, cancellation);

    /// <summary>The cases of an answer as they come; disposes the answer.</summary>
    public static async IAsyncEnumerable<DischargedCase> RowsAsync(RowStream answer, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using (answer.ConfigureAwait(false))
        {
            await foreach (var batch in answer.Batches.WithCancellation(cancellation).ConfigureAwait(false))
            {
                using (batch)
                {
                    for (var row = 0; row < batch.Length; row++) yield return Case(batch, row);
                }
            }
        }
    }

    private static DischargedCase Case(RecordBatch batch, int row) => new(
        Text(batch, 0, row), Text(batch, 1, row), Number(batch, 2, row), Number(batch, 3, row), Number(batch, 4, row), Codes(batch, 5, row), Codes(batch, 6, row));

    private static string Text(RecordBatch batch, int column, int row) => ((StringArray)batch.Column(column)).GetString(row) ?? "";

    private static string[] Codes(RecordBatch batch, int column, int row) => Text(batch, column, row).Split('|', StringSplitOptions.RemoveEmptyEntries);

    private static int? Number(RecordBatch batch, int column, int row) => (int?)((Int64Array)batch.Column(column)).GetValue(row);
}
