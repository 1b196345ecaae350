using Xunit;
using Yunnao.Services.Ingest;
using Yunnao.Services.Mapping;
using Yunnao.Standards;
using Yunnao.Tests.Unit.Synthetic;

namespace Yunnao.Tests.Mapping;

/// <summary>The guess over the files of the synthetic city whose mapping is known, with that mapping taken out of the registry. Prints precision and recall.</summary>
public sealed class CityGuessTests(ITestOutputHelper output)
{
    private const string Source = "city-b";

    [Fact]
    public void Precision_and_recall_over_a_hospital_with_pinyin_columns()
    {
        using var city = TestCity.Make(200, months: 3, dirty: 0);
        var registry = Without(TestCity.Registry, Source);
        var exact = Measure(city, registry, name => name);
        var shortened = Measure(city, registry, name => name.Length > 4 ? name.Remove(name.Length / 2, 1) : name);
        output.WriteLine($"exact names: {exact}");
        output.WriteLine($"a letter of each longer name left out: {shortened}");
        Assert.True(exact.Files > 15);
        Assert.True(exact.Sets >= exact.Files - 1 && exact.Precision > 0.97 && exact.Recall > 0.97, exact.ToString());
        Assert.True(shortened.Precision > 0.9 && shortened.Recall > 0.85, shortened.ToString());
    }

    private Score Measure(TestCity city, Registry registry, Func<string, string> column)
    {
        var mapping = TestCity.Registry.Mappings[Source];
        var score = new Score();
        foreach (var folder in city.Report.Institutions.Where(f => f.Source == Source))
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(city.Folder, folder.Folder), "*.csv", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                if (mapping.Rules.FirstOrDefault(r => SourceFinder.Matches(r, Path.GetFileName(file))) is not { Items.Count: > 0 } rule) continue;
                var sample = SampleTable.Read(file).Value;
                if (sample.Rows < 5) continue;
                var table = sample with { Columns = [.. sample.Columns.Select(c => Renamed(c, column(c.Name)))] };
                var guess = MappingGuess.Of(table, registry, null, 1)[0];
                var truth = rule.Items.Where(i => i.Value.From is { } from && sample.Columns.Any(c => c.Name == from)).ToDictionary(i => i.Key, i => column(i.Value.From!), StringComparer.Ordinal);
                score.Files++;
                if (guess.DataSet.Id == rule.DataSet) score.Sets++;
                else output.WriteLine($"{Path.GetFileName(file)}: {guess.DataSet.Id}, is {rule.DataSet}");
                score.Truth += truth.Count;
                score.Guessed += guess.Items.Count;
                if (guess.DataSet.Id == rule.DataSet) score.Right += guess.Items.Count(i => truth.GetValueOrDefault(i.Item.Name) == i.Column.Name);
            }
        }

        return score;
    }

    private static SampleColumn Renamed(SampleColumn column, string name)
    {
        var renamed = new SampleColumn(name);
        foreach (var (value, count) in column.Values)
            for (var i = 0; i < count; i++) renamed.Add(value);
        return renamed;
    }

    private static Registry Without(Registry registry, string source) => new()
    {
        Elements = registry.Elements,
        ValueSets = registry.ValueSets,
        DataSets = registry.DataSets,
        Mappings = registry.Mappings.Where(m => m.Key != source).ToDictionary(StringComparer.Ordinal),
        CodeMaps = registry.CodeMaps,
        Units = registry.Units,
        Fingerprint = registry.Fingerprint,
    };

    private sealed record Score
    {
        public int Files { get; set; }

        public int Sets { get; set; }

        public int Truth { get; set; }

        public int Guessed { get; set; }

        public int Right { get; set; }

        public double Precision => (double)Right / Math.Max(1, Guessed);

        public double Recall => (double)Right / Math.Max(1, Truth);

        public override string ToString() => $"{Sets} of {Files} data sets, {Right} of {Truth} items, {Guessed - Right} wrong; precision {Precision:0.000}, recall {Recall:0.000}";
    }
}
