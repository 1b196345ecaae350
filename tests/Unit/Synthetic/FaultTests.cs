using Xunit;
using Yunnao.Synthetic.Rows;
using Yunnao.Synthetic.Rules;

namespace Yunnao.Tests.Unit.Synthetic;

public sealed class FaultTests
{
    private static readonly string[] OfTheRecord = ["csv", "duplicate", "encoding", "broken"];

    [Fact]
    public void A_spoiled_row_fails_the_one_check_that_the_truth_names_and_every_other_row_none()
    {
        using var city = TestCity.Make(250, dirty: 0.05);
        var errors = city.Truth("errors.csv").ToLookup(e => (File: e[0], Record: int.Parse(e[1])));
        var seen = 0;
        foreach (var source in File.ReadAllLines(Path.Combine(city.Folder, "sources.csv")).Skip(1).Select(l => l.Split(',')).Where(s => s[1] == "template"))
        {
            foreach (var file in Directory.GetFiles(Path.Combine(city.Folder, source[0]))) seen += Check(file, $"{source[0]}/{Path.GetFileName(file)}", errors);
        }

        Assert.True(seen > 200, $"Only {seen} errors were looked at.");
    }

    [Fact]
    public void Every_kind_of_fault_is_made()
    {
        using var city = TestCity.Make(1500, dirty: 0.03);
        string[] kinds = ["required", "type", "length", "value-set", "range", "id-number", "csv", "encoding", "duplicate", "broken"];
        Assert.All(kinds, k => Assert.True(city.Report.Errors.ContainsKey(k), k));
        Assert.True(city.Report.Errors.Keys.Count(k => k.StartsWith("rule:", StringComparison.Ordinal)) >= 60, "Too few rules were broken.");
        Assert.Equal(city.Report.Errors.Values.Sum(), city.Truth("errors.csv").Count);
    }

    [Fact]
    public void Without_dirt_there_are_no_errors()
    {
        using var city = TestCity.Make(60, 3, dirty: 0);
        Assert.Empty(city.Report.Errors);
        Assert.Empty(city.Truth("errors.csv"));
    }

    [Fact]
    public void A_corrected_record_comes_in_a_later_file_with_the_same_key()
    {
        using var city = TestCity.Make(600, dirty: 0);
        var corrections = city.Truth("corrections.csv").Where(c => c[0].EndsWith("lab.result_2.csv", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(corrections);
        foreach (var correction in corrections)
        {
            var (report, item) = (correction[3].Split('|')[0], correction[3].Split('|')[1]);
            var earlier = File.ReadLines(Path.Combine(city.Folder, correction[0].Replace("_2", "_1", StringComparison.Ordinal)));
            Assert.Contains(earlier, l => l.Contains($",{report},{item},", StringComparison.Ordinal));
        }
    }

    private static int Check(string path, string name, ILookup<(string File, int Record), string[]> errors)
    {
        // A file is named for its data set, with _1 or _2 behind it.
        var shape = new RowShape(TestCity.Registry.DataSets[Path.GetFileNameWithoutExtension(path)[..^2]]);
        var (row, checker) = (new Row(shape), new RowChecker(shape, TestCity.Registry.ValueSets));
        var (record, seen) = (0, 0);
        foreach (var cells in CsvText.Records(File.ReadAllBytes(path)).Skip(1))
        {
            var expected = errors[(name, ++record)].SingleOrDefault();
            if (expected is not null && OfTheRecord.Contains(expected[5]))
            {
                if (expected[5] == "csv") Assert.NotEqual(row.Count, cells.Count);
                continue;
            }

            Assert.Equal(row.Count, cells.Count);
            row.Clear();
            for (var slot = 0; slot < cells.Count; slot++)
            {
                if (cells[slot].Length > 0) row.Put(slot, cells[slot]);
            }

            var failures = checker.Check(row);
            if (expected is null) Assert.True(failures.Count == 0, $"{name}:{record} {string.Join(", ", failures)}");
            else Assert.Equal([expected[5]], failures.Select(f => f.Code));
            seen += expected is null ? 0 : 1;
        }

        return seen;
    }
}
