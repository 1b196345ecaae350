using Xunit;
using Yunnao.Services.Surveillance.Analysis;
using Yunnao.Tests.EndToEnd.Standards;

namespace Yunnao.Tests.EndToEnd.Surveillance;

/// <summary>The commands on CSV files and on a lake, from the command line to the exit code.</summary>
public sealed class Epidemic_command_tests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-epidemic-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_outbreak_in_a_file_is_detected_and_drawn()
    {
        var file = Daily(200, day => day >= 195 ? 30 : 2 + (day % 3));
        var picture = Path.Combine(_folder, "curve.png");
        var run = await CliRun.Of("en", "epidemic", "detect", "--csv", file, "--date", "day", "--count", "n", "--method", "combined", "--plot", picture);
        Assert.Equal(0, run.ExitCode);
        var days = run.Out.Split('\n')[1..^1].Select(l => l.Split('\t')[1]).ToList();
        Assert.NotEmpty(days);
        Assert.All(days, day => Assert.True(string.CompareOrdinal(day, "2024-07-14") >= 0, day));
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(picture)[..4]);
    }

    [Fact]
    public async Task Rt_of_a_growing_epidemic_is_above_one_and_drawn_as_svg()
    {
        var file = Daily(60, day => (int)(5 * Math.Exp(day * 0.06)));
        var picture = Path.Combine(_folder, "rt.svg");
        var run = await CliRun.Of("en", "epidemic", "rt", "--csv", file, "--date", "day", "--count", "n", "--si-mean", "5", "--si-sd", "2", "--plot", picture);
        Assert.Equal(0, run.ExitCode);
        Assert.True(double.Parse(run.Out.Split('\n')[^2].Split('\t')[3], System.Globalization.CultureInfo.InvariantCulture) > 1.2, run.Out);
        Assert.Contains("<svg", await File.ReadAllTextAsync(picture, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forecast_nowcast_and_scan_answer_on_files()
    {
        var weekly = await CliRun.Of("en", "epidemic", "forecast", "--csv", Daily(210, day => 5 + (day / 20)), "--date", "day", "--count", "n", "--steps", "2");
        Assert.Equal((0, 4), (weekly.ExitCode, weekly.Out.Split('\n').Length));
        var list = Write("list.csv", "onset,reported\n" + string.Join('\n', Enumerable.Range(0, 300).Select(i => $"{Day(i / 10):yyyy-MM-dd},{Day((i / 10) + (i % 4)):yyyy-MM-dd}")) + "\n");
        var nowcast = await CliRun.Of("en", "epidemic", "nowcast", "--csv", list, "--date", "onset", "--days", "30", "--delay", "5");
        Assert.Equal(0, nowcast.ExitCode);
        var cases = Write("cases.csv", "day,region\n" + string.Join('\n', Enumerable.Range(0, 120).Select(i => $"{Day(i):yyyy-MM-dd},{(i >= 110 ? "A" : "ABCDE"[i % 5])}")) + "\n");
        var places = Write("places.csv", "region,longitude,latitude\nA,114.3,30.6\nB,114.4,30.6\nC,114.5,30.6\nD,114.6,30.6\nE,114.7,30.6\n");
        var scan = await CliRun.Of("en", "epidemic", "scan", "--csv", cases, "--date", "day", "--group", "region", "--places", places);
        Assert.Equal(0, scan.ExitCode);
        Assert.StartsWith("A\t", scan.Out.Split('\n')[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chains_link_cases_by_their_contacts_and_estimate_the_serial_interval()
    {
        // Each case infects the next one 3 to 5 days later; the first of all infects two.
        var cases = Write("cases.csv", "id,onset\n" + string.Join('\n', Enumerable.Range(0, 14).Select(i => $"C{i},{Day(i * 4 + i % 2):yyyy-MM-dd}")) + "\nX,\n");
        var contacts = Write("contacts.csv", "from,to\n" + string.Join('\n', Enumerable.Range(1, 13).Select(i => $"C{Math.Max(0, i - 1)},C{i}")) + "\nC0,nobody\n");
        var run = await CliRun.Of("en", "epidemic", "chains", "--cases", cases, "--contacts", contacts, "--plot", Path.Combine(_folder, "chains.svg"));
        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("C0\t2024-01-01\t14\t13\t", run.Out.Split('\n')[1], StringComparison.Ordinal);
        Assert.Contains("serial interval of 13 pairs: mean 4.", run.Error, StringComparison.Ordinal);
        Assert.Contains("left out: 1 contacts", run.Error, StringComparison.Ordinal);
        var twice = await CliRun.Of("en", "epidemic", "chains", "--cases", Write("twice.csv", "id,onset\nA,2024-01-01\nA,2024-01-02\n"), "--contacts", contacts);
        Assert.Contains("series.duplicate-case", twice.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Seir_finds_the_reproduction_number_of_a_simulated_epidemic()
    {
        var curve = new double[60];
        SeirFit.Simulate(2.5, 5, new() { Population = 20_000, LatentDays = 3, InfectiousDays = 4 }, curve);
        var file = Daily(60, day => (int)Math.Round(curve[day]));
        var run = await CliRun.Of(
            "en", "epidemic", "seir", "--csv", file, "--date", "day", "--count", "n", "--population", "20000", "--latent", "3", "--infectious", "4", "--ahead", "7");
        Assert.Equal((0, 68), (run.ExitCode, run.Out.Split('\n')[..^1].Length));
        Assert.Contains("R0 2.5", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fatality_counts_only_cases_whose_outcome_is_known()
    {
        // Cases double every five days, one in ten dies ten days later.
        var file = Write("fatal.csv", "day,n,died\n" + string.Join('\n', Enumerable.Range(0, 40).Select(d =>
            $"{Day(d):yyyy-MM-dd},{Math.Round(100 * Math.Pow(2, d / 5.0))},{(d < 10 ? 0 : Math.Round(10 * Math.Pow(2, (d - 10) / 5.0)))}")) + "\n");
        var run = await CliRun.Of(
            "en", "epidemic", "fatality", "--csv", file, "--date", "day", "--count", "n", "--deaths", "died", "--delay-mean", "10", "--delay-sd", "0.3");
        Assert.Equal(0, run.ExitCode);
        var cells = run.Out.Split('\n')[1].Split('\t');
        Assert.True(double.Parse(cells[3].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture) < 4, run.Out);
        Assert.InRange(double.Parse(cells[4].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture), 8.5, 11.5);
    }

    [Fact]
    public async Task A_false_discovery_rate_keeps_the_outbreak_among_many_quiet_series()
    {
        var random = new Random(3);
        var rows = Enumerable.Range(0, 40).SelectMany(s => Enumerable.Range(0, 160).Select(d => $"{Day(d):yyyy-MM-dd},S{s},{random.Next(0, 4) + (s == 7 && d >= 158 ? 20 : 0)}"));
        var file = Write("many.csv", "day,place,n\n" + string.Join('\n', rows) + "\n");
        string[] usual = ["epidemic", "detect", "--csv", file, "--date", "day", "--count", "n", "--group", "place", "--method", "combined"];
        var (plain, held) = (await CliRun.Of("en", usual), await CliRun.Of("en", [.. usual, "--fdr", "0.05"]));
        Assert.Contains("S7\t2024-06-07", held.Out, StringComparison.Ordinal);
        Assert.True(held.Out.Split('\n').Length < plain.Out.Split('\n').Length, held.Out);
    }

    [Theory]
    [InlineData("farrington")]
    [InlineData("bayes")]
    [InlineData("rki")]
    [InlineData("cusum")]
    [InlineData("ewma")]
    [InlineData("shewhart")]
    [InlineData("serfling")]
    [InlineData("outbreakp")]
    [InlineData("glr-poisson")]
    [InlineData("glr-nb")]
    public async Task Every_method_of_the_library_can_be_asked_for(string method)
    {
        var file = Daily(7 * 52 * 6, day => 3 + (day % 3) + (day >= (7 * 52 * 6) - 7 ? 40 : 0));
        var run = await CliRun.Of("en", "epidemic", "detect", "--csv", file, "--date", "day", "--count", "n", "--weekly", "--method", method, "--all");
        Assert.Equal(0, run.ExitCode);
        Assert.EndsWith("alarm", run.Out.TrimEnd('\n').Split('\n')[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "epidemic.no-p-value", "epidemic", "detect", "--csv", "nowhere.csv", "--method", "ears-c1", "--fdr", "0.1")]
    [InlineData(4, "series.unreadable", "epidemic", "chains", "--cases", "nowhere.csv", "--contacts", "nowhere.csv")]
    [InlineData(1, "epidemic.no-series", "epidemic", "rt", "--si-mean", "5", "--si-sd", "2")]
    [InlineData(4, "series.unreadable", "epidemic", "series", "--csv", "nowhere.csv")]
    [InlineData(1, "epidemic.bad-day", "epidemic", "series", "--csv", "nowhere.csv", "--from", "yesterday")]
    public async Task Mistakes_have_codes_and_exit_codes(int exit, string code, params string[] arguments)
    {
        var run = await CliRun.Of("en", arguments);
        Assert.Equal(exit, run.ExitCode);
        Assert.Contains(code, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lake_goes_from_cards_to_an_alarm_and_a_bulletin()
    {
        var cards = new CardFile();
        for (var day = 0; day < 120; day += 2) cards.Add($"B{day}", $"B{day}", Day(day));
        for (var i = 0; i < 25; i++) cards.Add($"O{i}", $"O{i}", Day(116 + (i % 4)));
        var file = Write("public_health.infectious_card.csv", cards.ToString());
        Assert.Equal(0, (await Run("en", "ingest", file, "--source", "template")).ExitCode);
        Assert.Contains("surveillance.nothing-counted", (await Run("en", "epidemic", "series")).Error, StringComparison.Ordinal);

        var detected = await Run("en", "epidemic", "detect");
        Assert.Equal(0, detected.ExitCode);
        Assert.Contains("card.C11", detected.Out, StringComparison.Ordinal);
        var number = detected.Out.Split('\n')[1].Split('\t')[0];
        Assert.Contains("预警", (await Run("zh", "epidemic", "alarms", "show", number)).Out, StringComparison.Ordinal);
        Assert.Contains("card.C11", (await Run("en", "query", "SELECT DISTINCT signal FROM surveillance.count")).Out, StringComparison.Ordinal);

        var (html, pdf) = (Path.Combine(_folder, "b.html"), Path.Combine(_folder, "b.pdf"));
        Assert.Equal(0, (await Run("en", "epidemic", "report", "--out", html, pdf)).ExitCode);
        Assert.Contains("Hand, foot and mouth disease", await File.ReadAllTextAsync(html, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal("%PDF"u8.ToArray(), File.ReadAllBytes(pdf)[..4]);

        Assert.Equal(1, (await Run("en", "epidemic", "alarms", "close", number, "--as", "not")).ExitCode);
        Assert.Equal(0, (await Run("en", "epidemic", "alarms", "close", number, "--as", "not", "--reason", "school survey")).ExitCode);
        Assert.DoesNotContain("card.C11", (await Run("en", "epidemic", "alarms", "list")).Out, StringComparison.Ordinal);
        Assert.Contains("closed: no outbreak", (await Run("en", "epidemic", "alarms", "list", "--all")).Out, StringComparison.Ordinal);
    }

    private static DateOnly Day(int number) => new DateOnly(2024, 1, 1).AddDays(number);

    private Task<CliRun> Run(string language, params string[] arguments) =>
        CliRun.Of(language, [.. arguments, "--data", Path.Combine(_folder, "data"), "--standards", Repository.File("standards")]);

    private string Daily(int days, Func<int, int> count) =>
        Write("daily.csv", "day,n\n" + string.Join('\n', Enumerable.Range(0, days).Select(d => $"{Day(d):yyyy-MM-dd},{count(d)}")) + "\n");

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
