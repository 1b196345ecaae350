using System.Collections.Concurrent;
using System.Globalization;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Fhir;

/// <summary>
/// Which data set has the record of an id, and which batch brought it, of those that were written or read lately, so that a read asks one data set and not
/// every one of which its type is made, and looks where that batch's rows are before it looks everywhere. The id is a hash over the data set too, so
/// that cannot become wrong; a newer version is in another batch. Whether there is such a record, and whether the caller may see it, is asked of the lake.
/// </summary>
public sealed class ResourcePlaces
{
    /// <summary>Bytes that a place takes, some more or less.</summary>
    private const int BytesOfPlace = 60;

    private const int PartOfMemory = 64, Parts = 16;

    private static readonly int s_mostOfPart = (int)Math.Min(int.MaxValue / 2, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / PartOfMemory / BytesOfPlace / Parts / 2);

    private readonly Part[] _parts = [.. Enumerable.Range(0, Parts).Select(_ => new Part())];
    private readonly ConcurrentDictionary<ResourceSource, int> _numbers = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentDictionary<int, ResourceSource> _sources = new();

    /// <summary>Some of the places. Numbers alone: millions of objects, or of references, would have to be looked at each time that memory is collected.</summary>
    private sealed class Part
    {
        private readonly Lock _gate = new();
        private Dictionary<UInt128, (int Source, int Batch)> _young = [], _old = [];

        public void Put(UInt128 record, int source, int batch)
        {
            lock (_gate)
            {
                _young[record] = (source, batch);
                if (_young.Count >= s_mostOfPart) (_old, _young) = (_young, []);
            }
        }

        public (int Source, int Batch)? Find(UInt128 record)
        {
            lock (_gate) return _young.TryGetValue(record, out var known) || _old.TryGetValue(record, out known) ? known : null;
        }
    }

    /// <param name="batch">The batch that brought it; null where that is not shown.</param>
    internal void Note(ResourceSource source, string id, int? batch)
    {
        if (!source.OnePerSubject && batch is { } number && TryRead(id, out var record)) PartOf(record).Put(record, NumberOf(source), number);
    }

    /// <summary>The sources of a type to ask for an id under a reading: the one that has it, where that is known and in reach, else all in reach.</summary>
    internal IEnumerable<ResourceSource> Of(ResourceType type, string id, FhirReading reading)
    {
        var reached = type.Sources.Where(reading.Reaches);
        return TryRead(id, out var record) && Find(record) is { Source: var source } && source.Type == type.Name && reading.Reaches(source) && ShowsKeys(reading, source) ? [source] : reached;
    }

    /// <summary>The batch in which a record was last seen; null when it is not known, or the Scope does not show which it is.</summary>
    internal int? Batch(ResourceSource source, string id, ScopedTable table) =>
        table.Find(Query.ArrivalColumn) is not null && table.Find(SystemColumns.Record)?.Action == ItemAction.Clear && TryRead(id, out var record) && Find(record) is { } known && known.Source == source ? known.Batch : null;

    /// <summary>True when the lake has the record of an id at hand; see <see cref="Lake.ILakeEngine.HasAtHand"/>.</summary>
    internal static bool IsAtHand(ResourceSource source, string id, FhirReading reading) =>
        !source.OnePerSubject && TryRead(id, out var record) && ShowsKeys(reading, source) && reading.Lake.HasAtHand(source.DataSet, record);

    /// <summary>Under other Scopes ids are pseudonyms.</summary>
    internal static bool ShowsKeys(FhirReading reading, ResourceSource source) => reading.Table(source).Try(out var table, out _) && table.Find(SystemColumns.Record)?.Action == ItemAction.Clear;

    private (ResourceSource Source, int Batch)? Find(UInt128 record) => PartOf(record).Find(record) is var (source, batch) ? (_sources[source], batch) : null;

    private Part PartOf(UInt128 record) => _parts[(int)((ulong)record % Parts)];

    private int NumberOf(ResourceSource source)
    {
        if (_numbers.TryGetValue(source, out var known)) return known;
        lock (_parts)
        {
            if (_numbers.TryGetValue(source, out known)) return known;
            var number = _sources.Count;
            _sources[number] = source;
            return _numbers[source] = number;
        }
    }

    private static bool TryRead(string id, out UInt128 record) => UInt128.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out record);
}
