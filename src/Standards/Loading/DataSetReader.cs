namespace Yunnao.Standards.Loading;

/// <summary>Reads <c>datasets.csv</c>, the files of <c>items/</c> and <c>checks.csv</c>, and puts the data sets together.</summary>
/// <param name="kept">What an earlier reading left; null when it does not fit.</param>
internal sealed class DataSetReader(RegistryFiles files, ItemContext context, RegistryParts? kept, ProblemList problems)
{
    private const int DefaultLoadOrder = 50;

    private static readonly TableColumns Columns = TableColumns.Of(RegistryColumns.DataSets);

    private readonly Dictionary<string, ItemList> _items = new(StringComparer.Ordinal);

    /// <summary>The items by data set, as far as their files could be read; filled by <see cref="Read"/>.</summary>
    public IReadOnlyDictionary<string, ItemList> Items => _items;

    /// <summary>All data sets that were written, also those whose row has a mistake; filled by <see cref="Read"/>.</summary>
    public Versions<DataSet> All { get; } = new("data set", problems);

    public Dictionary<string, DataSet> Read()
    {
        ReadHeads(All);
        var current = All.Current();
        ReadItems(current);
        var rules = new RuleReader(files, context.AllValueSets, All, _items, problems).Read();
        return current.Values.ToDictionary(
            d => d.Id,
            d => d with { Items = _items.GetValueOrDefault(d.Id, ItemList.Empty).Items, Rules = [.. rules[d.Id]] },
            StringComparer.Ordinal);
    }

    private void ReadHeads(Versions<DataSet> heads)
    {
        using var row = files["datasets.csv"] is { } file ? CsvTable.Open(file, Columns, problems) : null;
        heads.Unreadable = row is null;
        while (row?.Next() == true) ReadRow(row, heads);
    }

    private void ReadRow(CsvTable row, Versions<DataSet> heads)
    {
        var id = row["id"];
        if (Identifiers.DataSetFault(id) is { } fault) row.Report("standards.name", $"data set id '{id}' {fault}");
        var version = row.Version();
        var status = row.Status();
        if (files[$"items/{id}.csv"] is null && !heads.Knows(id)) row.Report("standards.no-items", $"data set '{id}' has no file items/{id}.csv");
        var loadOrder = DefaultLoadOrder;
        if (row["load_order"] is { Length: > 0 } text && !int.TryParse(text, out loadOrder))
        {
            row.Report("standards.bad-value", $"load_order '{text}' is no whole number");
        }

        var head = new DataSet(
            id, version, status, row.Provisional(), row["domain"], row.Names("name", required: true), row.Names("definition", required: false),
            row["identifier"].OrNull(), row["document"].OrNull(), loadOrder, row["source"], [], [], row.At);
        heads.Add(id, version, status, head, row.At);
    }

    private void ReadItems(Dictionary<string, DataSet> current)
    {
        var found = files.In("items").ToArray();
        var lists = new ItemList?[found.Length];
        Parallel.For(0, found.Length, i =>
        {
            var status = current.TryGetValue(found[i].Subject, out var head) ? head.Status : Status.Draft;
            lists[i] = kept?.ItemsOf(found[i], kept.IsSame(files, "datasets.csv")) ?? new ItemReader(found[i], context, status, problems).Read();
        });
        for (var i = 0; i < found.Length; i++)
        {
            var id = found[i].Subject;
            if (lists[i] is { } list) _items.Add(id, list);
            if (!All.Knows(id)) problems.AddUnknown("standards.unknown-data-set", found[i].Line(1), "data set", id, All.Ids);
        }
    }
}
