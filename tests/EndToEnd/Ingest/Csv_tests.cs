using System.Globalization;
using System.Text;
using Xunit;
using Yunnao.Formats.Csv;

namespace Yunnao.Tests.EndToEnd.Ingest;

public sealed class Csv_tests
{
    private const string Header = "patient_id,report_no,item_no,item_code,result_value,reference_low,reference_high,abnormal_flag,report_time\n";

    [Fact]
    public async Task Good_rows_are_accepted_and_typed()
    {
        using var platform = new TestPlatform();
        var outcome = await platform.Load(platform.File("lab.csv", Header + "P1,R1,1,WBC,12.5,3.5,9.5,H,2026-01-02 10:00:00\nP1,R1,2,RBC,4.2,3.5,5.5,N,2026-01-02 10:00:00\n"), "plain");
        Assert.Null(outcome.Problem);
        Assert.Equal((2, 2, 0), (outcome.Batch!.Received, outcome.Batch.Accepted, outcome.Batch.Quarantined));
        Assert.Equal(["H1|R1|1|WBC|12.5|H|1", "H1|R1|2|RBC|4.2|N|1"], platform.Rows("SELECT _org, report_no, item_no, item_code, result_value, abnormal_flag, _batch FROM lab.result ORDER BY item_no"));
        Assert.Equal(["1"], platform.Rows("SELECT count(DISTINCT _subject) FROM lab.result"));
    }

    [Theory]
    [InlineData(",R1,1,WBC,12.5,3.5,9.5,H,2026-01-02 10:00:00", "required patient_id")]
    [InlineData("P1,R1,1,WBC,12.5,3.5,9.5,H,", "required report_time")]
    [InlineData("P1,R1,1,WBC,high,3.5,9.5,H,2026-01-02 10:00:00", "type result_value")]
    [InlineData("P1,R1,1,WBC,nan,3.5,9.5,H,2026-01-02 10:00:00", "type result_value")]
    [InlineData("P1,R1,1.5,WBC,1,3.5,9.5,H,2026-01-02 10:00:00", "type item_no")]
    [InlineData("P1,R1,1,WBC,1,3.5,9.5,H,2026-13-02 10:00:00", "type report_time")]
    [InlineData("P1,R1,1,WBC,1,3.5,9.5,X,2026-01-02 10:00:00", "value-set abnormal_flag")]
    [InlineData("P1,R1,1,WBC,1000000,3.5,9.5,H,2026-01-02 10:00:00", "range result_value")]
    [InlineData("P1,R1,1,WBCWBCWBCWBCWBCWBCWBC,1,3.5,9.5,H,2026-01-02 10:00:00", "length item_code")]
    [InlineData("P1,R1,1,WBC,1,13.5,9.5,H,2026-01-02 10:00:00", "rule:reference-order")]
    public async Task Each_kind_of_error_is_caught_with_its_reason_and_place(string row, string reason)
    {
        using var platform = new TestPlatform();
        var outcome = await platform.Load(platform.File("lab.csv", Header + "P1,R0,1,WBC,5,3.5,9.5,N,2026-01-02 10:00:00\n" + row + "\n"), "plain");
        Assert.Null(outcome.Problem);
        Assert.Equal((2, 1, 1), (outcome.Batch!.Received, outcome.Batch.Accepted, outcome.Batch.Quarantined));
        Assert.Equal([$"lab.result|2|{reason}"], platform.Rows("SELECT data_set, record_number, array_to_string(reasons, ';') FROM ops.quarantine"));
    }

    [Fact]
    public async Task A_flagging_rule_accepts_the_row_and_sets_its_bit()
    {
        using var platform = new TestPlatform();
        await platform.Load(platform.File("lab.csv", Header + "P1,R1,1,WBC,,3.5,9.5,H,2026-01-02 10:00:00\n"), "plain");
        Assert.Equal(["true"], platform.Rows("SELECT lower((_checks <> 0)::VARCHAR) FROM lab.result"));
    }

    [Fact]
    public async Task Rows_with_too_few_or_too_many_columns_are_quarantined_with_record_and_line()
    {
        using var platform = new TestPlatform();
        var text = Header + "P1,R1,1,WBC,5,3.5,9.5,N,2026-01-02 10:00:00\nP1,R1,2,WBC\nP1,R1,3,WBC,5,3.5,9.5,N,2026-01-02 10:00:00,extra,extra\nP1,R1,4,WBC,oops,3.5,9.5,N,2026-01-02 10:00:00\n";
        var outcome = await platform.Load(platform.File("lab.csv", text), "plain");
        Assert.Null(outcome.Problem);
        Assert.Equal((4, 1, 3), (outcome.Batch!.Received, outcome.Batch.Accepted, outcome.Batch.Quarantined));
        Assert.Equal(
            ["2|3|csv.columns", "3|4|csv.columns", "4||type result_value"],
            platform.Rows("SELECT record_number, line, array_to_string(reasons, ';') FROM ops.quarantine ORDER BY record_number"));
    }

    [Fact]
    public async Task Quoted_line_ends_are_part_of_the_value()
    {
        using var platform = new TestPlatform();
        var outcome = await platform.Load(platform.File("lab.csv", Header + "P1,\"R\n1\",1,\"W\"\"BC\",5,3.5,9.5,N,2026-01-02 10:00:00\nP1,R2,bad,WBC,5,3.5,9.5,N,2026-01-02 10:00:00\n"), "plain");
        Assert.Null(outcome.Problem);
        Assert.Equal(["R\n1|W\"BC"], platform.Rows("SELECT report_no, item_code FROM lab.result WHERE _rejected IS NULL"));
        Assert.Equal(["2"], platform.Rows("SELECT record_number FROM ops.quarantine"));
    }

    [Fact]
    public async Task A_quote_that_is_never_closed_refuses_the_file_with_its_line_and_loads_nothing()
    {
        using var platform = new TestPlatform();
        var outcome = await platform.Load(platform.File("lab.csv", Header + "P1,R1,1,WBC,5,3.5,9.5,N,2026-01-02 10:00:00\nP1,\"R2,1,WBC,5,3.5,9.5,N,2026-01-02 10:00:00\nP1,R3,1,WBC,5,3.5,9.5,N,2026-01-02 10:00:00\n"), "plain");
        Assert.Equal(("csv.structure", 3L), (outcome.Problem!.Code, outcome.Problem.Where!.Line));
        Assert.Equal(["0"], platform.Rows("SELECT count(*) FROM lab.result"));
    }

    [Fact]
    public async Task Rows_of_mixed_line_ends_and_loose_quotes_are_told_apart()
    {
        using var platform = new TestPlatform();
        var text = Header.Replace("\n", "\r\n") + "P1,R1,1,WBC,5,3.5,9.5,N,2026-01-02 10:00:00\nP1,\"R\"2,2,WBC,5,3.5,9.5,N,2026-01-02 10:00:00\r\nP1,R1,3,W\rBC,5,3.5,9.5,N,2026-01-02 10:00:00\n"
            + "P1,R1,4,\" WBC\" ,5,3.5,9.5,N,2026-01-02 10:00:00,,\r\nP1,R1,5,WBC,oops,3.5,9.5,N,2026-01-02 10:00:00\r\n";
        var outcome = await platform.Load(platform.File("lab.csv", Encoding.UTF8.GetBytes(text)), "plain");
        Assert.Null(outcome.Problem);
        Assert.Equal(["1|WBC", "4| WBC"], platform.Rows("SELECT item_no, item_code FROM lab.result ORDER BY item_no"));
        Assert.Equal(
            ["2|3|csv.quote", "3|4|csv.line-end", "5||type result_value"],
            platform.Rows("SELECT record_number, line, array_to_string(reasons, ';') FROM ops.quarantine ORDER BY record_number"));
    }

    [Fact]
    public async Task A_file_of_which_half_the_rows_are_broken_gives_the_other_half_and_a_place_for_each()
    {
        using var platform = new TestPlatform();
        var text = new StringBuilder(Header);
        for (var i = 1; i <= 60_000; i++)
            text.Append(CultureInfo.InvariantCulture, $"P{i % 100},R{i},1,WBC,{(i % 20_000 == 2 ? "oops" : "5")},3.5,9.5,N,2026-01-02 10:00:00{(i % 2 == 0 ? "" : ",extra")}\n");
        var outcome = await platform.Load(platform.File("lab.csv", text.ToString()), "plain");
        Assert.Null(outcome.Problem);
        Assert.Equal((60_000, 29_997, 30_003), (outcome.Batch!.Received, outcome.Batch.Accepted, outcome.Batch.Quarantined));
        Assert.Equal(["2|type result_value", "20002|type result_value", "40002|type result_value"], platform.Rows("SELECT record_number, array_to_string(reasons, ';') FROM ops.quarantine WHERE line IS NULL ORDER BY 1"));
        Assert.Equal(["30000|true|true"], platform.Rows("SELECT count(DISTINCT record_number), lower(bool_and(line = record_number + 1)::VARCHAR), lower(bool_and(record_number % 2 = 1)::VARCHAR) FROM ops.quarantine WHERE reasons = ['csv.columns']"));
    }

    [Fact]
    public async Task What_the_walk_calls_a_row_the_engine_reads_as_one_whatever_the_quotes_and_line_ends()
    {
        string[] pieces = ["a", "1", "\"", "\"\"", ",", " ", "\r", "x y", "\"q\"", "\"m\nn\"", "\"m\r\nn\"", "\t", "张"];
        var random = new Random(20261129);
        string Some(int most) => string.Concat(Enumerable.Range(0, random.Next(most)).Select(_ => pieces[random.Next(pieces.Length)]));
        string Field() => random.Next(2) == 0 ? $"\"{Some(3).Replace("\"", "\"\"")}\"" : Some(3).Replace(",", "").Replace("\"", random.Next(4) == 0 ? "\"" : "");
        using var platform = new TestPlatform();
        for (var file = 0; file < 8; file++)
        {
            var lines = Enumerable.Range(0, 300).Select(_ => (random.Next(3) > 0 ? string.Join(',', Enumerable.Range(0, 9).Select(_ => Field())) : Some(12)) + (random.Next(4) == 0 ? "\r\n" : "\n"));
            var bytes = Encoding.UTF8.GetBytes(Header + string.Concat(lines));
            var reader = new CsvRecordReader(new MemoryStream(bytes), CsvDialect.Detect(bytes, whole: true, ',')!);
            long records = -1;
            while (reader.TryRead(out _)) records++;
            var outcome = await platform.Load(platform.File($"lab{file}.csv", bytes), "plain");
            if (reader.EndedInQuote) Assert.Equal("csv.structure", outcome.Problem!.Code);
            else Assert.Equal((null, records, records), (outcome.Problem, outcome.Batch!.Received, outcome.Batch.Accepted + outcome.Batch.Quarantined));
        }
    }

    [Fact]
    public async Task A_hospitals_own_columns_codes_dates_and_encoding_are_mapped()
    {
        using var platform = new TestPlatform();
        var persons = Gb18030("病人号,姓名,身份证,性别,出生日期,登记时间\n0007,张三,11010519491231002X,M,1949年12月31日,2026/01/02 08:30\n");
        var results = Gb18030("BRBH,BGH,XH,XMDM,JG,BZ,BGSJ\n0007,B1,1,白细胞,11.1,高,2026-01-02 10:00:00\n");
        Assert.Null((await platform.Load(platform.File("BRXX.csv", persons), "hospital-b")).Problem);
        Assert.Null((await platform.Load(platform.File("JYJG.csv", results), "hospital-b")).Problem);
        Assert.Equal(["H2|1|1949-12-31|2026-01-02 08:30:00"], platform.Rows("SELECT _org, sex, birth_date::VARCHAR, _time::VARCHAR FROM person.basic"));
        Assert.Equal(["白细胞|H|true"], platform.Rows("SELECT item_code, abnormal_flag, lower((l._subject = p._subject)::VARCHAR) FROM lab.result l, person.basic p"));
    }

    [Fact]
    public async Task Bytes_that_are_not_in_the_files_encoding_send_the_row_to_quarantine()
    {
        using var platform = new TestPlatform();
        byte[] broken = [.. Gb18030("BRBH,BGH,XH,XMDM,JG,BZ,BGSJ\n0007,B1,1,白细胞,11.1,高,2026-01-02 10:00:00\n0007,B2,1,"), 0xFF, 0xFF, .. Gb18030(",11.1,高,2026-01-02 10:00:00\n")];
        var outcome = await platform.Load(platform.File("JYJG.csv", broken), "hospital-b");
        Assert.Equal((2, 1, 1), (outcome.Batch!.Received, outcome.Batch.Accepted, outcome.Batch.Quarantined));
        Assert.Equal(["2|encoding item_code"], platform.Rows("SELECT record_number, array_to_string(reasons, ';') FROM ops.quarantine"));
        byte[] notUtf8 = [.. Encoding.UTF8.GetBytes(Header + "P1,R1,1,WBC,5,3.5,9.5,N,2026-01-02 10:00:00\nP1,R2,1,"), 0xFF, 0xFE, 0xFA, .. ",5,3.5,9.5,N,2026-01-02 10:00:00\n"u8];
        outcome = await platform.Load(platform.File("lab.csv", notUtf8), "plain");
        Assert.Null(outcome.Problem);
        Assert.Equal((2, 1, 1), (outcome.Batch!.Received, outcome.Batch.Accepted, outcome.Batch.Quarantined));
        Assert.Equal(["2|encoding item_code"], platform.Rows("SELECT record_number, array_to_string(reasons, ';') FROM ops.quarantine WHERE batch = 2"));
    }

    [Fact]
    public async Task A_header_without_a_required_column_is_refused_with_its_name()
    {
        using var platform = new TestPlatform();
        var outcome = await platform.Load(platform.File("lab.csv", "patient_id,report_no\nP1,R1\n"), "plain");
        Assert.Equal("csv.missing-column", outcome.Problem!.Code);
        Assert.Contains("item_no", outcome.Problem.Message.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_file_twice_is_one_batch()
    {
        using var platform = new TestPlatform();
        var file = platform.File("lab.csv", Header + "P1,R1,1,WBC,5,3.5,9.5,N,2026-01-02 10:00:00\n");
        Assert.Equal(1, (await platform.Load(file, "plain")).Batch!.Number);
        Assert.Equal(1, (await platform.Load(file, "plain")).AlreadyLoaded);
        Assert.Equal(["1"], platform.Rows("SELECT count(*) FROM lab.result WHERE _rejected IS NULL"));
    }

    [Fact]
    public async Task A_record_sent_again_supersedes_and_the_old_version_is_history()
    {
        using var platform = new TestPlatform();
        await platform.Load(platform.File("lab1.csv", Header + "P1,R1,1,WBC,5,3.5,9.5,N,2026-01-02 10:00:00\n"), "plain");
        await platform.Load(platform.File("lab2.csv", Header + "P1,R1,1,WBC,6,3.5,9.5,N,2026-01-02 10:00:00\n"), "plain");
        Assert.Equal(["6|2|2"], platform.Rows("SELECT result_value, _version, _batch FROM lab.result"));
        Assert.Equal(["5|1|2"], platform.Rows("SELECT result_value, _version, _superseded_by FROM history.\"lab.result\""));
    }

    [Fact]
    public async Task A_dry_run_counts_and_leaves_nothing()
    {
        using var platform = new TestPlatform();
        var outcome = await platform.Load(platform.File("lab.csv", Header + "P1,R1,1,WBC,5,3.5,9.5,N,2026-01-02 10:00:00\nP1,R1,2,WBC,x,3.5,9.5,N,2026-01-02 10:00:00\n"), "plain", dryRun: true, report: true);
        Assert.Equal((2, 1, 1), (outcome.Batch!.Received, outcome.Batch.Accepted, outcome.Batch.Quarantined));
        Assert.Contains(outcome.Report, u => u is { Path: "item_code", Count: 2, Mapped: true });
        Assert.Equal(["0"], platform.Rows("SELECT count(*) FROM lab.result WHERE _rejected IS NULL"));
        Assert.Equal((0, 0), platform.Vault.Count());
    }

    [Fact]
    public async Task Persons_with_the_same_id_number_are_one_subject_in_any_order_of_loading()
    {
        using var platform = new TestPlatform();
        await platform.Load(platform.File("lab.csv", Header + "P1,R1,1,WBC,5,3.5,9.5,N,2026-01-02 10:00:00\n"), "plain");
        await platform.Load(platform.File("BRXX.csv", Gb18030("病人号,姓名,身份证,性别,出生日期,登记时间\n0007,张三,11010519491231002X,M,1949年12月31日,2026/01/02 08:30\n")), "hospital-b");
        await platform.Load(platform.File("person.csv", "patient_id,name,id_number,sex,recorded_time\nP1,张三,11010519491231002x,1,2026-01-02\n"), "plain");
        Assert.Equal(["1"], platform.Rows("SELECT count(DISTINCT s) FROM (SELECT _subject s FROM lab.result UNION ALL SELECT _subject FROM person.basic)"));
        Assert.Equal((2, 1), platform.Vault.Count());
        var subject = Assert.Single(platform.Vault.Find("id_number", "11010519491231002X"));
        Assert.Equal(["0007", "P1"], platform.Vault.Reveal(subject).Select(i => i.Local).Order());
    }

    [Fact]
    public async Task Names_and_numbers_are_neither_in_the_lake_nor_readable_in_the_vault()
    {
        using var platform = new TestPlatform();
        await platform.Load(platform.File("person.csv", "patient_id,name,id_number,sex,recorded_time\nP1234567,Zhangsanfeng,11010519491231002X,1,2026-01-02\nP7654321,Lisishu,110105194912310021,1,2026-01-02\n"), "plain");
        platform.Rows("CHECKPOINT");
        foreach (var file in Directory.GetFiles(platform.Data).Where(f => Path.GetFileName(f) is "lake.duckdb" or "lake.duckdb.wal" or "vault.db" or "vault.db-wal"))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            foreach (var value in (string[])["Zhangsanfeng", "Lisishu", "11010519491231002", "P1234567", "P7654321"])
                Assert.True(bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(value)) < 0, $"{Path.GetFileName(file)} holds a value of the vault.");
        }
    }

    private static byte[] Gb18030(string text)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        return Encoding.GetEncoding("gb18030").GetBytes(text.ReplaceLineEndings("\n"));
    }
}
