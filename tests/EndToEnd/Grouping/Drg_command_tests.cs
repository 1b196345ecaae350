using System.Globalization;
using Xunit;
using Yunnao.Synthetic;
using Yunnao.Tests.EndToEnd.Ingest;
using Yunnao.Tests.EndToEnd.Standards;

namespace Yunnao.Tests.EndToEnd.Grouping;

/// <summary>City, ingest, group: the case front pages of a lake by rules of one's own, beside SQL over the same tables.</summary>
public sealed class Drg_command_tests : IDisposable
{
    private const string Groups = """
        group,parent,main_diagnosis,main_operation,years
        MDCC,,CIRCULATION.dx,,
        CA1,MDCC,,ANY.op,
        CA10,CA1,,,
        CB1,MDCC,,,
        CB11,CB1,,,65..
        CB19,CB1,,,
        MDCR,,RESPIRATION.dx,,
        RB1,MDCR,,,
        RB10,RB1,,,

        """;

    private const string Expected = """
        WITH page AS (
          SELECT s._org || '/' || s.page_no AS case_no, s.age_years, d.diagnosis_code AS dx,
            EXISTS (FROM front_page.operation o WHERE o._org = s._org AND o.page_no = s.page_no AND o._rejected IS NULL AND coalesce(o.code_system, 'ICD9CM3') = 'ICD9CM3') AS operated
          FROM front_page.summary s JOIN front_page.diagnosis d ON d._org = s._org AND d.page_no = s.page_no AND d.diagnosis_class = '1' AND d._rejected IS NULL
          WHERE s._rejected IS NULL)
        SELECT case_no, CASE
          WHEN dx LIKE 'I%' AND operated THEN 'CA10' WHEN dx LIKE 'I%' AND age_years >= 65 THEN 'CB11' WHEN dx LIKE 'I%' THEN 'CB19' WHEN dx LIKE 'J%' THEN 'RB10' ELSE '' END
        FROM page ORDER BY case_no
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-drg-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_front_pages_of_a_lake_get_the_groups_that_their_diagnoses_operations_and_ages_say()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var standards = Repository.File("standards");
        using var platform = new TestPlatform(standards);
        var city = Path.Combine(_folder, "city");
        var options = new CityOptions { Residents = 600, Months = 6, Seed = 7, Start = new(2025, 1, 1), Dirty = 0.02, Folder = city, Tables = Path.Combine(standards, "synthetic") };
        Assert.True(City.Make(platform.Registry, options, null, cancellation).Ok);
        await foreach (var file in platform.Ingest.IngestAsync(new([city]), null, cancellation)) Assert.Null(file.Problem);
        var expected = platform.Rows(Expected);
        var lists = platform.Rows("""
            SELECT DISTINCT CASE WHEN diagnosis_code LIKE 'I%' THEN 'CIRCULATION.dx,' ELSE 'RESPIRATION.dx,' END || diagnosis_code FROM front_page.diagnosis WHERE diagnosis_code LIKE 'I%' OR diagnosis_code LIKE 'J%'
            UNION ALL SELECT DISTINCT 'ANY.op,' || operation_code FROM front_page.operation WHERE operation_code IS NOT NULL ORDER BY 1
            """);
        platform.Close();

        var rules = Directory.CreateDirectory(Path.Combine(_folder, "rules")).FullName;
        await File.WriteAllTextAsync(Path.Combine(rules, "groups.csv"), Groups.ReplaceLineEndings("\n"), cancellation);
        await File.WriteAllTextAsync(Path.Combine(rules, "lists.csv"), $"list,code\n{string.Join('\n', lists)}\n", cancellation);
        var groups = Path.Combine(_folder, "groups.csv");
        var run = await CliRun.Of("en", "drg", "group", "--rules", rules, "--data", platform.Data, "--standards", standards, "--out", groups);
        Assert.True(run.ExitCode == 0, run.Error);
        var actual = (await File.ReadAllLinesAsync(groups, cancellation)).Skip(1).Select(l => l.Split(',')).Select(c => $"{c[0]}|{c[3]}").Order(StringComparer.Ordinal).ToList();
        Assert.Equal(expected.Order(StringComparer.Ordinal), actual);
        Assert.Contains(actual, a => a.EndsWith("|CB11", StringComparison.Ordinal));
        Assert.Contains(actual, a => a.EndsWith("|RB10", StringComparison.Ordinal));
        Assert.Contains(actual.Count.ToString(CultureInfo.InvariantCulture), run.Error, StringComparison.Ordinal);

        // One case, explained: the list that let it in is named.
        var one = actual.First(a => a.EndsWith("|RB10", StringComparison.Ordinal)).Split('|')[0];
        var explained = await CliRun.Of("en", "drg", "group", "--rules", rules, "--data", platform.Data, "--standards", standards, "--case", one, "--explain");
        Assert.Contains("RESPIRATION.dx", explained.Out, StringComparison.Ordinal);
        Assert.NotEqual(0, (await CliRun.Of("en", "drg", "group", "--rules", rules, "--data", platform.Data, "--standards", standards, "--case", "nobody/0")).ExitCode);
    }
}
