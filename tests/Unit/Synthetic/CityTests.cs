using System.Text;
using System.Text.Json;
using Xunit;
using Yunnao.Synthetic;
using Yunnao.Synthetic.Rows;
using Yunnao.Synthetic.Rules;

namespace Yunnao.Tests.Unit.Synthetic;

public sealed class CityTests
{
    [Fact]
    public void The_same_seed_gives_the_same_bytes()
    {
        using var one = TestCity.Make(150, seed: 5);
        using var two = TestCity.Make(150, seed: 5);
        var (first, second) = (one.Files().ToList(), two.Files().ToList());
        Assert.Equal(first.Select(f => f.Path), second.Select(f => f.Path));
        Assert.All(first.Zip(second), pair => Assert.True(pair.First.Bytes.AsSpan().SequenceEqual(pair.Second.Bytes), pair.First.Path));
    }

    [Fact]
    public void Another_seed_gives_other_people()
    {
        using var one = TestCity.Make(60, 2, 5);
        using var two = TestCity.Make(60, 2, 6);
        Assert.NotEqual(one.Truth("persons.csv").Select(p => p[5]), two.Truth("persons.csv").Select(p => p[5]));
    }

    [Fact]
    public void Every_clean_row_passes_every_check_of_the_registry_and_every_name_of_the_model_is_in_it()
    {
        var checkers = new Dictionary<RowShape, RowChecker>();
        var failures = new SortedDictionary<string, int>(StringComparer.Ordinal);
        using var city = TestCity.Make(400, watch: row =>
        {
            if (!checkers.TryGetValue(row.Shape, out var checker)) checkers.Add(row.Shape, checker = new RowChecker(row.Shape, TestCity.Registry.ValueSets));
            foreach (var failure in checker.Check(row))
            {
                var key = $"{row.Shape.DataSet.Id}: {failure.Code} {failure.Item}";
                failures[key] = failures.GetValueOrDefault(key) + 1;
            }
        });
        Assert.Empty(failures);
        Assert.All(checkers.Keys, shape => Assert.Empty(shape.Unknown));
        Assert.True(checkers.Count >= 45, $"Only {checkers.Count} data sets were written.");
    }

    [Fact]
    public void Ten_domains_are_written()
    {
        using var city = TestCity.Make(400);
        var domains = city.Report.Rows.Keys.Select(d => d.Split('.')[0]).ToHashSet();
        Assert.Superset(
            new HashSet<string> { "outpatient", "inpatient", "lab", "exam", "surgery", "anaesthesia", "front_page", "drug", "emr", "public_health" }, domains);
    }

    [Fact]
    public void Every_folder_has_a_mapping_in_sources()
    {
        using var city = TestCity.Make(60, 2);
        var sources = File.ReadAllLines(Path.Combine(city.Folder, "sources.csv")).Skip(1).Select(l => l.Split(',')).ToList();
        var folders = Directory.GetDirectories(city.Folder).Select(f => Path.GetFileName(f)).Where(f => f != "truth").Order();
        Assert.Equal(folders, sources.Select(s => s[0]).Order());
        Assert.All(sources, s => Assert.True(TestCity.Registry.Mappings.ContainsKey(s[1]), s[1]));
        Assert.Superset(new HashSet<string> { "template", "city-b", "city-c", "city-d", "city-e" }, sources.Select(s => s[1]).ToHashSet());
    }

    [Fact]
    public void Sexes_and_ages_are_those_of_a_city()
    {
        using var city = TestCity.Make(4000, 1, dirty: 0);
        var people = city.Truth("persons.csv");
        var women = people.Count(p => p[3] == "2") / (double)people.Count;
        var old = people.Count(p => 2025 - int.Parse(p[4][..4]) >= 65) / (double)people.Count;
        var children = people.Count(p => 2025 - int.Parse(p[4][..4]) < 15) / (double)people.Count;
        Assert.InRange(women, 0.46, 0.53);
        Assert.InRange(old, 0.09, 0.19);
        Assert.InRange(children, 0.11, 0.22);
    }

    [Fact]
    public void The_truth_of_identity_names_every_number_that_was_given()
    {
        using var city = TestCity.Make(300, dirty: 0);
        var truth = city.Truth("identities.csv").Select(i => (i[0], i[1])).ToHashSet();
        var people = city.Truth("persons.csv").Select(p => p[0]).ToHashSet();
        Assert.All(city.Truth("identities.csv"), i => Assert.Contains(i[2], people));
        Assert.Equal(city.Report.Rows["person.basic"], truth.Count);
        foreach (var file in Directory.GetFiles(city.Folder, "person.basic_1.*", SearchOption.AllDirectories))
        {
            var separator = file.EndsWith(".tsv", StringComparison.Ordinal) ? '\t' : ',';
            foreach (var line in File.ReadLines(file).Skip(1).Select(l => l.Split(separator))) Assert.Contains((line[0], line[1]), truth);
        }
    }

    [Fact]
    public void A_reported_case_lies_after_its_onset_and_inside_its_outbreak()
    {
        using var city = TestCity.Make(3000);
        var outbreaks = city.Truth("outbreaks.csv").ToDictionary(o => o[0]);
        var cases = city.Truth("cases.csv");
        Assert.NotEmpty(cases);
        Assert.NotEmpty(outbreaks);
        foreach (var one in cases)
        {
            Assert.True(DateTime.Parse(one[5]) <= DateTime.Parse(one[6]) && DateTime.Parse(one[6]) <= DateTime.Parse(one[7]));
            if (one[8].Length == 0) continue;
            var outbreak = outbreaks[one[8]];
            Assert.Equal((outbreak[1], outbreak[2]), (one[3], one[4]));
            Assert.InRange(DateOnly.Parse(one[5]), DateOnly.Parse(outbreak[4]), DateOnly.Parse(outbreak[5]));
        }

        // Some who fall ill in an outbreak are not seen by a doctor, so that no card is written.
        Assert.All(outbreaks.Values, o => Assert.True(cases.Count(c => c[8] == o[0]) <= long.Parse(o[6])));
    }

    [Fact]
    public void Every_resource_is_json_when_nothing_is_spoiled()
    {
        using var city = TestCity.Make(300, dirty: 0);
        var lines = Directory.GetFiles(city.Folder, "*.ndjson", SearchOption.AllDirectories).SelectMany(File.ReadLines).ToList();
        Assert.NotEmpty(lines);
        foreach (var text in lines.Concat(Directory.GetFiles(city.Folder, "Bundle*.json", SearchOption.AllDirectories).Select(File.ReadAllText)))
        {
            using var json = JsonDocument.Parse(text);
            Assert.True(json.RootElement.TryGetProperty("resourceType", out _));
        }
    }

    [Fact]
    public void Every_message_begins_with_a_header_of_its_type()
    {
        using var city = TestCity.Make(300, dirty: 0);
        foreach (var file in Directory.GetFiles(city.Folder, "*.hl7", SearchOption.AllDirectories))
        {
            var segments = File.ReadAllText(file, Encoding.UTF8).Split('\r', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(("FHS", "FTS"), (segments[0][..3], segments[^1][..3]));
            var group = Path.GetFileName(file).Split('_')[0];
            Assert.All(segments.Where(s => s.StartsWith("MSH", StringComparison.Ordinal)), m => Assert.StartsWith(group + "^", m.Split('|')[8]));
        }
    }

    [Theory]
    [InlineData(0, 12, 0.0)]
    [InlineData(100, 0, 0.0)]
    [InlineData(100, 12, 0.9)]
    public void Options_out_of_range_are_refused(long residents, int months, double dirty)
    {
        var options = new CityOptions { Residents = residents, Months = months, Dirty = dirty, Folder = "nowhere", Tables = TestCity.Tables };
        Assert.Equal("city.options", City.Make(TestCity.Registry, options, cancel: TestContext.Current.CancellationToken).Problem!.Code);
        Assert.False(Directory.Exists("nowhere"));
    }
}
