using System.Text;
using Yunnao.Synthetic.Chance;
using Yunnao.Synthetic.Faults;
using Yunnao.Synthetic.Outlets;
using Yunnao.Synthetic.Rows;

namespace Yunnao.Synthetic.Institutions;

/// <summary>
/// Where an institution's records leave it. The model fills rows; the desk sends them through the outlet that carries their data set,
/// spoils some on the way, sends some twice and some again, corrected.
/// </summary>
internal sealed class Desk : IDisposable
{
    private readonly DeskOptions _options;
    private readonly Dictionary<string, Channel> _channels = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<IOutlet> _outlets;
    private readonly byte[] _code;
    private readonly Dictionary<object, Channel> _byReference = new(ReferenceEqualityComparer.Instance);
    private byte[] _number = [];
    private Registration? _patient;

    public Desk(Institution institution, IReadOnlyList<IOutlet> outlets, IReadOnlyDictionary<string, RowKind> kinds, DeskOptions options)
    {
        Institution = institution;
        _outlets = outlets;
        _options = options;
        Chance.Reseed(options.Seed, 0, (ulong)(900 + institution.Index));
        _code = Encoding.ASCII.GetBytes(institution.Code);
        foreach (var (id, kind) in kinds)
        {
            var outlet = outlets.FirstOrDefault(o => o.Carries(kind.Shape.DataSet));
            _channels.Add(id, new(new Row(kind.Shape), new Row(kind.Shape), outlet, kind.Faults));
        }
    }

    public Institution Institution { get; }

    /// <summary>Chance for faults and corrections, a stream of its own for each resident.</summary>
    public Dice Chance { get; } = new(0);

    /// <summary>Looks at every row before anything is done to it; for tests.</summary>
    public Action<Row>? Watch { get; set; }

    /// <summary>Rows sent, by data set.</summary>
    public IEnumerable<(string DataSet, long Rows)> Counts => _channels.Select(c => (c.Key, c.Value.Rows));

    public long Bytes => _outlets.Sum(o => o.Count.Bytes);

    /// <summary>True when rows of the data set go anywhere.</summary>
    public bool Sends(string dataSet) => _channels.TryGetValue(dataSet, out var channel) && channel.Outlet is not null;

    /// <summary>The records that follow are this patient's.</summary>
    public void Open(Registration patient)
    {
        if (_patient == patient) return;
        Close();
        _patient = patient;
        _number = Encoding.ASCII.GetBytes(patient.LocalNumber);
        Chance.Reseed(_options.Seed, (ulong)patient.Person.Number, (ulong)(1000 + Institution.Index * 4096 + patient.Encounters));
        foreach (var outlet in _outlets) outlet.BeginPatient(patient);
    }

    public void Close()
    {
        if (_patient is null) return;
        foreach (var outlet in _outlets) outlet.EndPatient();
        _patient = null;
    }

    /// <summary>The rows sent until the message is disposed of belong together.</summary>
    public Message Begin(string type, DateTime time)
    {
        foreach (var outlet in _outlets) outlet.BeginMessage(type, time, _patient!);
        return new Message(this);
    }

    /// <summary>An empty row of a data set, with organisation and patient. Valid until the next row of the same data set.</summary>
    public Row Row(string dataSet)
    {
        var row = Find(dataSet).Row;
        row.Clear();
        var shape = row.Shape;
        if (shape.Organisation >= 0) row.Put(shape.Organisation, _code);
        if (shape.Subject >= 0 && _patient is not null) row.Put(shape.Subject, _number);
        return row;
    }

    public void Send(Row row)
    {
        var channel = Find(row.Shape.DataSet.Id);
        if (channel.Outlet is not { } outlet) return;
        Watch?.Invoke(row);
        channel.Rows++;
        if (_options.DirtyRate > 0 && Chance.Chance(_options.DirtyRate)) SendSpoiled(channel, outlet, row);
        else SendClean(channel, outlet, row);
    }

    public void Dispose()
    {
        Close();
        foreach (var outlet in _outlets) outlet.Dispose();
    }

    private Channel Find(string dataSet)
    {
        if (!_byReference.TryGetValue(dataSet, out var channel)) _byReference.Add(dataSet, channel = _channels[dataSet]);
        return channel;
    }

    private void SendClean(Channel channel, IOutlet outlet, Row row)
    {
        outlet.Write(new(row));
        if (_options.CorrectionRate <= 0 || !Chance.Chance(_options.CorrectionRate)) return;
        channel.Correction.CopyFrom(row);
        if (Corrector.Correct(Chance, channel.Correction, channel.Faults, outlet.CanAlter)) outlet.Write(new(channel.Correction, Later: true));
    }

    private void SendSpoiled(Channel channel, IOutlet outlet, Row row)
    {
        var whole = Chance.Unit();
        if (whole < 0.06)
        {
            outlet.Write(new(row));
            outlet.Write(new(row, new Fault(Fault.Duplicate, null)));
        }
        else if (whole < 0.12 && outlet.RecordFaults.Length > 0)
        {
            outlet.Write(new(row, new Fault(Chance.Pick(outlet.RecordFaults), null)));
        }
        else
        {
            outlet.Write(new(row, channel.Faults.Spoil(Chance, row, outlet)));
        }
    }

    /// <summary>Ends its message when disposed of.</summary>
    internal readonly struct Message(Desk desk) : IDisposable
    {
        public void Dispose()
        {
            foreach (var outlet in desk._outlets) outlet.EndMessage();
        }
    }
}
