using System.Text;
using Xunit;
using Yunnao.Kernel;
using Yunnao.Standards.Loading;
using Yunnao.Standards;

namespace Yunnao.Tests.Unit.Standards;

public sealed class RegistryLoaderTests
{
    [Fact]
    public void A_sound_registry_has_no_problems()
    {
        using var small = new SmallRegistry();
        var load = small.Load();
        Assert.Empty(load.Problems);
        Assert.True(load.Whole.Ok);
    }

    [Fact]
    public void Everything_written_is_read()
    {
        using var small = new SmallRegistry();
        var registry = small.Load().Whole.Value;
        var lab = registry.DataSets["lab.result"];
        Assert.Equal(["report_no", "line_no"], lab.RecordKey.Select(i => i.Name));
        Assert.Equal("patient_id", lab.Subject!.Name);
        Assert.Equal("organisation", lab.Organisation!.Name);
        Assert.Equal("reported_at", lab.Time.Name);
        Assert.Equal("C0007", lab.Document);

        var value = lab.Find("value")!;
        Assert.Equal(("mmol/L", "0", "500", 3, Deid.Keep, false), (value.Unit, value.Min, value.Max, value.Level, value.Deid, value.Required));
        Assert.Equal("measurement.value_as_number", value.Paths["omop"]);
        Assert.Equal(new ElementFormat("N..8,2", 8, 2, false), value.Element.Format);
        Assert.Equal(new SourceLine("items/lab.result.csv", 8), value.At);
        Assert.Equal(Status.Standard, value.Status);

        Assert.Equal("specimen", lab.Find("specimen_code")!.ValueSet!.Id);
        Assert.Equal("sex", registry.DataSets["person.person"].Find("sex")!.ValueSet!.Id);
        Assert.Equal("name", registry.DataSets["person.person"].Find("name")!.Identity);
        Assert.Equal("BldV", registry.ValueSets["specimen"].Codes["0101"].Attributes["loinc_system"]);
        Assert.Equal("01", registry.ValueSets["specimen"].Codes["0101"].Parent);
        Assert.True(registry.ValueSets["specimen"].Provisional);
        Assert.Equal("lab-1", Assert.Single(lab.Rules).Id);

        var mapping = registry.Mappings["hospital-a"];
        Assert.Equal(("42010001", "csv", "gb18030"), (mapping.Organisation, mapping.Format, mapping.Encoding));
        Assert.Equal(["LIS*.csv", "LAB*.csv"], mapping.Rules[1].Match);
        Assert.Equal(new ItemSource("BGSJ", Format: "%Y/%m/%d %H:%M"), mapping.Rules[1].Items["reported_at"]);
        Assert.Equal(new ItemSource(null, "01"), mapping.Rules[1].Items["specimen_code"]);
        Assert.Equal("2", registry.CodeMaps[mapping.Codes["sex"]].Codes["F"]);
        Assert.Equal(("OBX", "OBX-2 in NM ST CE"), (registry.Mappings["feed"].Rules[0].Row, registry.Mappings["feed"].Rules[0].Where));
        Assert.Equal("millimole per litre", registry.Units["mmol/L"].En);
    }

    [Theory]
    [InlineData("elements.csv", "S3,N1,sex", "S3,N1,sax", "elements.csv:4 standards.unknown-value-set")]
    [InlineData("elements.csv", "S3,N1,sex", "C3,N1,sex", "elements.csv:4 standards.bad-type")]
    [InlineData("elements.csv", "S3,N1,sex", "D,D8,sex", "elements.csv:4 standards.bad-type")]
    [InlineData("elements.csv", "S1,AN..36", "S1,AN36..", "elements.csv:2 standards.bad-format")]
    [InlineData("elements.csv", "DT,DT15", "DT,D8", "elements.csv:6 standards.bad-format")]
    [InlineData("elements.csv", "\"N..8,2\"", "N..19", "elements.csv:7 standards.bad-format")]
    [InlineData("elements.csv", "name,1.0.0,standard,,姓名", "name,1.0,standard,,姓名", "elements.csv:3 standards.bad-version")]
    [InlineData("elements.csv", "name,1.0.0,standard,,姓名", "name,1.0.0,final,,姓名", "elements.csv:3 standards.bad-status")]
    [InlineData("elements.csv", "name,1.0.0,standard,,姓名", "name,1.0.0,standard,no,姓名", "elements.csv:3 standards.bad-value")]
    [InlineData("elements.csv", "name,1.0.0,standard,,姓名,Name", "name,1.0.0,standard,,姓名,", "elements.csv:3 standards.no-name")]
    [InlineData("elements.csv", "definition_en,type", "definition_en,typ", "elements.csv:1 standards.missing-column", "elements.csv:1 standards.unknown-column")]
    [InlineData("elements.csv", ",数值,Value", ",数\"值,Value", "elements.csv:7 standards.bad-csv")]
    [InlineData("elements.csv", "definition_en,type", "source,type", "elements.csv:1 standards.unknown-column")]
    [InlineData("valuesets.csv", "sex,2.16.156.1", "sex,2.x", "valuesets.csv:2 standards.bad-value")]
    [InlineData("codes/specimen.csv", "Venous blood,01", "Venous blood,02", "codes/specimen.csv:3 standards.unknown-code")]
    [InlineData("codes/specimen.csv", "Venous blood,01", "Venous blood,0101", "codes/specimen.csv:3 standards.unknown-code")]
    [InlineData("codes/specimen.csv", "0101,静脉血", "01,静脉血", "codes/specimen.csv:3 standards.duplicate-id")]
    [InlineData("codes/specimen.csv", "loinc_system", "LOINC", "codes/specimen.csv:1 standards.name")]
    [InlineData("codes/sex.csv", "2,女", "22,女", "elements.csv:4 standards.bad-format", "mappings/codes/hospital-a-sex.csv:3 standards.code-map-target")]
    [InlineData("datasets.csv", "20,WS 445", "x,WS 445", "datasets.csv:2 standards.bad-value")]
    [InlineData("items/lab.result.csv", "value,HDSD1,amount", "value,HDSD1,amuont", "items/lab.result.csv:8 standards.unknown-element")]
    [InlineData("items/lab.result.csv", "taken,specimen", "taken,speciman", "items/lab.result.csv:7 standards.unknown-value-set")]
    [InlineData("items/lab.result.csv", "mmol/L,0,500", "mmol/l,0,500", "items/lab.result.csv:8 standards.unknown-unit")]
    [InlineData("items/lab.result.csv", "mmol/L,0,500", "mmol/L,500,0", "items/lab.result.csv:8 standards.bad-range")]
    [InlineData("items/lab.result.csv", "mmol/L,0,500", "mmol/L,0,5OO", "items/lab.result.csv:8 standards.bad-range")]
    [InlineData("items/lab.result.csv", "0..1,,3,keep,OBX-5", "0..*,,3,keep,OBX-5", "items/lab.result.csv:8 standards.bad-value")]
    [InlineData("items/lab.result.csv", "0..1,,3,keep,OBX-5", "0..1,key,3,keep,OBX-5", "items/lab.result.csv:8 standards.unknown-role")]
    [InlineData("items/lab.result.csv", "0..1,,3,keep,OBX-5", "0..1,,,keep,OBX-5", "items/lab.result.csv:8 standards.no-level")]
    [InlineData("items/lab.result.csv", "0..1,,3,keep,OBX-5", "0..1,,3,,OBX-5", "items/lab.result.csv:8 standards.no-deid")]
    [InlineData("items/lab.result.csv", "0..1,,3,keep,OBX-5", "0..1,,3,vault,OBX-5", "items/lab.result.csv:8 standards.no-deid")]
    [InlineData("items/lab.result.csv", "0..1,,3,keep,OBX-5", "0..1,,3,redact,OBX-5", "items/lab.result.csv:8 standards.no-deid")]
    [InlineData("items/lab.result.csv", "0..1,,3,keep,OBX-5", "0..1,,3,keep,OBX5", "items/lab.result.csv:8 standards.bad-path")]
    [InlineData("items/lab.result.csv", "0..1,,3,keep,OBX-5", "0..1,subject,3,vault,OBX-5", "items/lab.result.csv:8 standards.duplicate-role")]
    [InlineData("items/lab.result.csv", "1,time,2", "1,,2", "items/lab.result.csv:1 standards.no-time")]
    [InlineData("items/lab.result.csv", "1,time,2", "0..1,time,2", "items/lab.result.csv:6 standards.bad-value")]
    [InlineData("items/person.person.csv", "1,record subject", "1,subject", "items/person.person.csv:1 standards.no-record-key")]
    [InlineData("checks.csv", "lab.result", "lab.results", "checks.csv:2 standards.unknown-data-set")]
    [InlineData("checks.csv", "value > 1", "valu > 1", "checks.csv:2 standards.unknown-item")]
    [InlineData("checks.csv", "'specimen')", "'specimens')", "checks.csv:2 standards.unknown-value-set")]
    [InlineData("checks.csv", "value > 1", "value > > 1", "checks.csv:2 standards.bad-expression")]
    [InlineData("checks.csv", ",flag,", ",warn,", "checks.csv:2 standards.bad-value")]
    [InlineData("checks.csv", "lab-1", "lab 1", "checks.csv:2 standards.name")]
    [InlineData("mappings/hospital-a.yaml", "dataset: lab.result", "dataset: lab.reslut", "mappings/hospital-a.yaml:13 standards.unknown-data-set")]
    [InlineData("mappings/hospital-a.yaml", "line_no: XH", "line: XH", "mappings/hospital-a.yaml:13 standards.unmapped-item", "mappings/hospital-a.yaml:16 standards.unknown-item")]
    [InlineData("mappings/hospital-a.yaml", "sex: hospital-a-sex", "sex: hospital-b-sex", "mappings/hospital-a.yaml:8 standards.unknown-code-map")]
    [InlineData("mappings/hospital-a.yaml", "sex: hospital-a-sex", "sax: hospital-a-sex", "mappings/hospital-a.yaml:8 standards.unknown-value-set")]
    [InlineData("mappings/hospital-a.yaml", "value: \"01\"", "value: \"91\"", "mappings/hospital-a.yaml:19 standards.code-map-target")]
    [InlineData("mappings/hospital-a.yaml", "value: \"01\"", "valeu: \"01\"", "mappings/hospital-a.yaml:19 standards.missing-key", "mappings/hospital-a.yaml:19 standards.unknown-key")]
    [InlineData("mappings/hospital-a.yaml", "%H:%M", "%H:%Q", "mappings/hospital-a.yaml:18 standards.bad-format")]
    [InlineData("mappings/hospital-a.yaml", "version: 1.0.0", "version: one", "mappings/hospital-a.yaml:2 standards.bad-version")]
    [InlineData("mappings/hospital-a.yaml", "status: standard", "status: ok", "mappings/hospital-a.yaml:3 standards.bad-status")]
    [InlineData("mappings/hospital-a.yaml", "format: csv", "format: docx", "mappings/hospital-a.yaml:6 standards.bad-value")]
    [InlineData("mappings/hospital-a.yaml", "encoding: gb18030", "encoding: gb18031", "mappings/hospital-a.yaml:7 standards.bad-value")]
    [InlineData("mappings/hospital-a.yaml", "status: standard", "status: [standard", "mappings/hospital-a.yaml:4 standards.bad-yaml")]
    [InlineData("mappings/hospital-a.yaml", "files:", "file:", "mappings/hospital-a.yaml:1 standards.missing-key", "mappings/hospital-a.yaml:9 standards.unknown-key")]
    [InlineData("mappings/feed.yaml", "SPM-4.1", "SPM.4.1", "mappings/feed.yaml:11 standards.bad-path")]
    [InlineData("mappings/feed.yaml", "OBX-2 in NM ST CE", "OBX-2 like NM", "mappings/feed.yaml:10 standards.bad-path")]
    [InlineData("mappings/feed.yaml", "OBX-2 in NM ST CE", "OBX-2 = NM and OBX2 exists", "mappings/feed.yaml:10 standards.bad-path")]
    [InlineData("mappings/hospital-a.yaml", "dataset: lab.result", "where: A = B\n    dataset: lab.result", "mappings/hospital-a.yaml:13 standards.unknown-key")]
    [InlineData("mappings/feed.yaml", "ORU^R01", "ORU-R01", "mappings/feed.yaml:7 standards.bad-path")]
    [InlineData("mappings/feed.yaml", "id: feed", "id: hospital-a", "mappings/hospital-a.yaml:1 standards.duplicate-id")]
    [InlineData("mappings/codes/hospital-a-sex.csv", "M,1", "M,l", "mappings/codes/hospital-a-sex.csv:2 standards.code-map-target")]
    [InlineData("mappings/codes/hospital-a-sex.csv", "F,2", "M,2", "mappings/codes/hospital-a-sex.csv:3 standards.duplicate-id")]
    public void A_mistake_is_found_with_file_line_and_code(string file, string piece, string mistake, params string[] expected)
    {
        using var small = new SmallRegistry();
        small.Edit(file, piece, mistake);
        var problems = small.Problems();
        Assert.Equal(expected, problems);
    }

    [Theory]
    [InlineData("elements.csv", "flag,1.0.0", "code,1.0.0", "elements.csv:9 standards.duplicate-id", "items/lab.result.csv:9 standards.unknown-element")]
    [InlineData("elements.csv", "S3,N1,sex,WS 363", "S3,N1,sex,WS,363", "elements.csv:4 standards.bad-csv")]
    [InlineData("elements.csv", "local_id,1.0.0", "local id,1.0.0", "elements.csv:2 standards.name")]
    [InlineData("valuesets.csv", "sex,2.16.156.1", "s;x,2.16.156.1", "valuesets.csv:2 standards.name")]
    [InlineData("valuesets.csv", "specimen,,1.0.0", "sex,,1.0.0", "valuesets.csv:3 standards.duplicate-id")]
    [InlineData("codes/specimen.csv", "01,血", ",血", "codes/specimen.csv:2 standards.name")]
    [InlineData("datasets.csv", "lab.result,1.0.0", "select.result,1.0.0", "datasets.csv:3 standards.name")]
    [InlineData("datasets.csv", "lab.result,1.0.0", "lab_result,1.0.0", "datasets.csv:3 standards.name")]
    [InlineData("datasets.csv", "lab.result,1.0.0", "lab.Result,1.0.0", "datasets.csv:3 standards.name", "datasets.csv:3 standards.no-items")]
    [InlineData("items/lab.result.csv", "value,HDSD1", "limit,HDSD1", "checks.csv:2 standards.unknown-item", "items/lab.result.csv:8 standards.name")]
    [InlineData("items/lab.result.csv", "value,HDSD1", "Value,HDSD1", "items/lab.result.csv:8 standards.name")]
    [InlineData("items/lab.result.csv", "abnormal,,flag", "value,,flag", "items/lab.result.csv:9 standards.duplicate-id")]
    [InlineData("units.csv", "mmol/L,毫", "mmol L,毫", "items/lab.result.csv:8 standards.unknown-unit", "units.csv:2 standards.name")]
    public void A_mistake_in_an_id_is_found_where_it_is_and_where_the_id_is_used(string file, string piece, string mistake, params string[] expected)
    {
        using var small = new SmallRegistry();
        small.Edit(file, piece, mistake);
        var problems = small.Problems();
        foreach (var line in expected) Assert.Contains(line, problems);
    }

    [Theory]
    [InlineData("OBX-2 in NM ST CE and OBR-24 != RAD")]
    [InlineData("PID-3[5=MR].1 exists")]
    [InlineData("OBX-3.2 = \"this and that\" and OBX-2=NM")]
    [InlineData("NTE-3!=x")]
    public void Conditions_of_a_mapping_are_read(string where)
    {
        using var small = new SmallRegistry();
        small.Edit("mappings/feed.yaml", "OBX-2 in NM ST CE", $"'{where}'");
        Assert.Empty(small.Load().Problems);
    }

    [Fact]
    public void One_mistake_is_one_problem()
    {
        using var small = new SmallRegistry();
        small.Edit("elements.csv", "S3,AN..20", "S9,AN..20");
        Assert.Equal(["elements.csv:8 standards.bad-type"], small.Problems());
    }

    [Fact]
    public void All_mistakes_of_all_files_are_found_in_one_run()
    {
        using var small = new SmallRegistry();
        small.Edit("elements.csv", "S1,AN..36", "S1,XX")
            .Edit("checks.csv", "value > 1", "value >")
            .Edit("items/person.person.csv", "0..1,,2,keep", "maybe,,9,hide")
            .Edit("mappings/feed.yaml", "SPM-4.1", "?");
        Assert.Equal(
            [
                "checks.csv:2 standards.bad-expression",
                "elements.csv:2 standards.bad-format",
                "items/person.person.csv:4 standards.bad-value",
                "items/person.person.csv:4 standards.no-deid",
                "items/person.person.csv:4 standards.no-level",
                "mappings/feed.yaml:11 standards.bad-path",
            ],
            small.Problems());
    }

    [Fact]
    public void The_name_that_was_meant_is_suggested()
    {
        using var small = new SmallRegistry();
        small.Edit("items/lab.result.csv", "value,HDSD1,amount", "value,HDSD1,amuont");
        var problem = Assert.Single(small.Load().Problems);
        Assert.Equal("unknown data element 'amuont'; did you mean 'amount'?", problem.Message.ToString());
        Assert.EndsWith("items/lab.result.csv:8: standards.unknown-element: " + problem.Message, problem.ToString().Replace('\\', '/'), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_an_entry_and_an_entry_without_a_file_are_problems()
    {
        using var small = new SmallRegistry();
        small.Write("codes/orphan.csv", "code,name_zh,name_en\n1,一,One\n").Write("items/lab.orphan.csv", "item,element\n")
            .Delete("codes/sex.csv").Delete("items/person.person.csv");
        var problems = small.Problems();
        Assert.Contains("codes/orphan.csv:1 standards.unknown-value-set", problems);
        Assert.Contains("items/lab.orphan.csv:1 standards.unknown-data-set", problems);
        Assert.Contains("valuesets.csv:2 standards.no-codes", problems);
        Assert.Contains("datasets.csv:2 standards.no-items", problems);
    }

    [Fact]
    public void A_folder_that_is_no_registry_is_a_problem()
    {
        using var small = new SmallRegistry();
        small.Delete("elements.csv").Delete("datasets.csv");
        Assert.Contains("elements.csv:1 standards.missing-file", small.Problems());
        Assert.Contains("datasets.csv:1 standards.missing-file", small.Problems());

        var load = RegistryLoader.Load(Path.Combine(small.Folder, "nowhere"));
        Assert.Null(load.Registry);
        Assert.Equal((ProblemKind.NotFound, "standards.no-registry"), (load.Whole.Problem!.Kind, load.Whole.Problem.Code));
    }

    [Fact]
    public void A_file_saved_in_gb18030_is_refused_with_its_line()
    {
        using var small = new SmallRegistry();
        var path = Path.Combine(small.Folder, "codes", "sex.csv");
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        
        // Line 2 (未知) happens to be valid UTF-8 in GB18030 too; line 3 is not.
        File.WriteAllBytes(path, Encoding.GetEncoding("gb18030").GetBytes(File.ReadAllText(path)));
        Assert.Contains("codes/sex.csv:3 standards.not-utf8", small.Problems());
    }

    [Fact]
    public void A_quote_that_is_never_closed_is_reported_where_it_opens()
    {
        using var small = new SmallRegistry();
        small.Edit("elements.csv", ",出生日期", ",\"出生日期");
        Assert.Contains("elements.csv:5 standards.bad-csv", small.Problems());
    }

    [Fact]
    public void A_byte_order_mark_quotes_line_breaks_and_blank_lines_are_read()
    {
        using var small = new SmallRegistry();
        small.Write("units.csv", "\uFEFFcode,name_zh,name_en\r\n\r\nmmol/L,\"毫摩尔\r\n每升\",\"mmol \"\"per\"\" litre\"\r\n,,\r\n");
        Assert.Empty(small.Problems());
        Assert.Equal("mmol \"per\" litre", small.Load().Registry!.Units["mmol/L"].En);
    }

    [Fact]
    public void The_version_in_force_is_seen_and_the_superseded_one_stays_in_the_file()
    {
        using var small = new SmallRegistry();
        small.Edit("elements.csv", "S1,A..50,,WS 363", "S1,A..50,,WS 363\nname,0.9.0,superseded,,姓名,Name,,,S1,A..20,,WS 363\nname,2.0.0,draft,,姓名,Name,,,S1,A..80,,WS 363");
        var load = small.Load();
        Assert.Empty(load.Problems);
        Assert.Equal("1.0.0", load.Registry!.Elements["name"].Version);
    }

    [Fact]
    public void Two_versions_in_force_are_a_problem()
    {
        using var small = new SmallRegistry();
        small.Edit("elements.csv", "S1,A..50,,WS 363", "S1,A..50,,WS 363\nname,1.1.0,standard,,姓名,Name,,,S1,A..20,,WS 363");
        Assert.Equal(["elements.csv:4 standards.duplicate-id"], small.Problems());
    }

    [Fact]
    public void The_fingerprint_changes_with_any_file_and_only_then()
    {
        using var small = new SmallRegistry();
        var before = small.Load().Registry!.Fingerprint;
        small.Write("README.md", "not part of the registry");
        Assert.Equal(before, small.Load().Registry!.Fingerprint);
        small.Edit("codes/sex.csv", "Unknown", "Not known");
        Assert.NotEqual(before, small.Load().Registry!.Fingerprint);
        Assert.Equal(32, before.Length);
    }

    [Fact]
    public void Garbage_in_any_file_gives_problems_and_never_an_exception()
    {
        using var small = new SmallRegistry();
        var random = new Random(7);
        foreach (var path in Directory.EnumerateFiles(small.Folder, "*", SearchOption.AllDirectories).ToArray())
        {
            var sound = File.ReadAllBytes(path);
            for (var round = 0; round < 30; round++)
            {
                var broken = (byte[])sound.Clone();
                for (var i = 0; i < 3; i++) broken[random.Next(broken.Length)] = (byte)random.Next(round % 2 == 0 ? 128 : 256);
                File.WriteAllBytes(path, round % 3 == 0 ? broken[..random.Next(broken.Length)] : broken);
                Assert.NotNull(small.Load().Registry);
            }

            File.WriteAllBytes(path, sound);
        }

        Assert.Empty(small.Load().Problems);
    }

    [Fact]
    public void A_longer_code_needs_a_new_version_of_the_type_and_leaves_the_old_one_alone()
    {
        const string Sex = "DE02.01.040.00,1.0.0,standard,,性别代码,Sex,,,S3,N1,sex,WS 363\n";
        using var small = new SmallRegistry();
        small.Edit("codes/sex.csv", "2,女,Female,\n", "2,女,Female,\n10,其他,Other,\n");
        Assert.Equal(["elements.csv:4 standards.bad-format"], small.Problems());
        small.Edit("elements.csv", Sex, Sex.Replace("standard", "superseded", StringComparison.Ordinal) + Sex.Replace("1.0.0", "1.1.0", StringComparison.Ordinal).Replace("N1", "AN..2", StringComparison.Ordinal));
        Assert.Empty(small.Problems());
    }
}
