using Yunnao.Standards;
using Yunnao.Synthetic.Faults;
using Yunnao.Synthetic.Institutions;
using Yunnao.Synthetic.Rows;
using Yunnao.Synthetic.Truth;

namespace Yunnao.Synthetic.Outlets.Csv;

/// <summary>CSV or TSV files, one a data set, named and laid out as the mapping says.</summary>
internal sealed class CsvOutlet : IOutlet
{
    private readonly string _folder;
    private readonly string _source;
    private readonly SourceMapping _mapping;
    private readonly Registry _registry;
    private readonly TruthFiles _truth;
    private readonly bool _gb18030;
    private readonly Dictionary<DataSet, CsvFile?[]> _files = [];

    /// <param name="folder">Where the files go.</param>
    /// <param name="source">Name of the folder in the ground truth.</param>
    public CsvOutlet(string folder, string source, SourceMapping mapping, Registry registry, TruthFiles truth)
    {
        (_folder, _source, _mapping, _registry, _truth) = (folder, source, mapping, registry, truth);
        _gb18030 = mapping.Encoding == "gb18030";
    }

    public OutletCount Count { get; } = new();

    public string[] RecordFaults { get; } = [Fault.Csv];

    public bool Carries(DataSet dataSet) => Rule(dataSet) is not null;

    public bool Sends(Row row, int slot) =>
        Rule(row.Shape.DataSet) is { } rule && (rule.Items.Count == 0 || rule.Items.ContainsKey(row.Shape.Items[slot].Name));

    public bool CanAlter(Row row, int slot) => File(row.Shape, false).Carries(slot);

    public bool ReadsBack(Row row, int slot) => row.Text(slot) is not { } cell || File(row.Shape, false).ReadsBack(slot, cell);

    public void BeginPatient(Registration patient)
    {
    }

    public void BeginMessage(string type, DateTime time, Registration patient)
    {
    }

    public void Write(in Delivery delivery)
    {
        var file = File(delivery.Row.Shape, delivery.Later);
        var before = file.Length;
        var record = file.Write(delivery.Row, delivery.Fault);
        Count.Rows++;
        Count.Bytes += file.Length - before;
        if (delivery.Fault is { } fault) _truth.Error(file.Name, record, delivery.Row, fault);
        if (delivery.Later) _truth.Correction(file.Name, record, delivery.Row.Shape.DataSet.Id, delivery.Row.Key());
    }

    public void EndMessage()
    {
    }

    public void EndPatient()
    {
    }

    public void Dispose()
    {
        foreach (var file in _files.Values.SelectMany(f => f)) file?.Dispose();
    }

    private MappingRule? Rule(DataSet dataSet)
    {
        foreach (var rule in _mapping.Rules)
        {
            if (rule.DataSet == dataSet.Id) return rule;
        }

        return null;
    }

    private CsvFile File(RowShape shape, bool later)
    {
        if (!_files.TryGetValue(shape.DataSet, out var pair)) _files.Add(shape.DataSet, pair = new CsvFile?[2]);
        return pair[later ? 1 : 0] ??= Open(shape, later);
    }

    private CsvFile Open(RowShape shape, bool later)
    {
        var rule = Rule(shape.DataSet)!;
        var name = rule.Match[0].Replace("*", later ? "_2" : "_1", StringComparison.Ordinal);
        var columns = CsvColumn.Of(shape, rule, _mapping, _registry);
        var delimiter = _mapping.Delimiter is { Length: > 0 } given ? (byte)given.Replace("\\t", "\t", StringComparison.Ordinal)[0] : (byte)',';
        return new CsvFile(Path.Combine(_folder, name), $"{_source}/{name}", columns, delimiter, _gb18030);
    }
}
