using System.Diagnostics;
using System.Globalization;
using Xunit;
using Yunnao.Kernel;
using Yunnao.Services.Grouping;

namespace Yunnao.Tests.Conformance.Grouping;

/// <summary>Cases whose CHS-DRG groups others have stated.</summary>
public sealed class ChsDrgTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-drg-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_published_cases_get_the_groups_that_are_published_with_them()
    {
        var shared = Shared();
        foreach (var file in Directory.EnumerateFiles(Near("tests/Conformance/Grouping/chs-drg-1.1-cases"))) File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
        Assert.True(OpenDrgImporter.Import(Path.Combine(shared, "chs_drg_11"), _folder).Ok);
        var grouper = Grouper.Open(_folder).Value;
        var cases = CaseTable.Open(Path.Combine(shared, "test_input.csv")).Value.Rows().ToList();
        Assert.Equal(30, cases.Count);
        Assert.Equal(24, cases.Count(c => c.Expected is not null));
        Assert.All(cases, c =>
        {
            var grouped = grouper.Group(c.Case);
            Assert.Equal(GroupStatus.Grouped, grouped.Status);
            if (c.Expected is { } expected) Assert.Equal(expected, grouped.Drg);
        });

        // The six that are published without a group: what the rules give them, so that a change shows.
        Assert.Equal(["RC19", "JD13", "BY23", "ZJ15", "ZZ15", "BZ15"], cases.Where(c => c.Expected is null).Select(c => grouper.Group(c.Case).Drg));
    }

    [Fact]
    public void Every_step_of_a_published_case_is_explained_by_a_code_or_a_list()
    {
        var shared = Shared();
        foreach (var file in Directory.EnumerateFiles(Near("tests/Conformance/Grouping/chs-drg-1.1-cases"))) File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
        OpenDrgImporter.Import(Path.Combine(shared, "chs_drg_11"), _folder);
        var grouper = Grouper.Open(_folder).Value;
        var discharged = CaseTable.Open(Path.Combine(shared, "test_input.csv")).Value.Rows().Select(c => c.Case).Single(c => c.Id == "22058878");
        Assert.Equal(
            [
                "ExclusionTable  K22.301 111", "MinorComplication  K11.901 110", "MainDiagnosis MDCG K22.301 MDCG.dx", "Enters MDCG", "MainDiagnosis GZ1 K22.301 GZ1.dx", "Enters GZ1",
                "Person GZ13  complication=CC", "Enters GZ13", "Found GZ13",
            ],
            grouper.Group(discharged, explain: true).Steps.Select(s => $"{s.Kind} {s.Group} {s.Code} {s.Other}".TrimEnd()));
    }

    /// <summary>The whole rules against the program they are from, over cases that are drawn by chance from its codes.</summary>
    [Fact]
    public void Ten_thousand_drawn_cases_get_the_groups_that_OpenDRG_gives_them()
    {
        var checkout = Environment.GetEnvironmentVariable("YUNNAO_OPENDRG");
        if (checkout is null) Assert.Skip("Set YUNNAO_OPENDRG to a checkout of github.com/OpenDRG/DRG_Python.");
        Assert.True(OpenDrgImporter.Import(Path.Combine(checkout, "drg_group", "chs_drg_11"), _folder).Ok);
        var grouper = Grouper.Open(_folder).Value;
        var cases = Drawn(10_000);
        var theirs = OpenDrg(checkout, cases);
        var clock = Stopwatch.StartNew();
        var ours = cases.Select(c => grouper.Group(c)).ToList();
        output.WriteLine($"{cases.Count} cases: ours {clock.Elapsed.TotalMilliseconds:0} ms, {ours.Count(g => g.Status == GroupStatus.Grouped)} grouped, {ours.Select(g => g.Drg).Distinct().Count()} groups");
        var differing = cases.Zip(ours, theirs).Where(t => (t.Second.Drg.Length == 0 ? "0000" : t.Second.Drg) != t.Third).Take(5).Select(t => $"{Line(t.First)}: {t.Second.Drg} / {t.Third}");
        Assert.Empty(differing);
        Assert.True(ours.Count(g => g.Status == GroupStatus.Grouped) > 5000);
    }

    private List<DischargedCase> Drawn(int count)
    {
        // Codes of the lists, so that conditions are met often; main diagnosis and main operation from lists of one category half of the time.
        var lists = File.ReadLines(Path.Combine(_folder, "lists.csv")).Skip(1).Select(l => l.Split(',')).Where(l => l.Length == 2).GroupBy(l => l[0], l => l[1]).ToDictionary(g => g.Key, g => g.ToArray());
        var diagnoses = lists.Where(l => l.Key.StartsWith("MDC", StringComparison.Ordinal) && l.Key.EndsWith(".dx", StringComparison.Ordinal)).ToList();
        var operations = lists.Where(l => l.Key.Contains(".op", StringComparison.Ordinal)).ToList();
        var chance = new Xoshiro256(20260101);
        string Pick(string[] codes) => codes[chance.NextInt(codes.Length)];
        var cases = new List<DischargedCase>();
        for (var i = 0; i < count; i++)
        {
            var category = diagnoses[chance.NextInt(diagnoses.Count)];
            var own = operations.Where(o => o.Key[0] == category.Key[3]).ToList();
            var adjacent = lists.Where(l => l.Key.Length == 6 && l.Key[0] == category.Key[3] && l.Key.EndsWith(".dx", StringComparison.Ordinal)).ToList();
            var main = adjacent.Count > 0 && chance.NextInt(2) == 0 ? adjacent[chance.NextInt(adjacent.Count)].Value : category.Value;
            var all = new List<string> { Pick(main) };
            for (var n = chance.NextInt(6); n > 0; n--) all.Add(Pick(diagnoses[chance.NextInt(diagnoses.Count)].Value));
            var done = new List<string>();
            for (var n = chance.NextInt(4); n > 0; n--) done.Add(Pick((own.Count > 0 && chance.NextInt(4) > 0 ? own : operations)[chance.NextInt(own.Count > 0 ? own.Count : operations.Count)].Value));
            var newborn = category.Key == "MDCP.dx" || chance.NextInt(20) == 0;
            var days = newborn ? chance.NextInt(60) : (1 + chance.NextInt(90)) * 365;
            cases.Add(new(i.ToString(CultureInfo.InvariantCulture), chance.NextInt(2) == 0 ? "1" : "2", days / 365, days, newborn ? 800 + chance.NextInt(3000) : null, all, done));
        }

        return cases;
    }

    private List<string> OpenDrg(string checkout, List<DischargedCase> cases)
    {
        var input = Path.Combine(_folder, "cases.txt");
        File.WriteAllLines(input, cases.Select(Line));

        // Its entry for lines of text leaves numbers as texts, which its rules of sex and weight do not fit; the record itself takes numbers.
        const string Program = """
            import sys
            from drg_group.chs_drg_11.Grouper_chs_drg_11 import Grouper_chs_drg_11
            from drg_group.chs_drg_11.Base import MedicalRecord
            grouper = Grouper_chs_drg_11()
            for line in open(sys.argv[1], encoding='utf-8'):
                no, sex, years, days, weight, diagnoses, operations = line.rstrip('\n').split(',')
                record = MedicalRecord(no, int(sex), int(years), int(days), int(weight) if weight else None, '', 1, '1', diagnoses.split('|'), operations.split('|') if operations else [])
                print(grouper.group(record).drg)
            """;
        var start = new ProcessStartInfo("python3", ["-c", Program, input]) { RedirectStandardOutput = true, WorkingDirectory = checkout };
        using var process = Process.Start(start)!;
        var answers = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToList();
        process.WaitForExit();
        Assert.Equal(cases.Count, answers.Count);
        return answers;
    }

    private static string Line(DischargedCase c) =>
        string.Create(CultureInfo.InvariantCulture, $"{c.Id},{c.Sex},{c.Years},{c.Days},{c.Weight},{string.Join('|', c.Diagnoses)},{string.Join('|', c.Operations)}");

    private static string Shared()
    {
        if (Up("shared/data/standards/cn-icd-drg") is not { } folder) Assert.Skip("shared/data/standards/cn-icd-drg is not beside this checkout");
        else return folder;
        return "";
    }

    private static string Near(string path) => Up(path) ?? throw new DirectoryNotFoundException(path);

    private static string? Up(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, path) is var found && Directory.Exists(found)) return found;
        return null;
    }
}
