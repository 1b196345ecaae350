using Xunit;

namespace Yunnao.Tests.EndToEnd.Ingest;

/// <summary>Tables that are no CSV take the way of a CSV file.</summary>
public sealed class Table_tests
{
    [Fact]
    public async Task A_fixed_width_file_in_gb18030_is_loaded_and_what_fails_is_in_quarantine_with_its_record()
    {
        using var platform = new TestPlatform();
        var gbk = System.Text.CodePagesEncodingProvider.Instance.GetEncoding(936)!;
        var file = platform.File("lab.fix", gbk.GetBytes("P1   R1   1 WBC  白细胞    20260102\r\nP2   R2   1 WBC  白细胞    2026xx02\r\nP3   R3   1 WBC  白细胞    20260103"));
        var outcome = await platform.Load(file, "fixed");
        Assert.Null(outcome.Problem);
        Assert.Equal((3L, 2L, 1L), (outcome.Batch!.Received, outcome.Batch.Accepted, outcome.Batch.Quarantined));
        Assert.Equal(["2|type report_time"], platform.Rows("SELECT record_number, reasons[1] FROM ops.quarantine"));
    }

    [Theory]
    [InlineData("fixed", "lab.fix")]
    [InlineData("hl7v2", "lab.hl7")]
    public async Task A_file_without_a_byte_is_refused(string source, string name)
    {
        using var platform = new TestPlatform();
        Assert.Equal("ingest.empty", (await platform.Load(platform.File(name, ""), source)).Problem?.Code);
    }

    [Fact]
    public async Task A_line_of_hundreds_of_thousands_of_fields_is_refused_at_once()
    {
        using var platform = new TestPlatform();
        var file = platform.File("lab.csv", "patient_id,report_no,item_no,item_code,report_time\nP1,R1,1,WBC,2026-01-02\n" + string.Join(',', Enumerable.Repeat("xxxxxxxxxxxx", 400_000)) + "\n");
        Assert.Equal("csv.too-many-fields", (await platform.Load(file, "plain")).Problem?.Code);
        Assert.Equal(["0"], platform.Rows("SELECT count(*) FROM ops.batch"));
    }
}
