using System.Globalization;
using Xunit;
using Yunnao.Services.Release;
using Yunnao.Tests.EndToEnd.Ingest;

namespace Yunnao.Tests.EndToEnd.Quality;

/// <summary>Rows leave the quarantine after a map or a value was corrected, and nothing is lost or doubled by it.</summary>
public sealed class Release_tests : IDisposable
{
    private const string Header = "patient_id,report_no,item_no,item_code,result_value,reference_low,reference_high,abnormal_flag,report_time\n";
    private const string Local = "BRBH,BGH,XH,XMDM,JG,BZ,BGSJ\n";

    private readonly TestPlatform _platform = new();

    public void Dispose() => _platform.Dispose();

    [Fact]
    public async Task Rows_refused_for_a_missing_local_code_are_released_when_the_map_has_it()
    {
        var rows = string.Concat(Enumerable.Range(1, 50).Select(i => $"B{i},R{i},1,WBC,{i},{(i % 2 == 0 ? "新" : "正常")},2026-01-02 10:00:00\n"));
        var file = _platform.File("JYJG1.csv", Gb(Local + rows + "B1,R99,1,WBC,oops,新,2026-01-02 10:00:00\n"));
        var outcome = await _platform.Load(file, "hospital-b");
        Assert.Equal((51, 25, 26), (outcome.Batch!.Received, outcome.Batch.Accepted, outcome.Batch.Quarantined));

        Assert.Equal((26L, 0L), Sums(await Release(new(Reason: "value-set abnormal_flag"))));
        File.AppendAllText(Path.Combine(_platform.Standards, "mappings/codes/hospital-b-flag.csv"), "新,N,\n");
        _platform.Reopen();
        Assert.Equal((26L, 25L), Sums(await Release(new(Reason: "value-set abnormal_flag", DryRun: true))));
        Assert.Equal(["25"], _platform.Rows("SELECT count(*) FROM lab.result"));
        Assert.Equal((26L, 25L), Sums(await Release(new(Reason: "value-set abnormal_flag", Note: "code 新"))));
        Assert.Equal(["51|50|1|1"], _platform.Rows("SELECT received, accepted, quarantined, (SELECT count(*) FROM ops.quarantine) FROM ops.batch"));
        Assert.Equal(["50|50"], _platform.Rows("SELECT count(*), count(DISTINCT _record) FROM lab.result"));
        Assert.Equal(["type result_value"], _platform.Rows("SELECT array_to_string(reasons, ';') FROM ops.quarantine"));
        Assert.Equal(["1|26|0|", "1|26|25|code 新"], _platform.Rows("SELECT batch, judged, accepted, coalesce(note, '') FROM ops.release ORDER BY accepted"));
        await Verify();

        Assert.True(_platform.Lake.TakeBack(1, TestContext.Current.CancellationToken).Ok);
        Assert.Equal(["0|0"], _platform.Rows("SELECT count(*), (SELECT count(*) FROM ops.quarantine) FROM lab.result"));
        await Verify();
    }

    [Fact]
    public async Task A_row_corrected_by_hand_is_released_and_the_correction_is_kept()
    {
        await _platform.Load(_platform.File("lab.csv", Header + "P1,R1,1,WBC,bad,3.5,9.5,N,2026-01-02 10:00:00\nP1,R1\nP1,R2,1,WBC,worse,3.5,9.5,Q,2026-01-02 10:00:00\n"), "plain");
        var rows = _platform.Rows("SELECT ordinal, record_number FROM ops.quarantine WHERE checks IS NOT NULL ORDER BY record_number");
        Assert.Equal(["2|1", "3|3"], rows);
        Assert.Equal((1L, 1L), Sums(await Release(new(Corrections: [new(1, 2, "result_value", "5.5")], Note: "asked"))));
        Assert.Equal(["R1|5.5"], _platform.Rows("SELECT report_no, result_value FROM lab.result"));

        // One of two faults: it stays, and the correction is not forgotten when the other one is corrected.
        Assert.Equal((1L, 0L), Sums(await Release(new(Corrections: [new(1, 3, "result_value", "6.5")]))));
        Assert.Equal(["value-set abnormal_flag"], _platform.Rows("SELECT array_to_string(reasons, ';') FROM ops.quarantine WHERE checks IS NOT NULL"));
        Assert.Equal((1L, 1L), Sums(await Release(new(Corrections: [new(1, 3, "abnormal_flag", "H")]))));
        Assert.Equal(["R1|5.5|N", "R2|6.5|H"], _platform.Rows("SELECT report_no, result_value, abnormal_flag FROM lab.result ORDER BY 1"));
        Assert.Equal(["result_value|bad|5.5", "result_value|worse|6.5", "abnormal_flag|Q|H"], _platform.Rows("SELECT item, before, after FROM ops.correction ORDER BY corrected, ordinal"));
        Assert.Equal(["3|2|1"], _platform.Rows("SELECT received, accepted, quarantined FROM ops.batch"));
        await Verify();
    }

    [Fact]
    public async Task A_released_row_that_a_later_file_sent_again_becomes_history()
    {
        await _platform.Load(_platform.File("lab1.csv", Header + "P1,R1,1,WBC,1,,,N,2026-01-02 10:00:00\n"), "plain");
        await _platform.Load(_platform.File("lab2.csv", Header + "P1,R1,1,WBC,2,,,新,2026-01-02 10:00:00\n"), "plain");
        await _platform.Load(_platform.File("lab3.csv", Header + "P1,R1,1,WBC,3,,,H,2026-01-02 10:00:00\n"), "plain");
        Assert.Equal((1L, 1L), Sums(await Release(new(Corrections: [new(2, 1, "abnormal_flag", "L")]))));
        Assert.Equal(["3|3|3"], _platform.Rows("SELECT result_value, _batch, _version FROM lab.result"));
        Assert.Equal(["1|1|1|2", "2|2|2|3"], _platform.Rows("SELECT result_value, _batch, _version, _superseded_by FROM history.\"lab.result\" ORDER BY _version"));
        Assert.Equal(["1|0", "2|1", "3|1"], _platform.Rows("SELECT number, superseded FROM ops.batch ORDER BY 1"));
        await Verify();
        Assert.True(_platform.Lake.TakeBack(2, TestContext.Current.CancellationToken).Ok);
        Assert.Equal(["1|1|1|3"], _platform.Rows("SELECT result_value, _batch, _version, _superseded_by FROM history.\"lab.result\""));
        await Verify();
    }

    [Fact]
    public async Task A_released_row_that_is_the_newest_supersedes_and_taking_back_restores()
    {
        await _platform.Load(_platform.File("lab1.csv", Header + "P1,R1,1,WBC,1,,,N,2026-01-02 10:00:00\n"), "plain");
        await _platform.Load(_platform.File("lab2.csv", Header + "P1,R1,1,WBC,2,,,新,2026-01-02 10:00:00\n"), "plain");
        await Release(new(Corrections: [new(2, 1, "abnormal_flag", "L")]));
        Assert.Equal(["2|2|2"], _platform.Rows("SELECT result_value, _batch, _version FROM lab.result"));
        await Verify();
        Assert.True(_platform.Lake.TakeBack(2, TestContext.Current.CancellationToken).Ok);
        Assert.Equal(["1|1|1"], _platform.Rows("SELECT result_value, _batch, _version FROM lab.result"));
        await Verify();
    }

    [Theory]
    [InlineData("新", "N", "2|3")]
    [InlineData("N", "新", "2|3")]
    public async Task Within_one_file_the_later_record_stays_the_current_one(string first, string second, string expected)
    {
        await _platform.Load(_platform.File("lab.csv", Header + $"P1,R1,1,WBC,2,,,{first},2026-01-02 10:00:00\nP1,R1,1,WBC,3,,,{second},2026-01-02 10:00:00\n"), "plain");
        Assert.Equal(["1"], _platform.Rows("SELECT count(*) FROM ops.quarantine"));
        await Release(new(Corrections: [new(1, 1, "abnormal_flag", "L")]));
        Assert.Equal([expected], _platform.Rows("SELECT (SELECT result_value FROM history.\"lab.result\") || '|' || result_value FROM lab.result").Select(r => r.Replace(".0", "")));
        await Verify();
    }

    [Fact]
    public async Task Rows_of_one_message_are_told_apart()
    {
        const string Head = "MSH|^~\\&|LIS|H3|||20260102100000||ORU^R01|1|P|2.5\rPID|1||H1||Name^A||19491231|M\rOBR|1||L1\r";
        var message = Head + string.Concat(Enumerable.Range(1, 4).Select(k => $"OBX|{k}|NM|718-7||{k}.5|||{(k % 2 == 0 ? "新" : "H")}|||F|||20260102100000\r"));
        var outcome = await _platform.Load(_platform.File("oru.hl7", System.Text.Encoding.UTF8.GetBytes(message)), "hl7v2");
        Assert.Equal(2, outcome.Batch!.Quarantined);
        Assert.Equal((1L, 1L), Sums(await Release(new(Corrections: [new(1, 2, "abnormal_flag", "L")]))));
        Assert.Equal(["1|H", "3|H", "4|L"], _platform.Rows("SELECT item_no, abnormal_flag FROM lab.result ORDER BY item_no"));
        Assert.Equal((1L, 1L), Sums(await Release(new(Corrections: [new(1, 1, "abnormal_flag", "L")]))));
        Assert.Equal(["4|0"], _platform.Rows("SELECT count(*), (SELECT count(*) FROM ops.quarantine) FROM lab.result"));
        await Verify();
    }

    [Fact]
    public async Task A_record_that_no_rule_took_is_released_when_the_mapping_has_one()
    {
        const string Head = "MSH|^~\\&|LIS|H3|||20260102100000||{0}|{1}|P|2.5\rPID|1||H{1}||Name^A||19491231|M\rOBR|1||L{1}\r";
        const string Result = "OBX|{0}|NM|718-7||{1}|||{2}|||F|||20260102100000\r";
        string Message(string type, int number, params (string Value, string Flag)[] results) =>
            string.Format(CultureInfo.InvariantCulture, Head, type, number) + string.Concat(results.Select((r, k) => string.Format(CultureInfo.InvariantCulture, Result, k + 1, r.Value, r.Flag)));
        var messages = Message("ORU^R01", 1, ("1.5", "H")) + Message("OUL^R22", 2, ("2.5", "H"), ("3.5", "新"), ("4.5", "L")) + Message("OUL^R22", 3, ("5.5", "H")) + Message("QRY^A19", 4, ("6.5", "H"));
        await _platform.Load(_platform.File("mixed.hl7", messages), "hl7v2");
        Assert.Equal(["5|2|3"], _platform.Rows("SELECT received, accepted, quarantined FROM ops.batch"));
        Assert.Equal((0L, 0L), Sums(await Release(new(Reason: "mapping.none"))));

        // Two rules fill the data set: one of them takes what flags and one what does not.
        var mapping = Path.Combine(_platform.Standards, "mappings/hl7v2.yaml");
        File.AppendAllText(mapping, "\n  - { match: [\"OUL^*\"], row: OBX, dataset: lab.result, where: OBX-8 = H }\n  - { match: [\"OUL^*\"], row: OBX, dataset: lab.result, where: OBX-8 != H }\n");
        _platform.Reopen();
        Assert.Equal((4L, 3L), Sums(await Release(new(Reason: "mapping.none", DryRun: true))));
        Assert.Equal(["5|2|3"], _platform.Rows("SELECT received, accepted, quarantined FROM ops.batch"));
        var done = Assert.Single(await Release(new(Reason: "mapping.none", Note: "OUL mapped")));
        Assert.Equal((null, 1L, 4L, 3L), (done.Problem, done.Unreadable, done.Reports.Sum(r => r.Judged), done.Reports.Sum(r => r.Released)));
        Assert.Equal(["L1|1|1.5", "L2|1|2.5", "L2|3|4.5", "L3|1|5.5"], _platform.Rows("SELECT report_no, item_no, result_value FROM lab.result ORDER BY ALL"));
        Assert.Equal(["lab.result|value-set abnormal_flag", "|mapping.none QRY^A19"], _platform.Rows("SELECT data_set, array_to_string(reasons, ';') FROM ops.quarantine ORDER BY data_set NULLS LAST"));
        Assert.Equal(["7|5|2"], _platform.Rows("SELECT received, accepted, quarantined FROM ops.batch"));
        await Verify();

        // What was admitted and refused is a row like any other now.
        var ordinal = long.Parse(_platform.Rows("SELECT ordinal FROM ops.quarantine WHERE data_set IS NOT NULL")[0], CultureInfo.InvariantCulture);
        Assert.Equal((1L, 1L), Sums(await Release(new(Corrections: [new(1, ordinal, "abnormal_flag", "L")]))));
        Assert.Equal(["7|6|1|5"], _platform.Rows("SELECT received, accepted, quarantined, (SELECT count(*) FROM lab.result) FROM ops.batch"));
        await Verify();
        Assert.True(_platform.Lake.TakeBack(1, TestContext.Current.CancellationToken).Ok);
        Assert.Equal(["0|0"], _platform.Rows("SELECT count(*), (SELECT count(*) FROM ops.quarantine) FROM lab.result"));
        await Verify();
    }

    private static byte[] Gb(string text)
    {
        System.Text.Encoding.RegisterProvider(System.Text.CodePagesEncodingProvider.Instance);
        return System.Text.Encoding.GetEncoding("gb18030").GetBytes(text);
    }

    private static (long Judged, long Released) Sums(List<BatchRelease> done)
    {
        Assert.All(done, d => Assert.Null(d.Problem));
        return (done.Sum(d => d.Reports.Sum(r => r.Judged)), done.Sum(d => d.Reports.Sum(r => r.Released)));
    }

    private async Task<List<BatchRelease>> Release(ReleaseRequest request)
    {
        var done = new List<BatchRelease>();
        await foreach (var batch in _platform.Ingest.Release.ReleaseAsync(request, TestContext.Current.CancellationToken)) done.Add(batch);
        return done;
    }

    private async Task Verify() => Assert.Empty(await _platform.Lake.VerifyAsync(_platform.Objects, TestContext.Current.CancellationToken));
}
