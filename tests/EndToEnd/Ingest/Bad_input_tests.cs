using System.IO.Compression;
using System.Text;
using Xunit;

namespace Yunnao.Tests.EndToEnd.Ingest;

/// <summary>Input that is made to do harm, or that fell apart on its way: each has its code, and takes neither memory nor the other records with it.</summary>
public sealed class Bad_input_tests
{
    private const string Header = "patient_id,report_no,item_no,item_code,report_time\n";

    [Theory]
    [InlineData("bomb.xml", "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;\">]><Patient><id value=\"&c;\"/></Patient>", "fhir.dtd")]
    [InlineData("entity.xml", "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><Patient><id value=\"&a;\"/></Patient>", "fhir.dtd")]
    [InlineData("nul.json", "{\"resourceType\":\"Patient\",\"id\":\"a\u0000b\"}", "fhir.json")]
    [InlineData("half.json", "{\"resourceType\":\"Patient\",\"id\":\"a", "fhir.json")]
    public async Task What_a_fhir_file_must_not_hold_is_refused_by_its_code(string name, string text, string code)
    {
        using var platform = new TestPlatform();
        var outcome = await platform.Load(platform.File(name, text), "fhir");
        Assert.Equal((1, 0, 1), (outcome.Batch!.Received, outcome.Batch.Accepted, outcome.Batch.Quarantined));
        Assert.Equal([code], platform.Rows("SELECT array_to_string(reasons, ';') FROM ops.quarantine"));
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"extension\":", "}")]
    public async Task Json_of_a_hundred_thousand_levels_is_refused_and_the_next_line_is_read(string open, string close)
    {
        using var platform = new TestPlatform();
        var deep = new StringBuilder("{\"resourceType\":\"Patient\",\"id\":\"d\",\"extension\":");
        for (var i = 0; i < 100_000; i++) deep.Append(open);
        deep.Append('1');
        for (var i = 0; i < 100_000; i++) deep.Append(close);
        var outcome = await platform.Load(platform.File("Patient.ndjson", deep.Append("}\n").ToString() + Fhir_tests.Patient("p1", null) + "\n"), "fhir");
        Assert.Equal((2, 1, 1), (outcome.Batch!.Received, outcome.Batch.Accepted, outcome.Batch.Quarantined));
        Assert.Equal(["1|fhir.json"], platform.Rows("SELECT record_number, array_to_string(reasons, ';') FROM ops.quarantine"));
    }

    [Fact]
    public async Task A_file_that_unpacks_to_far_more_than_it_is_is_refused_before_it_fills_the_disk()
    {
        using var platform = new TestPlatform();
        foreach (var (name, source, line) in ((string, string, string)[])[("lab.csv.gz", "plain", "P1,R1,1,WBC,2026-01-02\n"), ("Patient.ndjson.gz", "fhir", "\0")])
        {
            var outcome = await platform.Load(platform.File(name, Bomb(line)), source);
            Assert.Equal("ingest.bomb", outcome.Problem?.Code);
            Assert.Empty(Directory.GetFiles(Path.Combine(platform.Data, "tmp")));
        }
    }

    [Fact]
    public async Task Two_encodings_in_one_file_let_the_lines_of_the_other_go_to_quarantine()
    {
        using var platform = new TestPlatform();
        var gbk = CodePagesEncodingProvider.Instance.GetEncoding(936)!;
        byte[] mixed = [.. Encoding.UTF8.GetBytes(Header + "P1,R1,1,血糖,2026-01-02\n"), .. gbk.GetBytes("P1,R2,1,血糖,2026-01-02\n"), .. Encoding.UTF8.GetBytes("P1,R3,1,血糖,2026-01-02\n")];
        var outcome = await platform.Load(platform.File("lab.csv", mixed), "plain");
        Assert.Equal((3, 2, 1), (outcome.Batch!.Received, outcome.Batch.Accepted, outcome.Batch.Quarantined));
        Assert.Equal(["2|encoding item_code"], platform.Rows("SELECT record_number, array_to_string(reasons, ';') FROM ops.quarantine"));
        Assert.Equal(["R1|血糖", "R3|血糖"], platform.Rows("SELECT report_no, item_code FROM lab.result WHERE _rejected IS NULL ORDER BY 1"));
    }

    [Fact]
    public async Task Nul_bytes_in_a_csv_file_harm_their_own_line_only()
    {
        using var platform = new TestPlatform();
        var outcome = await platform.Load(platform.File("lab.csv", Header + "P1,R1,1,A\0B,2026-01-02\nP1,R2,1\0,WBC,2026-01-02\nP1,R3,1,WBC,2026-01-02\n"), "plain");
        Assert.Null(outcome.Problem);
        Assert.Equal(3, outcome.Batch!.Received);
        Assert.Equal(outcome.Batch.Received, outcome.Batch.Accepted + outcome.Batch.Quarantined);
        Assert.Contains("R3", platform.Rows("SELECT report_no FROM lab.result WHERE _rejected IS NULL"));
        Assert.Equal(["2|type item_no"], platform.Rows("SELECT record_number, array_to_string(reasons, ';') FROM ops.quarantine"));
    }

    /// <summary>A header and 300 megabytes of the same, packed into one.</summary>
    private static byte[] Bomb(string line)
    {
        using var packed = new MemoryStream();
        var same = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(line, (1 << 20) / line.Length)));
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(Header));
            for (var i = 0; i < 300; i++) gzip.Write(same);
        }

        return packed.ToArray();
    }
}
