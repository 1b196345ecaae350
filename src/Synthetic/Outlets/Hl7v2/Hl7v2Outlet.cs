using Yunnao.Standards;
using Yunnao.Synthetic.Faults;
using Yunnao.Synthetic.Institutions;
using Yunnao.Synthetic.Rows;
using Yunnao.Synthetic.Truth;

namespace Yunnao.Synthetic.Outlets.Hl7v2;

/// <summary>
/// Messages of HL7 v2, one file a message group (ADT, ORU, …), wrapped as a batch. Where each value stands is what the mapping (and the
/// items' own paths) say, read backwards.
/// </summary>
internal sealed class Hl7v2Outlet(string folder, string source, SourceMapping mapping, Registry registry, TruthFiles truth) : IOutlet
{
    private readonly Dictionary<RowShape, Hl7v2Rule[]> _rules = [];
    private readonly Dictionary<(string Group, bool Later), Hl7v2File> _files = [];
    private readonly Hl7v2Message _message = new();
    private readonly ByteBuffer _body = new();
    private readonly ByteBuffer _corrections = new();
    private readonly ByteBuffer _whole = new();
    private readonly List<Part> _parts = [];
    private readonly List<(string DataSet, string Key, Fault Fault)> _faults = [];
    private readonly List<(string DataSet, string Key)> _corrected = [];
    private Fault? _broken;
    private long _control;

    public OutletCount Count { get; } = new();

    public string[] RecordFaults { get; } = [Fault.Broken];

    public bool Carries(DataSet dataSet) => mapping.Rules.Any(r => r.DataSet == dataSet.Id);

    public bool Sends(Row row, int slot) => RuleFor(row)?.Sends(slot) ?? false;

    public bool CanAlter(Row row, int slot) => RuleFor(row)?.IsOwn(slot) ?? false;

    public bool ReadsBack(Row row, int slot) => row.Text(slot) is not { } cell || (RuleFor(row)?.Fields[slot]?.Form.ReadsBack(cell) ?? true);

    public void BeginPatient(Registration patient)
    {
    }

    public void BeginMessage(string type, DateTime time, Registration patient)
    {
        _message.Begin(type, time, patient, $"{patient.Institution.Code[^4..]}{++_control:0000000000}");
        _body.Clear();
        _corrections.Clear();
        _parts.Clear();
        _faults.Clear();
        _corrected.Clear();
        _broken = null;
    }

    public void Write(in Delivery delivery)
    {
        if (RuleFor(delivery.Row) is not { } rule) return;
        var id = delivery.Row.Shape.DataSet.Id;
        if (delivery.Later)
        {
            // The corrected row takes the place of the row just written.
            var at = _corrections.Length;
            _message.Add(delivery.Row, rule, _corrections);
            _message.Rows--;
            _parts[^1] = _parts[^1] with { CorrectedStart = at, CorrectedEnd = _corrections.Length };
            _corrected.Add((id, delivery.Row.Key()));
            return;
        }

        var start = _body.Length;
        _message.Add(delivery.Row, rule, _body);
        _parts.Add(new(start, _body.Length, delivery.Fault is null));
        if (delivery.Fault is { } fault)
        {
            // Bytes that cannot be decoded cost the whole message, as a broken header does.
            if (fault.Kind is Fault.Broken or Fault.Encoding) _broken ??= new(fault.Kind, null);
            else _faults.Add((id, delivery.Row.Key(), fault));
        }
    }

    public void EndMessage()
    {
        if (_message.Type.Length > 0 && _message.Rows > 0)
        {
            var file = File(false);
            _whole.Clear();
            _message.WriteHeader(_whole);
            _whole.Add(_body.Span);
            var record = _broken is null ? file.Write(_whole.Span) : file.WriteBroken(_whole, _broken.Kind == Fault.Encoding);
            Count.Rows += _message.Rows;
            Count.Bytes += _whole.Length;
            if (_broken is { } broken) truth.Error(file.Name, record, "", "", broken);
            else foreach (var (dataSet, key, fault) in _faults) truth.Error(file.Name, record, dataSet, key, fault);
            if (_corrected.Count > 0 && _parts.TrueForAll(p => p.Clean)) Correct();
        }

        _message.End();
    }

    public void EndPatient()
    {
    }

    public void Dispose()
    {
        foreach (var file in _files.Values) file.Dispose();
    }

    /// <summary>The message again, with the corrected rows. A message with spoiled rows is not sent again.</summary>
    private void Correct()
    {
        var file = File(true);
        _whole.Clear();
        _message.WriteHeader(_whole);
        foreach (var part in _parts)
        {
            if (part.CorrectedEnd > part.CorrectedStart) _whole.Add(_corrections.Span[part.CorrectedStart..part.CorrectedEnd]);
            else _whole.Add(_body.Span[part.Start..part.End]);
        }

        var record = file.Write(_whole.Span);
        Count.Bytes += _whole.Length;
        foreach (var (dataSet, key) in _corrected) truth.Correction(file.Name, record, dataSet, key);
    }

    /// <summary>The rule for a row in the message at hand; among several the one that has a place for what the row holds.</summary>
    private Hl7v2Rule? RuleFor(Row row)
    {
        if (_message.Type.Length == 0) return null;
        if (!_rules.TryGetValue(row.Shape, out var rules))
        {
            rules = [.. mapping.Rules.Where(r => r.DataSet == row.Shape.DataSet.Id).Select(r => new Hl7v2Rule(r, row.Shape, mapping, registry))];
            _rules.Add(row.Shape, rules);
        }

        Hl7v2Rule? best = null;
        foreach (var rule in rules)
        {
            if (rule.Match.Contains(_message.Type) && (best is null || rule.Prefers(best, row))) best = rule;
        }

        return best;
    }

    private Hl7v2File File(bool later)
    {
        var group = _message.Type.Split('^')[0];
        if (_files.TryGetValue((group, later), out var file)) return file;
        var name = $"{group}_{(later ? 2 : 1)}.hl7";
        _files.Add((group, later), file = new(Path.Combine(folder, name), $"{source}/{name}"));
        return file;
    }

    /// <summary>The segments of one row, and of its corrected version.</summary>
    private readonly record struct Part(int Start, int End, bool Clean, int CorrectedStart = 0, int CorrectedEnd = 0);
}
