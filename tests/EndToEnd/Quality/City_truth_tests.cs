using Xunit;
using Yunnao.Services.Quality;
using Yunnao.Standards.Compile;
using Yunnao.Standards.Quality;
using Yunnao.Synthetic;
using Yunnao.Tests.EndToEnd.Ingest;

namespace Yunnao.Tests.EndToEnd.Quality;

/// <summary>The errors that the synthetic city injects and writes down, against what the quality report counts.</summary>
public sealed class City_truth_tests : IDisposable
{
    private readonly string _city = Directory.CreateTempSubdirectory("yunnao-city-").FullName;

    public void Dispose() => Directory.Delete(_city, recursive: true);

    [Fact]
    public async Task Every_injected_error_is_counted_by_its_measure_and_nothing_else_is_refused()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var standards = Repository.File("standards");
        using var platform = new TestPlatform(standards);
        var options = new CityOptions { Residents = 250, Months = 2, Seed = 5, Start = new(2025, 1, 1), Dirty = 0.05, Folder = _city, Tables = Path.Combine(standards, "synthetic") };
        Assert.True(City.Make(platform.Registry, options, null, cancellation).Ok);
        await foreach (var file in platform.Ingest.IngestAsync(new([_city]), null, cancellation)) Assert.Null(file.Problem);
        var shapes = platform.Registry.DataSets.Values.Select(d => new TableShape(d)).ToList();
        Assert.True(new QualityCounter(platform.Registry, shapes, platform.Lake).Run(cancellation).Ok);

        var counted = platform.Rows("SELECT data_set, measure, sum(failed)::BIGINT FROM quality.count GROUP BY ALL").Select(r => r.Split('|'))
            .ToDictionary(r => (r[0], r[1]), r => long.Parse(r[2]));
        var errors = File.ReadLines(Path.Combine(_city, "truth", "errors.csv")).Skip(1).Select(l => l.Split(',')).ToList();
        var corrected = File.ReadLines(Path.Combine(_city, "truth", "corrections.csv")).Skip(1).Select(l => l.Split(',')).CountBy(c => c[2]).ToDictionary();
        var injected = errors.Where(e => Measure(e) is not null).GroupBy(e => (e[2], Measure(e)!, e[^1])).ToList();
        Assert.True(injected.Count > 50, $"only {injected.Count} kinds of errors were injected");
        foreach (var of in injected)
        {
            var (dataSet, measure, severity) = of.Key;
            var found = counted.GetValueOrDefault((dataSet, measure));
            if (severity == "reject") Assert.True(of.Count() == found, $"{dataSet} {measure}: {of.Count()} injected, {found} counted");

            // A flagged row whose record was sent again is not current any more.
            else Assert.InRange(found, Math.Max(0, of.Count() - corrected.GetValueOrDefault(dataSet) - Duplicates(errors, dataSet)), of.Count() + Duplicates(errors, dataSet));
        }

        // Nothing that was not injected was refused, and each in the dimension that the registry names.
        var refused = platform.Registry.DataSets.Values.Select(d => new TableShape(d))
            .SelectMany(s => MeasureList.Of(s, platform.Registry.Quality).Where(m => m.Check?.Severity == Yunnao.Standards.Severity.Reject).Select(m => (s.DataSet.Id, m.Id)));
        var known = errors.Select(e => (e[2], $"{e[^2]} {e[^3]}")).Concat(injected.Select(i => (i.Key.Item1, i.Key.Item2))).ToHashSet();
        Assert.DoesNotContain(refused, m => counted.GetValueOrDefault(m) > 0 && !known.Contains(m));

        // Bytes of another encoding are found by the check of the item, or already by the reader of the file.
        Assert.Equal(
            errors.Count(e => e[^2] is "csv" or "broken" or "encoding"),
            counted.Where(c => c.Key.Item2 == DerivedMeasure.Unreadable || c.Key.Item2.StartsWith("encoding ", StringComparison.Ordinal)).Sum(c => c.Value));
        Assert.True(counted.Where(c => c.Key.Item2 == DerivedMeasure.Repeated).Sum(c => c.Value) > 0);
    }

    private static int Duplicates(List<string[]> errors, string dataSet) => errors.Count(e => e[2] == dataSet && e[^2] == "duplicate");

    private static string? Measure(string[] error) => error[^2] switch
    {
        "csv" or "broken" or "duplicate" or "encoding" => null,
        var rule when rule.StartsWith("rule:", StringComparison.Ordinal) => rule,
        var kind => $"{kind} {error[^3]}",
    };
}
