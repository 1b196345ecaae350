using System.Globalization;
using Yunnao.Standards;
using Yunnao.Synthetic.Chance;
using Yunnao.Synthetic.Faults;
using Yunnao.Synthetic.Institutions;
using Yunnao.Synthetic.Rows;
using Yunnao.Synthetic.Truth;

namespace Yunnao.Synthetic.Outlets.Fhir;

/// <summary>FHIR R4: an NDJSON file a resource type, and for one patient in sixty a transaction bundle.</summary>
internal sealed class FhirOutlet(string folder, string source, SourceMapping mapping, Registry registry, TruthFiles truth) : IOutlet
{
    private const int PatientsPerBundle = 60;
    private static readonly byte[] Undecodable = [0xEF, 0xBF, 0xBD];

    private readonly Dictionary<RowShape, FhirTemplate> _templates = [];
    private readonly Dictionary<(string Type, bool Later), NdjsonFile> _files = [];
    private readonly FhirWriter _writer = new();
    private readonly ByteBuffer _resource = new();
    private readonly ByteBuffer _bundle = new();
    private string? _bundleName;
    private long _entries;

    public OutletCount Count { get; } = new();

    /// <summary>A line cut short spoils a line; in a bundle it would spoil all of it.</summary>
    public string[] RecordFaults => _bundleName is null ? [Fault.Broken] : [];

    public bool Carries(DataSet dataSet) => mapping.Rules.Any(r => r.DataSet == dataSet.Id);

    public bool Sends(Row row, int slot) => Template(row.Shape).Sends(slot);

    public bool CanAlter(Row row, int slot) => Template(row.Shape).Writes(row, slot);

    public bool ReadsBack(Row row, int slot) => row.Text(slot) is not { } cell || Template(row.Shape).ReadsBack(slot, cell);

    public void BeginPatient(Registration patient)
    {
        if (Dice.Mix((ulong)patient.Person.Number * 31 + 17) % PatientsPerBundle != 0) return;
        _bundleName = $"Bundle.{patient.LocalNumber}-{patient.Encounters.ToString(CultureInfo.InvariantCulture)}.json";
        _bundle.Clear();
        _bundle.Add("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["u8);
        _entries = 0;
    }

    public void BeginMessage(string type, DateTime time, Registration patient)
    {
    }

    public void Write(in Delivery delivery)
    {
        var template = Template(delivery.Row.Shape);
        _resource.Clear();
        _writer.Write(_resource, template, delivery.Row);
        Count.Rows++;
        Count.Bytes += _resource.Length;
        var bundled = _bundleName is not null && !delivery.Later && delivery.Fault?.Kind != Fault.Encoding;
        var (file, record) = bundled ? AddEntry(template, delivery.Row) : AddLine(template, delivery);
        if (delivery.Fault is { } fault) truth.Error(file, record, delivery.Row, fault.Kind == Fault.Encoding ? new(fault.Kind, null) : fault);
        if (delivery.Later) truth.Correction(file, record, delivery.Row.Shape.DataSet.Id, delivery.Row.Key());
    }

    public void EndMessage()
    {
    }

    public void EndPatient()
    {
        if (_bundleName is null) return;
        if (_entries > 0)
        {
            _bundle.Add("\n]}\n"u8);
            using var file = new AppendFile(Path.Combine(folder, _bundleName), 64);
            file.Write(_bundle.Span);
        }

        _bundleName = null;
    }

    public void Dispose()
    {
        foreach (var file in _files.Values) file.Dispose();
    }

    private (string File, long Record) AddEntry(FhirTemplate template, Row row)
    {
        _bundle.Add(_entries == 0 ? "\n{\"fullUrl\":\""u8 : ",\n{\"fullUrl\":\""u8);
        var url = $"{template.Type}/{FhirWriter.Id(row)}";
        _bundle.Add("https://fhir.example/");
        _bundle.Add(url);
        _bundle.Add("\",\"resource\":"u8);
        _bundle.Add(_resource.Span);
        _bundle.Add(",\"request\":{\"method\":\"PUT\",\"url\":\""u8);
        _bundle.Add(url);
        _bundle.Add("\"}}"u8);
        return ($"{source}/{_bundleName}", ++_entries);
    }

    private (string File, long Record) AddLine(FhirTemplate template, in Delivery delivery)
    {
        if (!_files.TryGetValue((template.Type, delivery.Later), out var file))
        {
            var name = $"{template.Type}.{(delivery.Later ? 2 : 1)}.ndjson";
            _files.Add((template.Type, delivery.Later), file = new(Path.Combine(folder, name), $"{source}/{name}"));
        }

        var record = delivery.Fault?.Kind switch
        {
            Fault.Broken => file.Write(_resource.Span[.._resource.Span[..(_resource.Length * 2 / 3)].LastIndexOf((byte)',')]),
            Fault.Encoding => file.WriteReplaced(_resource.Span, Undecodable, 0xFF),
            _ => file.Write(_resource.Span),
        };
        return (file.Name, record);
    }

    private FhirTemplate Template(RowShape shape)
    {
        if (_templates.TryGetValue(shape, out var template)) return template;
        _templates.Add(shape, template = new(mapping.Rules.First(r => r.DataSet == shape.DataSet.Id), shape, mapping, registry));
        return template;
    }
}
