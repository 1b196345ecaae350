using System.Text;
using Xunit;
using Yunnao.Formats;

namespace Yunnao.Tests.Formats;

public sealed class FhirDecoderTests
{
    private const string Patient = """{"resourceType":"Patient","id":"p1","name":[{"family":"张","given":["三","丰"]}],"telecom":[{"value":"e@x","system":"email"},{"value":"139","system":"phone"},{"system":"phone","value":"138"}],"active":true,"multipleBirthInteger":2}""";

    private static Task<RowCollector> Patients(string json, params string[] paths) => Plans.Fhir(json, Plans.Of("Patient", null, null, paths));

    private static string Observation(string id) => $$"""{"resourceType":"Observation","id":"{{id}}","status":"final"}""";

    [Theory]
    [InlineData("id", "p1")]
    [InlineData("Patient.id", "p1")]
    [InlineData("Observation.id", null)]
    [InlineData("Observation.id | Patient.gender | Patient.id", "p1")]
    [InlineData("name.given", "三")]
    [InlineData("name[0].given[1]", "丰")]
    [InlineData("name[1].given", null)]
    [InlineData("name", null)]
    [InlineData("name.text | name.family", "张")]
    [InlineData("telecom[system=phone].value", "139")]
    [InlineData("telecom[system=fax].value", null)]
    [InlineData("telecom[2].value", "138")]
    [InlineData("active", "true")]
    [InlineData("multipleBirthInteger", "2")]
    [InlineData("..id", "p1")]
    public async Task Paths_find_the_first_value(string path, string? expected) =>
        Assert.Equal(expected, Assert.Single((await Patients(Patient, path)).Rows).Cells[0]);

    [Theory]
    [InlineData("""{"a":{"value":1.50}}""", "a.value", "1.50")]
    [InlineData("""{"a":{"value":-0.0e+10}}""", "a.value", "-0.0e+10")]
    [InlineData("""{"a":null}""", "a", null)]
    [InlineData("""{"a":""}""", "a", null)]
    [InlineData("""{"a":[null,{"b":null},{"b":"x"}]}""", "a.b", "x")]
    [InlineData("""{"a":"\u5f20\n\"\\\/\ud840\udc00"}""", "a", "张\n\"\\/𠀀")]
    [InlineData("""{"extension":[{"extension":[{"valueString":"no","url":"text"}],"url":"A"},{"extension":[{"valueString":"yes","url":"text"}],"url":"http://x.y/B"}]}""", "extension[url=http://x.y/B].extension[url=text].valueString", "yes")]
    [InlineData("""{"section":[{"code":{"coding":[{"code":"1"}]},"text":{"div":"a"}},{"code":{"coding":[{"code":"0"},{"code":"2"}]},"text":{"div":"b"}}]}""", "section[code.coding.code=2].text.div", "b")]
    [InlineData("""{"a":{"reference":"Patient/x"}}""", "a.reference", "x")]
    [InlineData("""{"a":{"reference":"http://h/fhir/Patient/x/_history/2"}}""", "a.reference", "x")]
    [InlineData("""{"a":{"reference":"urn:uuid:x-y"}}""", "a.reference", "x-y")]
    [InlineData("""{"a":{"reference":"urn:oid:1.2.3"}}""", "a.reference", "1.2.3")]
    [InlineData("""{"a":{"reference":"#x"}}""", "a.reference", "x")]
    [InlineData("""{"a":{"reference":"Patient?identifier=http://s/t|b"}}""", "a.reference", "b")]
    [InlineData("""{"a":{"reference":"Patient?identifier=http%3A%2F%2Fs%7Cb&x=y"}}""", "a.reference", "b")]
    [InlineData("""{"a":{"reference":"Patient?_id=c"}}""", "a.reference", "c")]
    public async Task Values_keep_their_text_and_references_give_the_id(string json, string path, string? expected)
    {
        var sink = await Patients(json.Insert(1, "\"resourceType\":\"Patient\","), path);
        Assert.Equal(expected, Assert.Single(sink.Rows).Cells[0]);
    }

    [Fact]
    public async Task A_child_makes_rows_and_sees_the_resource()
    {
        var sink = await Plans.Fhir(
            """{"resourceType":"Observation","id":"o","subject":{"reference":"Patient/p"},"code":{"text":"BP"},"component":[{"code":{"text":"sys"},"valueQuantity":{"value":120}},{"code":{"text":"dia"},"valueQuantity":{"value":80}},{"code":{"text":"note"}}]}""",
            Plans.Of("Observation", "component", "valueQuantity exists", "code.text", "valueQuantity.value", "..subject.reference", "../code.text", "Observation.id", "Observation.component.code.text"));
        Assert.Equal(["sys,120,p,BP,o,sys", "dia,80,p,BP,o,dia"], sink.Rows.Select(r => string.Join(",", r.Cells)));
    }

    [Theory]
    [InlineData("category.coding.code = laboratory", true)]
    [InlineData("category.coding.code = exam", true)]
    [InlineData("category.coding.code in vital-signs laboratory", true)]
    [InlineData("category.coding.code in vital-signs", false)]
    [InlineData("category.coding.code != exam", false)]
    [InlineData("status != entered-in-error", true)]
    [InlineData("category exists", true)]
    [InlineData("value exists", false)]
    [InlineData("status = final and category[0].coding.code = exam", true)]
    [InlineData("category[coding.code=laboratory].text = \"the lab\"", true)]
    [InlineData("Patient.gender = male", true)]
    [InlineData("Observation.status = final", true)]
    public async Task Conditions_look_at_all_values(string where, bool holds)
    {
        var sink = await Plans.Fhir(
            """{"resourceType":"Observation","status":"final","category":[{"coding":[{"code":"exam"}]},{"coding":[{"code":"laboratory"}],"text":"the lab"}]}""",
            Plans.Of("Observation", null, where, "status"));
        Assert.Equal(holds ? [] : ["mapping.no-row Observation"], sink.Codes);
        Assert.Equal(holds ? 1 : 0, sink.Rows.Count);
    }

    [Fact]
    public async Task Lines_are_records_and_a_broken_line_ends_with_its_line()
    {
        var sink = await Plans.Fhir(
            Observation("1") + "\n\n{\"resourceType\":\"Obs\n" + Observation("3") + "\r\n" + Patient + "\n[]x\n{\"id\":\"4\"}\n7\n" + Observation("5") + "{}\n" + Observation("6"),
            Plans.Of("Observation", null, null, "id"));
        Assert.Equal(["1", "3", "6"], sink.Rows.Select(r => r.Cells[0]));
        Assert.Equal(["fhir.json", "mapping.none Patient", "fhir.json", "fhir.no-resource-type", "fhir.no-resource-type", "fhir.json"], sink.Codes);
        Assert.Equal([3, 5, 6, 7, 8, 9], sink.Rejections.Select(r => r.Line));
        Assert.Equal(Observation("1").Length + 2, sink.Rejections[0].Offset);
    }

    [Theory]
    [InlineData("""{"resourceType":"Bundle","type":"transaction","entry":[E]}""")]
    [InlineData("""{"entry":[E],"resourceType":"Bundle"}""")]
    [InlineData("{\n  \"resourceType\" : \"Bundle\",\n  \"meta\": {\"tag\":[]},\n  \"entry\" : [\n    E\n  ] , \"total\":\n2\n}\n")]
    [InlineData("\uFEFF{\"resourceType\":\"Bundle\",\"entry\":[E]}\n{\"resourceType\":\"Bundle\",\"entry\":[]}\n")]
    [InlineData("{\"resourceType\":\"Bundle\"}\n{\"resourceType\":\"Bundle\",\"entry\":[E]}\n")]
    public async Task The_entries_of_a_bundle_are_records(string bundle)
    {
        var entries = """{"fullUrl":"urn:uuid:u1","resource":{"resourceType":"Observation","status":"final"},"request":{"method":"POST"}}, {"resource":{"resourceType":"Observation","id":"i2"},"fullUrl":"urn:uuid:u2"},{"fullUrl":"urn:uuid:u3","request":{"method":"DELETE"}},{"resource":{"resourceType":"Bundle","entry":[]}}""";
        var sink = await Plans.Fhir(bundle.Replace("E", entries), Plans.Of("Observation", null, null, "id"));
        Assert.Equal(["u1", "i2"], sink.Rows.Select(r => r.Cells[0]));
        Assert.Equal(["fhir.no-resource Bundle.entry", "mapping.none Bundle"], sink.Codes);
    }

    [Fact]
    public async Task A_list_with_entries_is_no_bundle()
    {
        var sink = await Plans.Fhir("""{"entry":[{"item":{"reference":"Patient/1"}},{"item":{"reference":"Patient/2"}}],"resourceType":"List"}""", Plans.Of("List", "entry", null, "item.reference"));
        Assert.Equal(["1", "2"], sink.Rows.Select(r => r.Cells[0]));
    }

    [Fact]
    public async Task An_array_of_resources_is_read_element_by_element()
    {
        var sink = await Plans.Fhir($"[\n {Observation("1")},\n {Observation("2")}, 5\n]\n", Plans.Of("Observation", null, null, "id"));
        Assert.Equal(["1", "2"], sink.Rows.Select(r => r.Cells[0]));
        Assert.Equal("fhir.no-resource-type", Assert.Single(sink.Codes));
        Assert.Equal(3, sink.Rejections[0].Line);
    }

    [Theory]
    [InlineData("""{"fullUrl":"u2","resource":{"resourceType":"Observation","id":2x}}""")]
    [InlineData("""{"fullUrl":"u2","resource":{"resourceType":"Observation","id":"2"}""")]
    [InlineData("""{"fullUrl":"u2","resource":{"resourceType":"Observation","id":"2]}}""")]
    [InlineData("""{"fullUrl":"u2","resource":{"resourceType":"Observation","id":"2"]}}""")]
    [InlineData("{\"fullUrl\":\"u2\",\"resource\":{\"resourceType\":\"Observation\",\"id\":\"2\n\"}}")]
    [InlineData("""oops""")]
    public async Task After_a_broken_entry_the_next_is_read(string broken)
    {
        var sink = await Plans.Fhir(
            "{\"resourceType\":\"Bundle\",\"entry\":[{\"fullUrl\":\"u1\",\"resource\":" + Observation("1") + "},\n" + broken + ",\n{\"fullUrl\":\"u3\",\n\"resource\":" + Observation("3") + "}]}",
            Plans.Of("Observation", null, null, "id"));
        Assert.Equal(["1", "3"], sink.Rows.Select(r => r.Cells[0]));
        Assert.Equal("fhir.json", Assert.Single(sink.Codes));
        Assert.Equal(2, sink.Rejections[0].Line);
    }

    [Theory]
    [InlineData("{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":R},{\"resource\":{\"resou", "fhir.json")]
    [InlineData("{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":R},", "fhir.json")]
    [InlineData("{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":R}", "fhir.json")]
    [InlineData("{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":R}]", "fhir.json")]
    [InlineData("[R", "fhir.json")]
    [InlineData("R\n<html>", "fhir.json")]
    [InlineData("R\n{\"resourceType\":\"A man's name\"}", "mapping.none")]
    [InlineData("R\n{\"resourceType\":1}", "fhir.no-resource-type")]
    [InlineData("R\n{\"resourceType\":\"Observation\",\"id\":\"\\ud800\"}", "fhir.encoding")]
    public async Task What_is_cut_off_or_no_resource_is_rejected_once(string json, string code)
    {
        var sink = await Plans.Fhir(json.Replace("R", Observation("1"), StringComparison.Ordinal), Plans.Of("Observation", null, null, "id"));
        Assert.Equal(code, Assert.Single(sink.Codes));
        Assert.Single(sink.Rows);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    [InlineData("\uFEFF")]
    [InlineData("[]")]
    [InlineData("""{"resourceType":"Bundle","type":"searchset","total":0}""")]
    public async Task What_has_no_resource_has_no_record(string json) => Assert.Empty((await Patients(json, "id")).Rejections);

    [Fact]
    public async Task Bytes_that_are_not_utf_8_reject_their_resource_only()
    {
        byte[] input = [.. Encoding.UTF8.GetBytes(Patient + "\n{\"resourceType\":\"Patient\",\"id\":\""), 0xC3, .. Encoding.UTF8.GetBytes("\"}\n" + Patient + "\n")];
        var (sink, _) = await Plans.Fhir(new MemoryStream(input), [Plans.Of("Patient", null, null, "id")]);
        Assert.Equal("fhir.encoding", Assert.Single(sink.Codes));
        Assert.Equal(2, sink.Rows.Count);
    }

    [Fact]
    public async Task Utf_16_is_read()
    {
        var (sink, _) = await Plans.Fhir(new MemoryStream(Encoding.Unicode.GetBytes(Patient + "\n" + Patient)), [Plans.Of("Patient", null, null, "name.family")]);
        Assert.Equal(["张", "张"], sink.Rows.Select(r => r.Cells[0]));
    }

    [Fact]
    public async Task In_another_encoding_what_cannot_be_decoded_rejects_its_resource()
    {
        var gb = CodePagesEncodingProvider.Instance.GetEncoding("gb18030")!;
        byte[] input = [.. gb.GetBytes(Patient), (byte)'\n', .. gb.GetBytes(Patient.Replace("p1", "p~", StringComparison.Ordinal)), (byte)'\n', .. gb.GetBytes(Patient)];
        input[Array.IndexOf(input, (byte)'~')] = 0xFF;
        var sink = new RowCollector();
        var decoder = Yunnao.Formats.Fhir.FhirDecoder.Create([Plans.Of("Patient", null, null, "name.family")]).Value;
        var records = await decoder.DecodeAsync(new MemoryStream(input), sink, null, Yunnao.Formats.Encodings.TextEncoding.Gb18030, TestContext.Current.CancellationToken);
        sink.AssertEveryRecordIsAccountedFor(records);
        Assert.Equal(["张", "张"], sink.Rows.Select(r => r.Cells[0]));
        Assert.Equal("fhir.encoding", Assert.Single(sink.Codes));
    }

    [Fact]
    public async Task Several_plans_read_one_resource_and_one_plan_several_types()
    {
        var sink = await Plans.Fhir(
            Patient + "\n" + Observation("o") + "\n",
            Plans.Of("Patient Observation", null, null, "id", "Patient.name.family | Observation.status"),
            Plans.Of("Patient", "telecom", "system = phone", "value"));
        Assert.Equal(["0:p1,张", "1:139", "1:138", "0:o,final"], sink.Rows.OrderBy(r => r.Record).ThenBy(r => r.Plan).Select(r => $"{r.Plan}:{string.Join(",", r.Cells)}"));
    }

    [Fact]
    public async Task A_large_bundle_is_read_entry_by_entry_in_flat_memory()
    {
        const int Entries = 60_000;
        var entry = Encoding.UTF8.GetBytes("{\"resource\":" + Observation(new string('x', 2000)) + "},");
        var input = new RepeatedStream("{\"resourceType\":\"Bundle\",\"entry\":["u8.ToArray(), entry, Entries, "{\"resource\":{\"resourceType\":\"Observation\"}}]}"u8.ToArray());
        var sink = new CountingSink();
        var decoder = Yunnao.Formats.Fhir.FhirDecoder.Create([Plans.Of("Observation", null, null, "status")]).Value;
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(Entries + 1, await decoder.DecodeAsync(input, sink, cancel: TestContext.Current.CancellationToken));
        Assert.Equal(Entries + 1, sink.Rows);

        // 120 MB went through; buffers and batches are all that was made (reads end at once here, so all is on one thread).
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Fact]
    public async Task The_report_counts_elements_and_says_which_are_mapped()
    {
        var report = new PathReport();
        var input = new MemoryStream(Encoding.UTF8.GetBytes(Patient + "\n" + Observation("o")));
        await Plans.Fhir(input, [Plans.Of("Patient", "telecom", "system = phone", "value", "..name[use=official].family")], report);
        var counts = report.Counts();
        Assert.Contains(new("Patient", 1, true), counts);
        Assert.Contains(new("Observation", 1, false), counts);
        Assert.Contains(new("Patient.telecom.value", 3, true), counts);
        Assert.Contains(new("Patient.telecom.system", 3, true), counts);
        Assert.Contains(new("Patient.name.given", 2, false), counts);
        Assert.Contains(new("Patient.name.family", 1, true), counts);
        Assert.Contains(new("Observation.status", 1, false), counts);
        Assert.DoesNotContain(counts, c => c.Path == "Patient.name.use");
    }

    [Theory]
    [InlineData("name..family")]
    [InlineData("name[")]
    [InlineData("name[system].x")]
    [InlineData("Patient")]
    public void A_path_that_is_none_is_a_problem(string path) =>
        Assert.Equal("mapping.path", Yunnao.Formats.Fhir.FhirDecoder.Create([Plans.Of("Patient", null, null, path)]).Problem?.Code);
}
