using Row = Yunnao.Tests.Engines.Lake.LabRows.Row;

namespace Yunnao.Tests.Engines.Lake;

/// <summary>What a lake with one data set should hold, in the plainest way one can write it.</summary>
internal sealed class LakeModel
{
    private readonly List<Version> _versions = [];
    private readonly HashSet<int> _takenBack = [];

    public int Batches { get; private set; }

    public IEnumerable<Version> Current => _versions.Where(v => v.SupersededBy is null).Order();

    public IEnumerable<Version> History => _versions.Where(v => v.SupersededBy is not null).Order();

    /// <summary>Loads a batch; returns accepted, quarantined, superseded.</summary>
    public (int Accepted, int Quarantined, int Superseded) Load(IReadOnlyList<Row> rows)
    {
        Batches++;
        var (accepted, superseded) = (0, 0);
        foreach (var row in rows.Where(r => r.Refused is null))
        {
            accepted++;
            var key = $"{row.Org}{row.Key}";
            var at = _versions.FindIndex(v => v.Key == key && v.SupersededBy is null);
            var number = 1;
            if (at >= 0)
            {
                superseded++;
                number = _versions[at].Number + 1;
                _versions[at] = _versions[at] with { SupersededBy = Batches };
            }

            _versions.Add(new(key, number, Batches, row.Value, null));
        }

        return (accepted, rows.Count - accepted, superseded);
    }

    /// <summary>Takes a batch back; false when it is already.</summary>
    public bool TakeBack(int batch)
    {
        if (!_takenBack.Add(batch)) return false;
        foreach (var key in _versions.Where(v => v.Batch == batch).Select(v => v.Key).Distinct().ToList())
        {
            // The last version that the batch brought hands on, to the version before the batch, what superseded it.
            var last = _versions.Last(v => v.Key == key && v.Batch == batch);
            var before = _versions.FindIndex(v => v.Key == key && v.SupersededBy == batch && v.Batch != batch);
            if (before >= 0) _versions[before] = _versions[before] with { SupersededBy = last.SupersededBy };
        }

        _versions.RemoveAll(v => v.Batch == batch);
        return true;
    }

    /// <summary>One version of a record.</summary>
    public sealed record Version(string Key, int Number, int Batch, double Value, int? SupersededBy) : IComparable<Version>
    {
        public int CompareTo(Version? other) => (Key, Number, Batch, Value).CompareTo((other!.Key, other.Number, other.Batch, other.Value));
    }
}
