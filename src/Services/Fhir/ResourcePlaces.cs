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
    private const int BytesOfPlace = 100;

    private const int PartOfMemory = 64;

    private static readonly long s_most = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / PartOfMemory / BytesOfPlace;

    private readonly Lock _gate = new();
    private volatile ConcurrentDictionary<UInt128, (ResourceSource Source, int Batch)> _young = new(), _old = new();
    private int _added;

    /// <param name="batch">The batch that brought it; null where that is not shown.</param>
    internal void Note(ResourceSource source, string id, int? batch)
    {
        if (source.OnePerSubject || batch is not { } number || !TryRead(id, out var record)) return;
        if (!_young.TryAdd(record, (source, number)))
        {
            _young[record] = (source, number);
            return;
        }

        // Counting what is kept would lock all of it.
        if (Interlocked.Increment(ref _added) < s_most / 2) return;
        lock (_gate)
        {
            if (Volatile.Read(ref _added) < s_most / 2) return;
            (_old, _young) = (_young, new());
            Volatile.Write(ref _added, 0);
        }
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

    /// <summary>Under other Scopes ids are pseudonyms.</summary>
    internal static bool ShowsKeys(FhirReading reading, ResourceSource source) => reading.Table(source).Try(out var table, out _) && table.Find(SystemColumns.Record)?.Action == ItemAction.Clear;

    private (ResourceSource Source, int Batch)? Find(UInt128 record) => _young.TryGetValue(record, out var known) || _old.TryGetValue(record, out known) ? known : null;

    private static bool TryRead(string id, out UInt128 record) => UInt128.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out record);
}
