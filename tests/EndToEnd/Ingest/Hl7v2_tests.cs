using System.Text;
using Xunit;

namespace Yunnao.Tests.EndToEnd.Ingest;

public sealed class Hl7v2_tests
{
    private const string IdNumber = "11010519491231002X";
    private const string Quarantine = "SELECT data_set, record_number, byte_offset, line, array_to_string(reasons, ';') FROM ops.quarantine ORDER BY ordinal";

    [Fact]
    public async Task An_admission_message_gives_the_person()
    {
        using var platform = new TestPlatform();
        var outcome = await platform.Load(platform.File("adt.hl7", Adt("H3", "007", IdNumber)), "hl7v2");
        Assert.Equal((null, 1, 1, 0), (outcome.Problem, outcome.Batch!.Received, outcome.Batch.Accepted, outcome.Batch.Quarantined));
        Assert.Equal(["H3|1|1949-12-31|2026-01-02 10:00:00"], platform.Rows("SELECT _org, sex, birth_date::VARCHAR, _time::VARCHAR FROM person.basic"));
        var subject = Assert.Single(platform.Vault.Find("id_number", IdNumber));
        Assert.Equal("007", Assert.Single(platform.Vault.Reveal(subject)).Local);
    }

    [Fact]
    public async Task A_result_message_gives_its_person_and_a_row_for_each_observation()
    {
        using var platform = new TestPlatform();
        var outcome = await platform.Load(platform.File("oru.hl7", Oru("H3", "007", IdNumber, "1|NM|718-7^Hb||5.5", "2|NM|789-8^RBC||4.2")), "hl7v2");
        Assert.Equal((null, 3, 3, 0), (outcome.Problem, outcome.Batch!.Received, outcome.Batch.Accepted, outcome.Batch.Quarantined));
        Assert.Equal(
            ["H3|L007|1|718-7|5.5|H|2026-01-02 09:00:00|1", "H3|L007|2|789-8|4.2|H|2026-01-02 09:00:00|1"],
            platform.Rows("SELECT l._org, report_no, item_no, item_code, result_value, abnormal_flag, l._time::VARCHAR, sex FROM lab.result l JOIN person.basic p USING (_subject) ORDER BY item_no"));
    }

    [Fact]
    public async Task Admission_and_result_of_two_institutions_are_one_subject_by_the_id_number()
    {
        using var platform = new TestPlatform();
        await platform.Load(platform.File("oru.hl7", Oru("H3", "007", "", "1|NM|718-7||5.5") + Oru("H4", "A9", IdNumber, "1|NM|718-7||6")), "hl7v2");
        Assert.Equal(["2"], platform.Rows("SELECT count(DISTINCT _subject) FROM lab.result"));
        await platform.Load(platform.File("adt.hl7", Adt("H3", "007", IdNumber)), "hl7v2");
        Assert.Equal(["1"], platform.Rows("SELECT count(DISTINCT s) FROM (SELECT _subject s FROM lab.result UNION ALL SELECT _subject FROM person.basic WHERE _rejected IS NULL)"));
        Assert.Equal((2, 1), platform.Vault.Count());
    }

    [Fact]
    public async Task A_refused_observation_is_found_again_by_its_message_and_byte()
    {
        using var platform = new TestPlatform();
        var first = Oru("H3", "007", IdNumber, "1|NM|718-7||5.5");
        var second = Oru("H3", "008", "", "1|NM|718-7||high", "2|NM|718-7||6", "3|NM|||6");
        var outcome = await platform.Load(platform.File("oru.hl7", first + second), "hl7v2");
        Assert.Equal((null, 6, 4, 2), (outcome.Problem, outcome.Batch!.Received, outcome.Batch.Accepted, outcome.Batch.Quarantined));
        Assert.Equal([$"lab.result|2|{first.Length}||type result_value", $"lab.result|2|{first.Length}||required item_code"], platform.Rows(Quarantine));
    }

    [Fact]
    public async Task Malformed_and_unmapped_messages_are_quarantined_with_code_and_place_and_the_rest_is_accepted()
    {
        using var platform = new TestPlatform();
        var good = Adt("H3", "007", IdNumber).Replace('\r', '\n');
        var text = good
            + "MSH|^~\\&|HIS|H3|||20260102100000||SIU^S12|2|P|2.5\nPID|1||008\n"
            + "MSH|^~\\&|HIS|H3|||20260102100000||ADT^A01|3|P|2.5\nPID|1||009||A^B||19491231|M\nbroken line of text\n"
            + "MSH|^~\\&|HIS|H3|||20260102100000|||4|P|2.5\nPID|1||010\n"
            + Adt("H3", "011", "").Replace('\r', '\n');
        var outcome = await platform.Load(platform.File("all.hl7", "what is this\n" + text), "hl7v2");
        Assert.Equal((null, 6, 2, 4), (outcome.Problem, outcome.Batch!.Received, outcome.Batch.Accepted, outcome.Batch.Quarantined));
        Assert.Equal(
            ["1|1|hl7v2.no-msh", "3|4|mapping.none SIU^S12", "4|8|hl7v2.segment", "5|9|hl7v2.no-type MSH-9"],
            platform.Rows("SELECT record_number, line, array_to_string(reasons, ';') FROM ops.quarantine ORDER BY record_number"));
        Assert.Equal(["2"], platform.Rows("SELECT count(*) FROM person.basic WHERE _rejected IS NULL"));
    }

    [Fact]
    public async Task A_batch_file_that_ends_too_early_keeps_its_messages_and_says_so()
    {
        using var platform = new TestPlatform();
        var outcome = await platform.Load(platform.File("batch.hl7", "FHS|^~\\&|HIS\rBHS|^~\\&|HIS\r" + Adt("H3", "007", IdNumber) + Adt("H3", "008", "")), "hl7v2");
        Assert.Equal((null, 3, 2, 1), (outcome.Problem, outcome.Batch!.Received, outcome.Batch.Accepted, outcome.Batch.Quarantined));
        Assert.Equal(["hl7v2.truncated BHS"], platform.Rows("SELECT array_to_string(reasons, ';') FROM ops.quarantine"));
    }

    [Fact]
    public async Task The_character_set_of_the_message_and_compression_are_understood()
    {
        using var platform = new TestPlatform();
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var message = Adt("H3", "007", IdNumber).Replace("|P|2.5", "|P|2.5||||||GB 18030-2000", StringComparison.Ordinal).Replace("Zhang", "张", StringComparison.Ordinal);
        var outcome = await platform.Load(platform.File("adt.hl7", Encoding.GetEncoding("gb18030").GetBytes(message)), "hl7v2");
        Assert.Equal((null, 1), (outcome.Problem, outcome.Batch!.Accepted));
        var person = Assert.Single(platform.Vault.Reveal(Assert.Single(platform.Vault.Find("id_number", IdNumber))));
        Assert.Equal("张", person.Values["name"]);
        outcome = await platform.Load(platform.File("adt.hl7.gz", Fhir_tests.Gzip(Adt("H3", "008", ""))), "hl7v2");
        Assert.Equal((null, 1), (outcome.Problem, outcome.Batch!.Accepted));
    }

    internal static string Adt(string organisation, string local, string idNumber) =>
        $"MSH|^~\\&|HIS|{organisation}|||20260102100000||ADT^A01|1|P|2.5\r{Pid(local, idNumber)}\r";

    /// <summary>An ORU^R01 of one order; each observation is OBX-1 to OBX-5.</summary>
    internal static string Oru(string organisation, string local, string idNumber, params string[] observations) =>
        $"MSH|^~\\&|LIS|{organisation}|||20260102100000||ORU^R01|1|P|2.5\r{Pid(local, idNumber)}\rOBR|1||L{local}\r"
        + string.Concat(observations.Select(o => $"OBX|{o}|||H|||F|||20260102090000\r"));

    private static string Pid(string local, string idNumber) => $"PID|1||{local}||Zhang^San||19491231|M|||||||||||{idNumber}";
}
