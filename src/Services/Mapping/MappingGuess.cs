using Yunnao.Standards;

namespace Yunnao.Services.Mapping;

/// <summary>A mapping proposed for a table: which data set it is, and which column is which item.</summary>
/// <param name="Confidence">0–1: of the data set.</param>
/// <param name="Items">Surest first.</param>
/// <param name="Unused">Columns that are no item, in file order.</param>
/// <param name="Missing">Required items without a column.</param>
public sealed record MappingGuess(DataSet DataSet, double Confidence, IReadOnlyList<ItemGuess> Items, IReadOnlyList<SampleColumn> Unused, IReadOnlyList<Item> Missing)
{
    private const double LeastConfidence = 0.45;

    /// <summary>The best proposals, best data set first.</summary>
    /// <param name="dataSet">Only this data set, when it is known.</param>
    public static IReadOnlyList<MappingGuess> Of(SampleTable table, Registry registry, DataSet? dataSet, int count = 3)
    {
        var names = new NameLikeness(registry.Mappings.Values);
        IEnumerable<DataSet> candidates = dataSet is null ? registry.DataSets.Values : [dataSet];
        return [.. candidates.Select(d => Of(table, d, names)).OrderByDescending(g => g.Confidence).ThenBy(g => g.DataSet.Id, StringComparer.Ordinal).Take(count)];
    }

    private static MappingGuess Of(SampleTable table, DataSet dataSet, NameLikeness names)
    {
        var all = new List<ItemGuess>();
        foreach (var column in table.Columns)
            foreach (var item in dataSet.Items)
            {
                var (name, why) = names.Of(column.Name, dataSet.Id, item);
                if (name < 0.3) continue;
                var fit = ValueFit.Of(column, item);

                // The name proposes, the values confirm or refuse.
                var confidence = name * (0.55 + (0.45 * fit.Score));
                if (confidence >= LeastConfidence) all.Add(new(column, item, confidence, why, fit.Why, fit.Format, fit.Codes));
            }

        var chosen = new List<ItemGuess>();
        foreach (var guess in all.OrderByDescending(g => g.Confidence))
            if (chosen.All(c => c.Column != guess.Column && c.Item != guess.Item)) chosen.Add(guess);
        var used = chosen.Select(c => c.Column).ToHashSet();
        var missing = dataSet.Items.Where(i => i.Required && chosen.All(c => c.Item != i)).ToList();
        var required = Math.Max(1, dataSet.Items.Count(i => i.Required));
        var coverage = chosen.Sum(c => c.Confidence) / Math.Max(1, table.Columns.Count);
        return new(
            dataSet, coverage * (1 - (0.5 * missing.Count / required)), chosen, [.. table.Columns.Where(c => !used.Contains(c))], missing);
    }
}
