using Xunit;
using Yunnao.Services.Grouping;

namespace Yunnao.Tests.Unit.Grouping;

public sealed class GrouperTests : IDisposable
{
    private const string Groups = """
        group,parent,name,main_diagnosis,any_diagnosis,main_operation,operations,no_operation,parts,least_parts,complication,sex,years,days,weight
        MDCA,,before all,,,or,,,,,,,,,
        AA1,MDCA,,,,transplant,,,,,,,,,
        AA19,AA1,transplantation,,,,,,,,,,,,
        MDCP,,newborns,newborn,,,,,,,,,0..0,,
        PS1,MDCP,,,preterm,,,,,,,,,..28,..1499
        PS19,PS1,very small,,,,,,,,,,,,
        MDCZ,,injuries,injury,,,,,head chest leg,2,,,,,
        ZZ1,MDCZ,,,,,,or,,,,,,,
        ZZ19,ZZ1,injuries without operation,,,,,,,,,,,,
        MDCM,,men,male,,,,,,,,1,,,
        MZ1,MDCM,,,,,,,,,,,,,
        MZ19,MZ1,diseases of men,,,,,,,,,,,,
        MDCG,,digestion,gut injury,,,,,,,,,,,
        GA1,MDCG,,,,,stomach bowel,,,,,,,,
        GA1,MDCG,,,,both,,,,,,,,,
        GA19,GA1,large operation,,,,,,,,,,,,
        GZ1,MDCG,,gut,,,,,,,,,,,
        GZ11,GZ1,with MCC,,,,,,,,MCC,,,,
        GZ13,GZ1,with CC,,,,,,,,CC,,,,
        GZ16,GZ1,old,,,,,,,,,,65..,,
        GZ15,GZ1,without,,,,,,,,,,,,

        """;

    private const string Lists = """
        list,code
        or,op1
        or,stomach1
        transplant,op1
        newborn,n1
        preterm,p1
        injury,i1
        head,i1
        head,h1
        chest,c1
        leg,l1
        male,m1
        gut,g1
        gut,g2
        stomach,stomach1
        bowel,bowel1
        both,both1

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-grouper-").FullName;

    public GrouperTests()
    {
        Write("groups", Groups);
        Write("lists", Lists);
        Write("complications", "code,level,exclusion\nmcc1,MCC,7\ncc1,CC,8\ncc2,CC,9\n");
        Write("exclusions", "main_diagnosis,exclusion\ng2,8\n");
        Write("translations", "source,target\nG1,g1\nCC1,cc1\ng2,g2\n");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("g1", "", "MDCG GZ1 GZ15")]
    [InlineData("g1 cc1", "", "MDCG GZ1 GZ13")]
    [InlineData("g1 cc1 mcc1", "", "MDCG GZ1 GZ11")]
    [InlineData("g2 cc1", "", "MDCG GZ1 GZ15")]
    [InlineData("g2 cc1 cc2", "", "MDCG GZ1 GZ13")]
    [InlineData("cc1 g1", "", "")]
    [InlineData("g1", "op1", "MDCA AA1 AA19")]
    [InlineData("g1", "x op1", "MDCG GZ1 GZ15")]
    [InlineData("g1", "stomach1", "MDCG GZ1 GZ15")]
    [InlineData("g1", "stomach1 bowel1", "MDCG GA1 GA19")]
    [InlineData("g1", "both1", "MDCG GA1 GA19")]
    [InlineData("i1 h1", "", "")]
    [InlineData("i1 c1", "", "MDCZ ZZ1 ZZ19")]
    [InlineData("i1 c1", "stomach1", "")]
    public void A_case_gets_the_first_group_whose_conditions_hold(string diagnoses, string operations, string path)
    {
        var grouped = Open().Group(new("1", "2", 40, null, null, Codes(diagnoses), Codes(operations)));
        Assert.Equal(path, string.Join(' ', grouped.Path));
        Assert.Equal(path.Length > 0 ? GroupStatus.Grouped : GroupStatus.Ungrouped, grouped.Status);
    }

    [Theory]
    [InlineData("2", 70, null, null, "g1", "GZ16")]
    [InlineData("1", 40, null, null, "m1", "MZ19")]
    [InlineData("2", 40, null, null, "m1", "")]
    [InlineData("1", 0, 10, 1499, "n1 p1", "PS19")]
    [InlineData("1", 0, 10, 1500, "n1 p1", "")]
    [InlineData("1", 0, 29, 1400, "n1 p1", "")]
    public void Sex_age_and_weight_are_conditions(string sex, int years, int? days, int? weight, string diagnoses, string drg) =>
        Assert.Equal(drg, Open().Group(new("1", sex, years, days, weight, Codes(diagnoses), [])).Drg);

    [Theory]
    [InlineData("1", 40, null, null, "", GroupStepKind.NoDiagnosis)]
    [InlineData("9", 40, null, null, "g1", GroupStepKind.NoSex)]
    [InlineData("1", null, null, null, "g1", GroupStepKind.NoAge)]
    [InlineData("1", 0, null, 3000, "g1", GroupStepKind.NoAge)]
    [InlineData("1", 0, 5, null, "n1", GroupStepKind.NoWeight)]
    public void A_case_that_lacks_something_says_what(string sex, int? years, int? days, int? weight, string diagnoses, GroupStepKind lack)
    {
        var grouped = Open().Group(new("1", sex, years, days, weight, Codes(diagnoses), []));
        Assert.Equal((GroupStatus.Incomplete, lack), (grouped.Status, grouped.Steps[^1].Kind));
    }

    [Fact]
    public void The_way_to_the_group_is_told_step_by_step()
    {
        var steps = Open().Group(new("1", "2", 40, null, null, ["g2", "cc1", "cc2"], ["op2", "stomach1", "bowel1"]), explain: true).Steps;
        Assert.Equal(
            [
                "ExclusionTable  g2 8", "Excluded  cc1 8", "MinorComplication  cc2 9", "MainDiagnosis MDCG g2 gut", "Enters MDCG  digestion", "Operation GA1 stomach1 stomach",
                "Operation GA1 bowel1 bowel", "Enters GA1", "Enters GA19  large operation", "Found GA19  large operation",
            ],
            steps.Select(s => $"{s.Kind} {s.Group} {s.Code} {s.Other}".TrimEnd()));
    }

    [Fact]
    public void Clinical_codes_are_translated_and_what_has_no_translation_is_said()
    {
        var grouped = Open().Group(new("1", "2", 40, null, null, ["G1", "CC1", "unknown"], []), explain: true, translate: true);
        Assert.Equal("GZ13", grouped.Drg);
        Assert.Equal(["Translated G1 g1", "Translated CC1 cc1", "Untranslated unknown "], grouped.Steps.Take(3).Select(s => $"{s.Kind} {s.Code} {s.Other}"));
    }

    [Theory]
    [InlineData("groups", "GZ1,MDCG,,gut", "GZ1,MDCG,,nothing", "drg.bad-rules", 17)]
    [InlineData("groups", "GA1,MDCG,,,,,", "GA1,MDCX,,,,,", "drg.bad-rules", 14)]
    [InlineData("groups", ",MCC,", ",BIG,", "drg.bad-rules", 18)]
    [InlineData("groups", "65..", "65-", "drg.bad-rules", 20)]
    [InlineData("groups", ",2,,,,,", ",4,,,,,", "drg.bad-rules", 7)]
    [InlineData("complications", "MCC", "XCC", "drg.bad-rules", 1)]
    public void A_mistake_in_the_rules_is_found_with_file_and_row(string table, string old, string with, string code, int row)
    {
        var file = Path.Combine(_folder, table + ".csv");
        var text = File.ReadAllText(file);
        Assert.Contains(old, text, StringComparison.Ordinal);
        var at = text.IndexOf(old, StringComparison.Ordinal);
        File.WriteAllText(file, string.Concat(text.AsSpan(0, at), with, text.AsSpan(at + old.Length)));
        var problem = Grouper.Open(_folder).Problem!;
        Assert.Equal((code, (long)row, file), (problem.Code, problem.Where!.Record, problem.Where.File));
    }

    [Fact]
    public void A_folder_without_rules_says_so() => Assert.Equal("drg.no-rules", Grouper.Open(Path.Combine(_folder, "nothing")).Problem!.Code);

    [Fact]
    public void A_scheme_of_OpenDRG_becomes_rules()
    {
        var scheme = Scheme("  if True and record.zdList[0] in adrg_zd and (\"1\" in ss_matched or (\"2\" in ss_matched and \"3\" in ss_matched)):");
        var rules = Path.Combine(_folder, "rules");
        Assert.Equal((7, 10), OpenDrgImporter.Import(scheme, rules).Value);
        var grouper = Grouper.Open(rules).Value;
        Assert.Equal("XA13", grouper.Group(new("1", "2", 40, null, null, ["x1", "c1"], ["1.1"])).Drg);
        Assert.Equal("XA15", grouper.Group(new("1", "2", 40, null, null, ["x1"], ["2.2", "3.3"])).Drg);
        Assert.Equal("", grouper.Group(new("1", "2", 40, null, null, ["x1"], ["2.2"])).Drg);
        Assert.Equal("YA19", grouper.Group(new("1", "1", 0, 3, 1800, ["y1"], ["1.1"])).Drg);
        Assert.Equal("", grouper.Group(new("1", "1", 0, 3, 2000, ["y1"], ["1.1"])).Drg);
    }

    [Fact]
    public void A_rule_of_a_scheme_that_nothing_reads_is_a_problem_and_nothing_is_written()
    {
        var scheme = Scheme("  if True and record.dept in dept_list:");
        var problem = OpenDrgImporter.Import(scheme, Path.Combine(_folder, "rules")).Problem!;
        Assert.Equal(("drg.unknown-rule", 4L), (problem.Code, problem.Where!.Line));
        Assert.False(Directory.Exists(Path.Combine(_folder, "rules")));
    }

    private string Scheme(string condition)
    {
        var scheme = Path.Combine(_folder, "scheme");
        Put("Grouper.py", "  result=MDCY.group(record)\n  result=MDCX.group(record)\n");
        Put("MDC/MDCX.py", "  mdc_zd=[\"x1\",\"x2\"]\n  if not (True and record.zdList[0] in mdc_zd):\n  result=XA1.group(record)\n");
        Put("MDC/MDCY.py", "  mdc_zd=[\"y1\"]\n  if not (True and record.zdList[0] in mdc_zd and record.gender==1 and int(record.age)==0):\n  result=YA1.group(record)\n");
        Put("ADRG/XA1.py", $"  adrg_zd=[\"x1\"]\n  adrg_ss=[\"1.1\",\"2.2\",\"3.3\"]\n  adrg_ss1=[\"1\",\"2\",\"3\"]\n{condition}\n    if MDCX_DRG.XA13_group(record):\n    if MDCX_DRG.XA15_group(record):\n");
        Put("ADRG/YA1.py", "  adrg_zd=[\"y1\"]\n  if True and intersect(record.zdList,adrg_zd) and record.ssList and record.ssList[0] in SS_VALID and record.weight and record.weight>=1500 and record.weight<2000 and record.ageDay!=None and record.ageDay<=28:\n    if MDCY_DRG.YA19_group(record):\n");
        Put("DRG/MDCX_DRG.py", "def XA13_group(record):\n  return len(record.zdList)>1 and (has_mcc(record.zdList[0],record.zdList[1:]) or has_cc(record.zdList[0],record.zdList[1:]))\ndef XA15_group(record):\n  return True\n");
        Put("DRG/MDCY_DRG.py", "def YA19_group(record):\n  return True\n");
        Put("DATA/CC.dat", "c1 5\n");
        Put("DATA/SS_VALID.dat", "1.1 operation\n2.2 operation\n");
        return scheme;

        void Put(string file, string text)
        {
            var path = Path.Combine(scheme, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }
    }

    private Grouper Open() => Grouper.Open(_folder).Value;

    private static string[] Codes(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private void Write(string table, string text) => File.WriteAllText(Path.Combine(_folder, table + ".csv"), text);
}
