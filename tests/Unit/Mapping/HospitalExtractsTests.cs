using Xunit;
using Yunnao.Services.Mapping;
using Yunnao.Standards;
using Yunnao.Tests.Unit.Synthetic;

namespace Yunnao.Tests.Mapping;

/// <summary>
/// Tables as hospital systems export them, named by initials of pinyin or in the hospitals' own words: <c>hospital-extracts.csv</c> has a column
/// a line, with the item that it is (none: the table carries it and no item is meant) and some made-up values.
/// </summary>
public sealed class HospitalExtractsTests(ITestOutputHelper output)
{
    [Fact]
    public void Nine_of_ten_columns_of_hospital_tables_are_proposed_rightly_where_the_data_set_is_known()
    {
        // What other sources call the items is left out: the first hospital of a region has no such help.
        var all = TestCity.Registry;
        var registry = new Registry
        {
            Elements = all.Elements, ValueSets = all.ValueSets, DataSets = all.DataSets, Mappings = new Dictionary<string, SourceMapping>(), CodeMaps = all.CodeMaps, Units = all.Units,
            Fingerprint = all.Fingerprint,
        };
        var (right, columns, wrong, sets, tables) = (0, 0, new List<string>(), 0, 0);
        foreach (var extract in Extracts())
        {
            var sample = new SampleTable(extract.Key, "csv", "utf-8", [.. extract.Select(c => Column(c.Column, c.Values))], 3);
            var known = MappingGuess.Of(sample, registry, registry.DataSets[extract.First().DataSet], 1)[0];
            foreach (var column in extract)
            {
                var proposed = known.Items.FirstOrDefault(g => g.Column.Name == column.Column)?.Item.Name ?? "";
                columns++;
                if (proposed == column.Item) right++;
                else wrong.Add($"{extract.Key}.{column.Column}: {column.Item} is taken for '{proposed}'");
            }

            tables++;
            if (MappingGuess.Of(sample, registry, null, 1)[0].DataSet.Id == extract.First().DataSet) sets++;
        }

        output.WriteLine($"{right} of {columns} columns right ({(double)right / columns:P1}); {sets} of {tables} tables told without the data set");
        foreach (var line in wrong) output.WriteLine(line);
        Assert.True(right >= 0.9 * columns, $"{right} of {columns}: {string.Join("; ", wrong)}");
        Assert.True(sets >= tables - 2, $"{sets} of {tables}");
    }

    private static SampleColumn Column(string name, string[] values)
    {
        var column = new SampleColumn(name);
        foreach (var value in values) column.Add(value);
        return column;
    }

    private static List<IGrouping<string, (string Table, string DataSet, string Column, string Item, string[] Values)>> Extracts()
    {
        using var stream = typeof(HospitalExtractsTests).Assembly.GetManifestResourceStream("hospital-extracts.csv")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(l => l.TrimEnd('\r').Split(','))
            .Select(c => (Table: c[0], DataSet: c[1], Column: c[2], Item: c[3], Values: c[4].Split('|'))).GroupBy(c => c.Table).ToList();
    }
}
