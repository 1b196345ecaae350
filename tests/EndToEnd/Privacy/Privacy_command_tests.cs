using System.Globalization;
using Xunit;
using Yunnao.Tests.EndToEnd.Standards;

namespace Yunnao.Tests.EndToEnd.Privacy;

/// <summary>What is shared gives no person away, from the command line.</summary>
public sealed class Privacy_command_tests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-privacy-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_note_loses_names_and_numbers()
    {
        var file = Write("note.txt", "患者张伟,男,45岁,电话13812345678。\n其妻李娜陪同,住江岸区大智街道中山路12号。\n血钾3.4mmol/L\n");
        var run = await CliRun.Of("en", "privacy", "redact", file, "--name", "张伟", "--found");
        Assert.Equal((0, "患者[姓名],男,45岁,电话[电话]。\n其妻[姓名]陪同,住[地址]。\n血钾3.4mmol/L\n"), (run.ExitCode, run.Out.ReplaceLineEndings("\n")));
        Assert.Contains("Name\t2", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_is_measured_made_coarser_and_measured_again()
    {
        var rows = Enumerable.Range(0, 400).Select(i => $"{i},{20 + (i * 37 % 61)},{1 + (i / 7 % 2)},42010{1 + (i / 3 % 6)},{"ABCD"[i / 5 % 4]}");
        var file = Write("cases.csv", "id,age,sex,division,disease\n" + string.Join('\n', rows) + "\n");
        string[] columns = ["--columns", "age:number", "sex", "division:2,4", "--sensitive", "disease"];
        var measured = await CliRun.Of("en", ["privacy", "measure", file, .. columns]);
        Assert.Equal(0, measured.ExitCode);
        Assert.Equal("1", Value(measured.Out, "k: "));
        var output = Path.Combine(_folder, "shared.csv");
        var made = await CliRun.Of("en", ["privacy", "anonymise", file, .. columns, "-k", "8", "-l", "2", "-o", output]);
        Assert.Equal(0, made.ExitCode);
        Assert.True(int.Parse(Value(made.Out, "k: "), CultureInfo.InvariantCulture) >= 8, made.Out);
        var lines = await File.ReadAllLinesAsync(output, TestContext.Current.CancellationToken);
        Assert.Equal((401, "id,age,sex,division,disease"), (lines.Length, lines[0]));
        Assert.All(lines[1..].GroupBy(l => string.Join(',', l.Split(',')[1..4])), g => Assert.True(g.Count() >= 8));
    }

    [Theory]
    [InlineData(1, "privacy.column", "privacy", "measure", "{file}", "--columns", "height")]
    [InlineData(1, "privacy.number", "privacy", "measure", "{file}", "--columns", "sex:number")]
    [InlineData(4, "privacy.unreadable", "privacy", "measure", "nowhere.csv", "--columns", "age")]
    [InlineData(1, "anonymity.unreachable", "privacy", "anonymise", "{file}", "--columns", "age", "-k", "99", "-o", "x.csv")]
    public async Task Mistakes_have_codes_and_exit_codes(int exit, string code, params string[] arguments)
    {
        var file = Write("few.csv", "age,sex\n30,f\n31,m\n32,f\n");
        var run = await CliRun.Of("en", [.. arguments.Select(a => a == "{file}" ? file : a)]);
        Assert.Equal(exit, run.ExitCode);
        Assert.Contains(code, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Questions_about_persons_are_answered_with_noise_and_paid_for()
    {
        var data = Path.Combine(_folder, "data");
        var city = Path.Combine(_folder, "city");
        Assert.Equal(0, (await CliRun.Of("en", "city", "--residents", "300", "--months", "1", "--seed", "3", "--out", city)).ExitCode);
        var loaded = await CliRun.Of("en", "ingest", city, "--data", data);
        Assert.True(loaded.ExitCode == 0, loaded.Error);
        var refused = await CliRun.Of("en", "privacy", "ask", "lab.result", "--project", "study", "--data", data);
        Assert.Contains("privacy.no-budget", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await CliRun.Of("en", "privacy", "budget", "study", "--epsilon", "20", "--data", data)).ExitCode);
        var truth = await CliRun.Of("en", "query", "SELECT count(DISTINCT _subject) AS n FROM lab.result", "--data", data);
        var answer = await CliRun.Of("en", "privacy", "ask", "lab.result", "--project", "study", "--epsilon", "10", "--data", data);
        Assert.Equal(0, answer.ExitCode);
        var (n, noisy) = (double.Parse(truth.Out.Split('\n')[1], CultureInfo.InvariantCulture), double.Parse(answer.Out.Split('\n')[1].Split('\t')[1], CultureInfo.InvariantCulture));
        Assert.InRange(noisy, n - 5, n + 5);
        var mean = await CliRun.Of("en", "privacy", "ask", "lab.result", "--project", "study", "--epsilon", "9", "--measure", "mean", "--item", "result_value", "--low", "0", "--high", "200", "--data", data);
        Assert.InRange(double.Parse(mean.Out.Split('\n')[1].Split('\t')[1], CultureInfo.InvariantCulture), 0.1, 199);
        var spent = await CliRun.Of("en", "privacy", "ask", "lab.result", "--project", "study", "--epsilon", "2", "--data", data);
        Assert.Equal(3, spent.ExitCode);
        Assert.Contains("privacy.budget-spent", spent.Error, StringComparison.Ordinal);
    }

    private static string Value(string listing, string start) => listing.Split('\n').Single(l => l.StartsWith(start, StringComparison.Ordinal)).Split('\t')[1];

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
