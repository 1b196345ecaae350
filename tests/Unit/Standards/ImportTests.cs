using Xunit;
using Yunnao.Services.RegistryImport;
using Yunnao.Standards;
using Yunnao.Standards.Search;

namespace Yunnao.Tests.Unit.Standards;

public sealed class ImportTests : IDisposable
{
    private readonly ImportFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_code_list_with_Chinese_headers_becomes_a_value_set_with_attributes_and_parents()
    {
        var report = _folder.Import("codes", "colours.csv", "代码,名称,上级代码,明度\n1,红,,3\n11,深红,1,2\n1,红,,3\n2,蓝,9,1\n,无,,\n", new() { Id = "COLOUR", NameEn = "Colours", NameZh = "颜色" });
        var set = _folder.Load().ValueSets["COLOUR"];
        Assert.Equal(["1", "11", "2"], set.Codes.Keys);
        Assert.Equal(("1", new Names("深红", "深红")), (set.Codes["11"].Parent, set.Codes["11"].Name));
        Assert.Null(set.Codes["2"].Parent);
        Assert.Contains(report.LeftOut, l => l is { Reason: "code-twice", Count: 1 });
        Assert.Contains(report.LeftOut, l => l is { Reason: "code-empty", Count: 1 });
    }

    [Fact]
    public void One_file_can_hold_many_lists()
    {
        _folder.Import("codes", "lists.csv", "list,code,name\n参照 CV05.10.019 入院病情,1,有\n参照 CV05.10.019 入院病情,2,无\n颜色,1,红\n", new() { ListColumn = "list" });
        var registry = _folder.Load();
        Assert.Equal(2, registry.ValueSets["CV05.10.019"].Codes.Count);
        Assert.Equal(2, registry.ValueSets.Count);
    }

    [Fact]
    public void The_same_file_again_changes_nothing_and_another_content_is_left_out_until_its_version_is_higher()
    {
        const string First = "code,name\n1,one\n", Second = "code,name\n1,one\n2,two\n";
        _folder.Import("codes", "a.csv", First);
        Assert.Equal((0, 1), _folder.Import("codes", "a.csv", First).Counts["value-sets"]);
        Assert.Contains(_folder.Import("codes", "a.csv", Second).LeftOut, l => l.Reason == "published");
        Assert.Single(_folder.Load().ValueSets["a"].Codes);
        _folder.Import("codes", "a.csv", Second, new() { Version = "1.1.0" });
        var set = _folder.Load().ValueSets["a"];
        Assert.Equal(("1.1.0", 2), (set.Version, set.Codes.Count));
        Assert.Contains(_folder.Import("codes", "a.csv", First).LeftOut, l => l.Reason == "published");
    }

    [Fact]
    public void FHIR_value_sets_are_expanded_and_those_that_cannot_be_known_are_left_out_whole()
    {
        var report = _folder.Import("fhir", "definitions.ndjson",
            """
            {"resourceType":"CodeSystem","id":"animals","url":"http://x/animals","version":"1.0.0","status":"active","title":"Animals","content":"complete","concept":[{"code":"mammal","display":"Mammal","concept":[{"code":"dog","display":"Dog"},{"code":"cat","display":"Cat"}]},{"code":"bird","display":"Bird"}]}
            {"resourceType":"ValueSet","id":"mammals","url":"http://x/vs/mammals","version":"1.0.0","status":"active","title":"Mammals","identifier":[{"value":"urn:oid:1.2.3.4"}],"compose":{"include":[{"system":"http://x/animals","filter":[{"property":"concept","op":"is-a","value":"mammal"}]}],"exclude":[{"system":"http://x/animals","concept":[{"code":"cat"}]}]}}
            {"resourceType":"ValueSet","id":"half","url":"http://x/vs/half","status":"active","title":"Half","compose":{"include":[{"system":"http://x/animals"},{"system":"http://snomed.info/sct","filter":[{"property":"concept","op":"is-a","value":"1"}]}]}}
            {"resourceType":"StructureDefinition","id":"Visit","url":"http://x/Visit","version":"4.0.1","title":"Visit","kind":"resource","type":"Visit","abstract":false,"snapshot":{"element":[{"id":"Visit","path":"Visit"},{"id":"Visit.id","path":"Visit.id","max":"1","type":[{"code":"id"}]},{"id":"Visit.kind","path":"Visit.kind","short":"Kind","min":1,"max":"1","type":[{"code":"code"}],"binding":{"strength":"required","valueSet":"http://x/vs/mammals|1.0.0"}},{"id":"Visit.value[x]","path":"Visit.value[x]","max":"1","type":[{"code":"Quantity"},{"code":"string"}]},{"id":"Visit.subject","path":"Visit.subject","min":1,"max":"1","type":[{"code":"Reference"}]},{"id":"Visit.started","path":"Visit.started","max":"1","type":[{"code":"dateTime"}]}]}}
            {"resourceType":"ConceptMap","id":"map","group":[{"element":[{"code":"dog","target":[{"code":"D","equivalence":"equivalent"},{"code":"E"}]},{"code":"cat","target":[{"code":"C","equivalence":"unmatched"}]}]}]}
            """);
        var registry = _folder.Load();
        var set = registry.ValueSets["FHIR.mammals"];
        Assert.Equal(["mammal", "dog"], set.Codes.Keys);
        Assert.Equal("1.2.3.4", set.Oid);
        Assert.False(registry.ValueSets.ContainsKey("FHIR.half"));
        Assert.Contains(report.LeftOut, l => l is { Reason: "fhir-unknown-system", Count: 1 });
        var visit = registry.DataSets["fhir.visit"];
        Assert.Equal(["id", "kind", "value_quantity_value", "value_quantity_unit", "value_string", "subject", "started"], visit.Items.Select(i => i.Name));
        Assert.Equal("valueQuantity.value", visit.Find("value_quantity_value")!.Paths["fhir"]);
        Assert.Equal(set.Id, visit.Find("kind")!.ValueSet!.Id);
        Assert.Equal(("subject", "started", Deid.Vault), (visit.Subject!.Name, visit.Time.Name, visit.Subject.Deid));
        Assert.Equal("D", Assert.Single(registry.CodeMaps["FHIR.map"].Codes).Value);
    }

    [Fact]
    public void OMOP_tables_become_data_sets_and_the_checks_of_one_row_follow_them()
    {
        _folder.Import("omop", "OMOP_CDMv5.4_Field_Level.csv",
            """"
            cdmTableName,cdmFieldName,isRequired,cdmDatatype,userGuidance,isPrimaryKey
            visit,visit_id,Yes,integer,The key,Yes
            visit,person_id,Yes,integer,NA,No
            visit,start_date,Yes,date,NA,No
            visit,end_date,No,date,NA,No
            visit,"""offset""",No,varchar(50),NA,No
            site,site_id,Yes,integer,NA,Yes
            """");
        var report = _folder.Import("dqd", "OMOP_CDMv5.4_Field_Level_dqd.csv",
            "cdmTableName,cdmFieldName,plausibleValueLow,plausibleValueHigh,plausibleStartBeforeEnd,plausibleStartBeforeEndFieldName,isForeignKey\n"
            + "VISIT,start_date,'19500101',\"DATEADD(dd,1,GETDATE())\",Yes,END_DATE,No\nVISIT,person_id,NOW(),,No,,Yes\n");
        var registry = _folder.Load();
        var visit = registry.DataSets["omop54.visit"];
        Assert.Equal(("visit_id", "person_id", "start_date"), (visit.RecordKey.Single().Name, visit.Subject!.Name, visit.Time.Name));
        Assert.Equal("visit.offset", visit.Find("offset_value")!.Paths["omop"]);
        Assert.Equal("extracted_date", registry.DataSets["omop54.site"].Time.Name);
        Assert.Equal(["start_date >= date '1950-01-01'", "start_date <= current_date + interval 1 day", "start_date <= end_date"], visit.Rules.Select(r => r.Expression));
        Assert.Contains(report.LeftOut, l => l.Reason == "dqd-foreign-sql");
        Assert.Contains(report.LeftOut, l => l.Reason == "dqd-no-data-set");
    }

    [Fact]
    public void HL7_tables_and_segments_are_read_in_any_order()
    {
        File.WriteAllText(_folder.FileOf("tables.json"), """{"1":{"desc":"Sex","values":{"F":"Female","M":"Male"}}}""");
        File.WriteAllText(_folder.FileOf("2.5.1_segments.json"),
            """{"PID":{"desc":"Patient","fields":[{"datatype":"SI","desc":"Set ID","len":4},{"datatype":"ID","desc":"Sex","len":1,"table":1},{"datatype":"ST","desc":"Sex","len":20}]}}""");
        _folder.Import("hl7v2", [_folder.FileOf("2.5.1_segments.json"), _folder.FileOf("tables.json")]);
        var registry = _folder.Load();
        var pid = registry.DataSets["hl7v251.pid"];
        Assert.Equal(["message_control_id", "set_id", "sex", "sex_2", "message_time"], pid.Items.Select(i => i.Name));
        Assert.Equal(("PID-2", "HL7.0001"), (pid.Find("sex")!.Paths["hl7v2"], pid.Find("sex")!.ValueSet!.Id));
    }

    [Fact]
    public void ICD_lists_and_maps_are_told_apart_by_their_lines()
    {
        File.WriteAllText(_folder.FileOf("ZD_INFO.dat"), "A00.000 霍乱\nA00.100x001 埃尔托霍乱\n");
        File.WriteAllText(_folder.FileOf("ZD_MAP.dat"), "A00.000 A00.000\nA00.9 A00.000\n");
        File.WriteAllText(_folder.FileOf("SS_INFO.dat"), "00.0100 治疗性超声\n");
        File.WriteAllText(_folder.FileOf("CC.dat"), "A00.000 3\n");
        _folder.Import("icd", [_folder.FileOf("ZD_MAP.dat"), _folder.FileOf("CC.dat"), _folder.FileOf("ZD_INFO.dat"), _folder.FileOf("SS_INFO.dat")]);
        var registry = _folder.Load();
        Assert.Equal(2, registry.ValueSets["ICD10"].Codes.Count);
        Assert.Single(registry.ValueSets["ICD9CM3"].Codes);
        Assert.Equal("A00.000", registry.CodeMaps["icd10-clinical-insurance"].Codes["A00.9"]);
        Assert.Equal(("霍乱", "3"), (registry.ValueSets["CHSDRG.CC"].Codes["A00.000"].Name.Zh, registry.ValueSets["CHSDRG.CC"].Codes["A00.000"].Attributes["exclusion"]));
    }

    [Fact]
    public void UCUM_units_come_from_the_essence_and_from_tables()
    {
        _folder.Import("ucum", "ucum.xml", "<root xmlns='u'><prefix Code='k'><name>kilo</name></prefix><base-unit Code='m'><name>meter</name></base-unit><unit Code='[pH]'><name>pH</name></unit></root>");
        _folder.Import("ucum", "more.csv", "case-sensitive code,name (display),synonyms\nmmol/L,millimole per liter,\nm,metre,\n%,,percents\n");
        var units = _folder.Load().Units;
        Assert.Equal(["m", "[pH]", "mmol/L", "%"], units.Keys);
        Assert.Equal("percents", units["%"].En);
    }

    [Fact]
    public void A_template_that_is_exported_imports_as_what_it_was()
    {
        using var small = new SmallRegistry();
        var registry = small.Load().Whole.Value;
        var path = _folder.FileOf("template.xlsx");
        using (var file = File.Create(path)) TemplateWorkbook.Write(file, registry, [registry.DataSets["lab.result"]], (_, _) => "what to write here");
        File.WriteAllText(_folder.FileOf("units.csv"), "code,name\nmmol/L,millimole per litre\n");
        _folder.Import("ucum", [_folder.FileOf("units.csv")]);
        var report = _folder.Import("template", [path]);
        Assert.Empty(report.LeftOut);
        var back = _folder.Load();
        var (old, now) = (registry.DataSets["lab.result"], back.DataSets["lab.result"]);
        Assert.Empty(Yunnao.Standards.Compare.RegistryDiff.Between(Only(registry, old), Only(back, now)));
        Assert.Equal("BldV", back.ValueSets["specimen"].Codes["0101"].Attributes["loinc_system"]);

        static Registry Only(Registry registry, DataSet set) => new()
        {
            DataSets = new Dictionary<string, DataSet> { [set.Id] = set },
            Elements = set.Items.Select(i => i.Element).DistinctBy(e => e.Id).ToDictionary(e => e.Id),
            ValueSets = set.Items.Select(i => i.ValueSet).OfType<ValueSet>().DistinctBy(v => v.Id).ToDictionary(v => v.Id),
            Mappings = new Dictionary<string, SourceMapping>(),
            CodeMaps = new Dictionary<string, CodeMap>(),
            Units = registry.Units,
            Fingerprint = "",
        };
    }

    [Theory]
    [InlineData("codes", "no.csv", "a,b\n1,2\n", "import.no-columns")]
    [InlineData("codes", "broken.xlsx", "this is no workbook", "xlsx.unreadable")]
    [InlineData("template", "broken.xlsx", "this is no workbook", "xlsx.unreadable")]
    [InlineData("fhir", "broken.json", "{", "import.unreadable")]
    [InlineData("fhir", "broken.ndjson.gz", "no gzip", "import.unreadable")]
    [InlineData("hl7v2", "list.json", "[1]", "import.unreadable")]
    [InlineData("omop", "other.csv", "a,b\n1,2\n", "import.no-columns")]
    [InlineData("ucum", "evil.xml", "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", "import.unreadable")]
    public void A_file_of_another_kind_is_a_problem_with_its_name(string kind, string name, string text, string code)
    {
        File.WriteAllText(_folder.FileOf(name), text);
        var problem = RegistryImporter.Run(new(kind, [_folder.FileOf(name)], _folder.Registry, new())).Problem;
        Assert.Equal(code, problem?.Code);
        Assert.EndsWith(name, problem!.Where!.File, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_imported_is_found()
    {
        _folder.Import("codes", "a.csv", "code,name\n1,quartz\n");
        Assert.Equal("a:1", RegistrySearch.Find(_folder.Load(), "quartz", 1)[0].Id);
    }
}
