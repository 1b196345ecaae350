using System.Text.Json;
using Xunit;
using Yunnao.Services.Quality;
using Yunnao.Standards.Compile;
using Yunnao.Standards.Loading;
using Yunnao.Tests.EndToEnd.Ingest;
using Yunnao.Tests.EndToEnd.Standards;
using Yunnao.Trust.Rights;

namespace Yunnao.Tests.EndToEnd.Quality;

/// <summary>Measures of every kind over small files, and counts that follow every change of the lake.</summary>
public sealed class Quality_tests : IDisposable
{
    private const string Header = "patient_id,report_no,item_no,item_code,result_value,reference_low,reference_high,abnormal_flag,report_time\n";

    private const string Quality = """
        version: 1.0.0
        status: standard
        source: Yunnao
        dimensions:
          - { id: completeness, name: { zh: 完整性, en: Completeness }, weight: 1 }
          - { id: conformity, name: { zh: 规范性, en: Conformity }, weight: 1 }
          - { id: plausibility, name: { zh: 合理性, en: Plausibility }, weight: 2 }
        derived:
          required: { dimension: completeness, weight: 1 }
          optional: { dimension: completeness, weight: 0 }
          value-set: { dimension: conformity, weight: 3 }
          type: { dimension: conformity, weight: 1 }
          unreadable: { dimension: conformity, weight: 1 }
          rule: { dimension: plausibility, weight: 1 }
          repeated: { dimension: conformity, weight: 1 }
        person: { dataset: person.basic, birth: birth_date, sex: sex }
        measures:
          - { id: known-person, name: { zh: 已登记, en: Registered }, dimension: plausibility, weight: 1, dataset: lab.result, exists: { dataset: person.basic, on: { patient_id: patient_id } } }
          - { id: after-birth, name: { zh: 出生后, en: After birth }, dimension: plausibility, weight: 1, dataset: "*", where: subject_birth is not null, holds: event_time >= subject_birth }
          - { id: psa-of-men, name: { zh: 男性项目, en: Item of men }, dimension: plausibility, weight: 1, dataset: lab.result, where: "item_code = 'PSA' and subject_sex in ('1', '2')", holds: "subject_sex = '1'" }
          - { id: once, name: { zh: 不重复, en: Once }, dimension: plausibility, weight: 1, dataset: lab.result, unique: [patient_id, item_code, report_time] }
        """;

    private readonly TestPlatform _platform = new();
    private List<TableShape> _shapes = [];

    public Quality_tests() => Rules(Quality);

    public void Dispose() => _platform.Dispose();

    [Fact]
    public async Task Each_kind_of_measure_counts_its_rows()
    {
        await Persons("P1,A,,1,1980-01-01,2026-01-01\nP2,B,,2,2026-02-01,2026-02-02\n");
        await Lab("P1,R1,1,PSA,5,1,2,H,2026-01-02 10:00:00", "P1,R2,1,PSA,5,1,2,H,2026-01-02 10:00:00", "P2,R3,1,PSA,5,1,2,,2026-01-02 10:00:00",
            "P3,R4,1,WBC,,1,2,H,2026-02-02 10:00:00", "P3,R5,1,WBC,5,1,2,Q,2026-02-02 10:00:00", "P3,R6,1,,5,1,2,N,2026-02-02 10:00:00", "P3,R7");
        Assert.True(Count().Whole);
        Assert.Equal(
            [
                "after-birth|2026-01-01|3|1", "known-person|2026-01-01|3|0", "known-person|2026-02-01|1|1", "once|2026-01-01|3|2", "once|2026-02-01|1|0",
                "optional abnormal_flag|2026-01-01|3|1", "optional abnormal_flag|2026-02-01|1|0", "optional result_value|2026-01-01|3|0", "optional result_value|2026-02-01|1|1",
                "psa-of-men|2026-01-01|3|1", "required item_code|2026-01-01|3|0", "required item_code|2026-02-01|2|1", "rule:high-has-value|2026-01-01|3|0", "rule:high-has-value|2026-02-01|1|1",
                "value-set abnormal_flag|2026-01-01|2|0", "value-set abnormal_flag|2026-02-01|2|1",
            ],
            Rows("SELECT measure, month::VARCHAR, checked, failed FROM quality.count WHERE data_set = 'lab.result' AND measure IN ('after-birth', 'known-person', 'once', 'optional abnormal_flag', 'optional result_value', 'psa-of-men', 'required item_code', 'rule:high-has-value', 'value-set abnormal_flag') ORDER BY ALL"));
        Assert.Equal(["4|3"], Rows("SELECT sum(accepted)::BIGINT, sum(quarantined)::BIGINT FROM quality.received WHERE data_set = 'lab.result'"));
        Assert.Equal(["1"], Rows("SELECT sum(failed)::BIGINT FROM quality.count WHERE measure = 'unreadable'"));
    }

    [Fact]
    public async Task Counts_after_any_batches_are_those_of_counting_everything_anew()
    {
        await Lab("P1,R1,1,PSA,5,1,2,H,2026-01-02 10:00:00", "P2,R2,1,WBC,,1,2,H,2026-02-02 10:00:00", "P2,R3,1,WBC,5,1,2,Q,2026-02-02 10:00:00");
        Count();
        Same();

        // A person that others already have results of; a result again; one month only is counted again.
        await Persons("P1,A,,2,2026-01-15,2026-01-20\n");
        Assert.False(Count().Whole);
        Same();
        await Lab("P1,R1,1,PSA,6,1,2,N,2026-01-02 10:00:00", "P1,R1,1,PSA,7,1,2,N,2026-01-02 10:00:00");
        Assert.Equal((false, 1), Count() is var again ? (again.Whole, again.Scans) : default);
        Same();
        Assert.Equal((false, 0, 0L), Count() is var idle ? (idle.Whole, idle.Scans, idle.Counts) : default);

        // Taking back, releasing and judging again move the counts too.
        Assert.True(_platform.Lake.TakeBack(2, TestContext.Current.CancellationToken).Ok);
        Count();
        Same();
        await foreach (var done in _platform.Ingest.Release.ReleaseAsync(new(Corrections: [new(1, 1, "abnormal_flag", "N")]), TestContext.Current.CancellationToken)) Assert.Null(done.Problem);
        Count();
        Assert.Equal(["3|0"], Rows("SELECT sum(accepted)::BIGINT, sum(quarantined)::BIGINT FROM quality.received WHERE data_set = 'lab.result'"));
        Same();
        File.AppendAllText(Path.Combine(_platform.Standards, "checks.csv"), "\nlow-result,lab.result,1.0.0,standard,reject,result_value < 7,结果过高,Result too high,Yunnao\n");
        Rules(Quality);
        Assert.True(Count().Whole);
        Assert.Equal(1, _platform.Lake.Rejudge(_shapes.Single(s => s.DataSet.Id == "lab.result"), _platform.Registry, false, TestContext.Current.CancellationToken).Value.Refused);
        Count();
        Same();
        Assert.Equal(["1"], Rows("SELECT sum(failed)::BIGINT FROM quality.count WHERE measure = 'rule:low-result'"));
    }

    [Fact]
    public async Task Judging_again_puts_the_shelf_out_of_use_and_a_trial_does_not()
    {
        const string Shelves = "SELECT count(*) FROM ops.shelf WHERE data_set = 'lab.result'";
        await Lab("P1,R1,1,WBC,5,1,2,H,2026-01-02 10:00:00", "P1,R2,1,WBC,9,1,2,H,2026-01-02 10:00:00");
        Assert.True((await _platform.Lake.OptimizeAsync(TestContext.Current.CancellationToken)).Ok);
        Assert.Equal(["1"], Rows(Shelves));
        File.AppendAllText(Path.Combine(_platform.Standards, "checks.csv"), "\nlow-result,lab.result,1.0.0,standard,flag,result_value < 7,结果过高,Result too high,Yunnao\n");
        Rules(Quality);
        foreach (var dryRun in (bool[])[true, false])
        {
            Assert.Equal(1, _platform.Lake.Rejudge(_shapes.Single(s => s.DataSet.Id == "lab.result"), _platform.Registry, dryRun, TestContext.Current.CancellationToken).Value.Changed);
            Assert.Equal([dryRun ? "1" : "0"], Rows(Shelves));
        }
    }

    [Fact]
    public async Task Scores_are_the_weighted_shares_that_the_files_ask_for()
    {
        await Lab("P1,R1,1,WBC,5,1,2,H,2026-01-02 10:00:00", "P1,R2,1,WBC,5,1,2,Q,2026-01-02 10:00:00");
        Count();
        var report = (await new QualityReader(_platform.Registry, _shapes, _platform.Lake, LocalAdministrator.ScopeOver(_platform.Registry.DataSets.Values, "test"))
            .ReadAsync(new(DataSet: "lab.result"), TestContext.Current.CancellationToken)).Value;

        // Conformity: value set 3 of weight, one of two passes; types of item_no, result_value, two references and report_time, one each; unreadable and repeated one each.
        var (passed, asked) = ((3 * 1) + 5 + 2, (3 * 2) + 5 + 2);
        Assert.Equal((double)passed / asked, report.Total.Dimensions["conformity"], 9);
        Assert.Equal(1, report.Total.Dimensions["completeness"], 9);
        var plausible = report.Total.Dimensions["plausibility"];
        Assert.Equal((1 + ((double)passed / asked) + (2 * plausible)) / 4, report.Total.Total, 9);
        var flags = report.Measures.Single(m => m.Measure == "value-set abnormal_flag");
        Assert.Equal((2L, 1L, "H1"), (flags.Checked, flags.Failed, flags.Worst));
    }

    [Theory]
    [InlineData("dimension: plausibilty", "standards.unknown-dimension", 4)]
    [InlineData("holds: nothing > 1", "standards.unknown-item", 7)]
    [InlineData("holds: 1 +", "standards.bad-expression", 7)]
    [InlineData("dataset: lab.results", "standards.unknown-data-set", 6)]
    [InlineData("weight: heavy", "standards.bad-value", 5)]
    public void A_mistake_in_a_file_of_quality_has_its_line(string wrong, string code, int line)
    {
        string[] measure = ["measures:", "  - id: m", "    name: { zh: 指标, en: Measure }", "    dimension: plausibility", "    weight: 1", "    dataset: lab.result", "    holds: result_value > 1"];
        measure[line - 1] = "    " + wrong;
        File.WriteAllText(Path.Combine(_platform.Standards, "quality", "z.yaml"), string.Join('\n', measure) + "\nversion: 1.0.0\nstatus: standard\nsource: Yunnao\n");
        var problem = Assert.Single(RegistryLoader.Load(_platform.Standards).Problems);
        Assert.Equal((code, line), (problem.Code, (int)problem.Where!.Line!));
    }

    [Fact]
    public async Task The_command_writes_every_form_of_the_report()
    {
        await Lab("P1,R1,1,WBC,5,1,2,H,2026-01-02 10:00:00", "P1,R2,1,WBC,5,1,2,Q,2026-02-02 10:00:00", "P1,R3,1,WBC,5,1,2,N,2026-02-02 10:00:00");
        _platform.Close();
        string[] where = ["--data", _platform.Data, "--standards", _platform.Standards];
        var shown = await CliRun.Of("zh", ["quality", "report", .. where]);
        Assert.Equal(0, shown.ExitCode);
        Assert.Contains("value-set abnormal_flag", shown.Out);
        Assert.Contains("规范性", shown.Out);
        string[] files = [.. new[] { "q.json", "q.html", "q.xlsx" }.Select(f => Path.Combine(_platform.Data, f))];
        Assert.Equal(0, (await CliRun.Of("en", ["quality", "report", "--out", .. files, .. where])).ExitCode);
        using var json = JsonDocument.Parse(File.ReadAllText(files[0]));
        Assert.Equal(1, json.RootElement.GetProperty("measures").EnumerateArray().Single(m => m.GetProperty("measure").GetString() == "value-set abnormal_flag").GetProperty("failed").GetInt32());
        Assert.Contains("<svg", File.ReadAllText(files[1]));
        Assert.True(new FileInfo(files[2]).Length > 1000);
        Assert.NotEqual(0, (await CliRun.Of("en", ["quality", "report", "--from", "2026-13", .. where])).ExitCode);
        Assert.Contains("psa-of-men", (await CliRun.Of("en", ["standards", "find", "psa", .. where])).Out);
        Assert.Contains("subject_sex = '1'", (await CliRun.Of("en", ["standards", "show", "psa-of-men", .. where])).Out);
        _platform.Reopen();
    }

    private void Rules(string text)
    {
        Directory.CreateDirectory(Path.Combine(_platform.Standards, "quality"));
        File.WriteAllText(Path.Combine(_platform.Standards, "quality", "rules.yaml"), text.ReplaceLineEndings("\n"));
        _platform.Reopen();
        _shapes = [.. _platform.Registry.DataSets.Values.Select(d => new TableShape(d))];
    }

    private QualityCountReport Count() => new QualityCounter(_platform.Registry, _shapes, _platform.Lake).Run(TestContext.Current.CancellationToken).Value;

    /// <summary>The counts as they are, and after everything was counted anew, are the same.</summary>
    private void Same()
    {
        const string All = "SELECT * FROM quality.count ORDER BY ALL";
        var (counted, received) = (Rows(All), Rows("SELECT * FROM quality.received ORDER BY ALL"));
        _platform.Rows("UPDATE ops.derived SET fingerprint = NULL");
        Assert.True(Count().Whole);
        Assert.Equal(Rows(All), counted);
        Assert.Equal(Rows("SELECT * FROM quality.received ORDER BY ALL"), received);
    }

    private List<string> Rows(string sql) => [.. _platform.Rows(sql).Select(r => r.Replace(" 00:00:00", ""))];

    private int _files;

    private async Task Lab(params string[] rows) => Assert.Null((await _platform.Load(_platform.File($"lab{++_files}.csv", Header + string.Join('\n', rows) + "\n"), "plain")).Problem);

    private async Task Persons(string rows) => Assert.Null((await _platform.Load(_platform.File($"person{++_files}.csv", "patient_id,name,id_number,sex,birth_date,recorded_time\n" + rows), "plain")).Problem);
}
