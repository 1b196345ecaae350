using System.IO.Compression;
using System.Text;
using Xunit;

namespace Yunnao.Tests.EndToEnd.Ingest;

public sealed class Fhir_tests
{
    private const string IdNumber = "11010519491231002X";
    private const string Quarantine = "SELECT data_set, record_number, byte_offset, line, array_to_string(reasons, ';') FROM ops.quarantine ORDER BY record_number";

    [Fact]
    public async Task Patients_and_observations_of_bulk_files_become_rows_of_one_subject()
    {
        using var platform = new TestPlatform();
        var patients = await platform.Load(platform.File("Patient.ndjson", Patient("p1", IdNumber) + "\n" + Patient("p2", null, "female") + "\n"), "fhir");
        var observations = await platform.Load(platform.File("Observation.ndjson", Observation("o1", "Patient/p1", "5.5") + "\n" + Observation("o2", "Patient/p2", "6") + "\n"), "fhir");
        Assert.Equal((null, 2, 2, 0), (patients.Problem, patients.Batch!.Received, patients.Batch.Accepted, patients.Batch.Quarantined));
        Assert.Equal((null, 2, 2, 0), (observations.Problem, observations.Batch!.Received, observations.Batch.Accepted, observations.Batch.Quarantined));
        Assert.Equal(["1|1949-12-31|2026-01-02 10:00:00", "2|1949-12-31|2026-01-02 10:00:00"], platform.Rows("SELECT sex, birth_date::VARCHAR, _time::VARCHAR FROM person.basic ORDER BY sex"));
        Assert.Equal(
            ["1|o1|718-7|5.5|2026-01-03 08:30:00", "2|o2|718-7|6|2026-01-03 08:30:00"],
            platform.Rows("SELECT p.sex, l.report_no, l.item_code, l.result_value, l._time::VARCHAR FROM lab.result l JOIN person.basic p USING (_subject) ORDER BY 2"));
        Assert.Equal((2, 2), platform.Vault.Count());
    }

    [Fact]
    public async Task A_bundle_whose_entries_refer_to_each_other_is_one_batch()
    {
        using var platform = new TestPlatform();
        var bundle = $$"""
            {
              "resourceType": "Bundle",
              "type": "transaction",
              "entry": [
                { "fullUrl": "urn:uuid:p1", "resource": {{Patient("p1", IdNumber)}} },
                { "fullUrl": "urn:uuid:o1", "resource": {{Observation("o1", "urn:uuid:p1", "5.5")}} },
                { "fullUrl": "urn:uuid:o2", "resource": {{Observation("o2", "urn:uuid:p1", "7.5")}} }
              ]
            }
            """;
        var outcome = await platform.Load(platform.File("bundle.json", bundle), "fhir");
        Assert.Equal((null, 3, 3, 0), (outcome.Problem, outcome.Batch!.Received, outcome.Batch.Accepted, outcome.Batch.Quarantined));
        Assert.Equal(["o1|5.5|1", "o2|7.5|1"], platform.Rows("SELECT report_no, result_value, sex FROM lab.result JOIN person.basic USING (_subject) ORDER BY 1"));
    }

    [Fact]
    public async Task A_person_of_a_hospitals_files_a_message_feed_and_a_fhir_server_is_one_subject_by_the_id_number()
    {
        using var platform = new TestPlatform();
        await platform.Load(platform.File("Observation.ndjson", Observation("o1", "Patient/p1", "5.5")), "fhir");
        await platform.Load(platform.File("oru.hl7", Hl7v2_tests.Oru("H3", "007", IdNumber, "1|NM|718-7||5.5")), "hl7v2");
        await platform.Load(platform.File("lab.csv", "patient_id,report_no,item_no,item_code,result_value,report_time\nP1,R1,1,WBC,5,2026-01-02\n"), "plain");
        await platform.Load(platform.File("person.csv", $"patient_id,name,id_number,sex,recorded_time\nP1,Zhang,{IdNumber},1,2026-01-02\n"), "plain");
        await platform.Load(platform.File("Patient.ndjson", Patient("p1", IdNumber)), "fhir");
        Assert.Equal(["F1|1", "H1|1", "H3|1"], platform.Rows("SELECT _org, count(*) FROM lab.result GROUP BY 1 ORDER BY 1"));
        Assert.Equal(["1"], platform.Rows("SELECT count(DISTINCT s) FROM (SELECT _subject s FROM lab.result UNION ALL SELECT _subject FROM person.basic)"));
        Assert.Equal((3, 1), platform.Vault.Count());
    }

    [Fact]
    public async Task A_refused_resource_is_found_again_by_its_record_and_byte()
    {
        using var platform = new TestPlatform();
        var good = Observation("o1", "Patient/p1", "5.5");
        var undated = Observation("o2", "Patient/p1", "5.5").Replace("effectiveDateTime", "issued", StringComparison.Ordinal);
        var outcome = await platform.Load(platform.File("Observation.ndjson", $"{good}\n{undated}\n{Observation("o3", "Patient/p1", "high")}\n{Observation("o4", "Patient/p1", "9")}\n"), "fhir");
        Assert.Equal((null, 4, 2, 2), (outcome.Problem, outcome.Batch!.Received, outcome.Batch.Accepted, outcome.Batch.Quarantined));
        Assert.Equal(
            [$"lab.result|2|{good.Length + 1}||required report_time", $"lab.result|3|{good.Length + undated.Length + 2}||type result_value"],
            platform.Rows(Quarantine));
    }

    [Fact]
    public async Task A_resource_that_no_rule_is_for_and_a_line_that_is_no_json_are_quarantined_and_the_rest_is_accepted()
    {
        using var platform = new TestPlatform();
        var good = Observation("o1", "Patient/p1", "5.5");
        const string Unmapped = """{"resourceType":"Questionnaire","id":"q1"}""";
        const string Cut = """{"resourceType":"Observation","id":"o2","sub""";
        const string Untyped = """{"id":"x"}""";
        var outcome = await platform.Load(platform.File("all.ndjson", $"{good}\n{Unmapped}\n{Cut}\n{Untyped}\n{Observation("o3", "Patient/p1", "6")}\n"), "fhir");
        Assert.Equal((null, 5, 2, 3), (outcome.Problem, outcome.Batch!.Received, outcome.Batch.Accepted, outcome.Batch.Quarantined));
        var second = good.Length + 1;
        var third = second + Unmapped.Length + 1;
        Assert.Equal(
            [$"|2|{second}|2|mapping.none Questionnaire", $"|3|{third}|3|fhir.json", $"|4|{third + Cut.Length + 1}|4|fhir.no-resource-type"],
            platform.Rows(Quarantine));
        Assert.Equal(["o1", "o3"], platform.Rows("SELECT report_no FROM lab.result ORDER BY 1"));
    }

    [Fact]
    public async Task A_compressed_file_is_read_as_it_is()
    {
        using var platform = new TestPlatform();
        var outcome = await platform.Load(platform.File("Observation.ndjson.gz", Gzip(Observation("o1", "Patient/p1", "5.5") + "\n" + Observation("o2", "Patient/p1", "6"))), "fhir");
        Assert.Equal((null, 2, 2, 0), (outcome.Problem, outcome.Batch!.Received, outcome.Batch.Accepted, outcome.Batch.Quarantined));
    }

    [Fact]
    public async Task A_compressed_file_that_is_cut_off_is_refused_and_loads_nothing()
    {
        using var platform = new TestPlatform();
        var lines = string.Concat(Enumerable.Range(0, 400).Select(i => Observation($"o{i}", $"Patient/p{i * 7919}", $"{i}.5") + "\n"));
        var packed = Gzip(lines);
        foreach (var length in (int[])[packed.Length - 1, packed.Length - 8, packed.Length / 2, 12])
        {
            var outcome = await platform.Load(platform.File($"cut{length}.ndjson.gz", packed[..length]), "fhir");
            Assert.Equal((length, "ingest.gzip"), (length, outcome.Problem?.Code));
        }

        Assert.Equal(["0"], platform.Rows("SELECT count(*) FROM lab.result WHERE _rejected IS NULL"));
        Assert.Null((await platform.Load(platform.File("whole.ndjson.gz", packed), "fhir")).Problem);
    }

    [Fact]
    public async Task The_report_says_what_was_mapped_and_what_not()
    {
        using var platform = new TestPlatform();
        var outcome = await platform.Load(platform.File("all.ndjson", Patient("p1", IdNumber) + "\n" + """{"resourceType":"Questionnaire","id":"q1"}"""), "fhir", report: true);
        Assert.Contains(outcome.Report, u => u is { Path: "Patient.gender", Count: 1, Mapped: true });
        Assert.Contains(outcome.Report, u => u.Path.StartsWith("Questionnaire", StringComparison.Ordinal) && !u.Mapped);
    }

    internal static string Patient(string id, string? idNumber, string gender = "male")
    {
        var identifier = idNumber is null ? "" : $$""" "identifier":[{"system":"other","value":"1"},{"system":"id","value":"{{idNumber}}"}],""";
        return $$"""{"resourceType":"Patient","id":"{{id}}","meta":{"lastUpdated":"2026-01-02T10:00:00.000+08:00"},{{identifier}}"name":[{"family":"Zhang"}],"gender":"{{gender}}","birthDate":"1949-12-31"}""";
    }

    internal static string Observation(string id, string patient, string value)
    {
        var json = char.IsAsciiDigit(value[0]) ? value : $"\"{value}\"";
        return $$"""{"resourceType":"Observation","id":"{{id}}","subject":{"reference":"{{patient}}"},"code":{"coding":[{"system":"http://loinc.org","code":"718-7"}]},"valueQuantity":{"value":{{json}} },"effectiveDateTime":"2026-01-03T08:30:00+08:00"}""";
    }

    internal static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }
}
