using Xunit;

namespace Yunnao.Tests.EndToEnd.Standards;

public sealed class ImportCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-import-").FullName;

    private string Into => Path.Combine(_folder, "registry");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Import_says_what_was_imported_and_what_was_left_out_and_why()
    {
        var run = await CliRun.Of("en", "standards", "import", "codes", Save("c.csv", "code,name\n1,one\n1,again\n"), "--id", "C", "--into", Into);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("codes\t1\t0\n", run.Out, StringComparison.Ordinal);
        Assert.Contains("the code is there twice; the first one counts\t1\tC: 1\n", run.Out, StringComparison.Ordinal);
        Assert.Contains(": 0 problems\n", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_template_with_data_sets_of_the_registry_comes_back_unchanged()
    {
        var workbook = Path.Combine(_folder, "t.xlsx");
        var standards = Repository.File("standards");
        Assert.Equal(0, (await CliRun.Of("en", "standards", "export", "template", "lab.result", "person.basic", "--out", workbook, "--standards", standards)).ExitCode);
        CopyUnits(standards);
        var run = await CliRun.Of("en", "standards", "import", "template", workbook, "--into", Into);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("data sets\t2\t0\n", run.Out, StringComparison.Ordinal);

        var diff = await CliRun.Of("en", "standards", "diff", Into, standards, "--most", "100000");
        Assert.DoesNotContain("lab.result", diff.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("person.basic", diff.Out, StringComparison.Ordinal);

        // Files in which the columns that hold nothing are left out say the same.
        var narrowed = 0;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Into, "codes"), "*.csv"))
        {
            var lines = File.ReadAllLines(file);
            if (!lines.Skip(1).All(l => l.EndsWith(','))) continue;
            while (lines.Skip(1).All(l => l.EndsWith(','))) lines = [lines[0][..lines[0].LastIndexOf(',')], .. lines.Skip(1).Select(l => l[..^1])];
            File.WriteAllLines(file, lines);
            narrowed++;
        }

        Assert.True(narrowed > 0);
        var again = await CliRun.Of("en", "standards", "import", "template", workbook, "--into", Into);
        Assert.Contains("data sets\t0\t2\n", again.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("left out", again.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_reason_that_an_importer_gives_has_its_text()
    {
        var reasons = Directory.EnumerateFiles(Repository.File("src/Services/RegistryImport"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(f => System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(f), "Leave\\((?:reason \\?\\? )?\"([a-z0-9-]+)\"|\\[\\], \"([a-z-]+)\"\\)|null, \"([a-z-]+)\"\\)"))
            .Select(m => m.Groups.Values.Skip(1).First(g => g.Success).Value).Distinct().ToList();
        Assert.Contains("fhir-filter", reasons);
        var text = Yunnao.Cli.Texts.For("zh");
        Assert.All(reasons, r => Assert.NotNull(text.Find($"standards.import.why.{r}")));
    }

    [Fact]
    public async Task Check_lists_what_deserves_a_look_and_still_succeeds()
    {
        var standards = Repository.File("standards");
        var quiet = await CliRun.Of("en", "standards", "check", "--dir", standards);
        Assert.Contains("--advice lists them\n", quiet.Out, StringComparison.Ordinal);
        var run = await CliRun.Of("en", "standards", "check", "--dir", standards, "--advice");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains(": review.", run.Out, StringComparison.Ordinal);
        Assert.EndsWith("no problems\n", run.Out, StringComparison.Ordinal);
    }

    private void CopyUnits(string standards)
    {
        Directory.CreateDirectory(Into);
        File.Copy(Path.Combine(standards, "units.csv"), Path.Combine(Into, "units.csv"));
    }

    private string Save(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
