using System.Collections.Concurrent;
using System.Globalization;
using Yunnao.Lake.Scopes;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Fhir;

/// <summary>
/// Which data set has the record of an id, of those that were written or read lately, so that a read asks one data set and not every one of which
/// its type is made. The id is a hash over the data set too, so what is known here cannot become wrong; whether there is such a record, and
/// whether the caller may see it, is asked of the lake each time.
/// </summary>
public sealed class ResourcePlaces
{
    private const int MostKept = 200_000;

    private readonly ConcurrentDictionary<UInt128, ResourceSource> _known = new();
    private int _added;

    internal void Note(ResourceSource source, string id)
    {
        if (source.OnePerSubject || !TryRead(id, out var record) || !_known.TryAdd(record, source)) return;

        // Counting what is kept would lock all of it.
        if (Interlocked.Increment(ref _added) < MostKept) return;
        _known.Clear();
        Interlocked.Exchange(ref _added, 0);
    }

    /// <summary>The sources of a type to ask for an id under a reading: the one that has it, where that is known and in reach, else all in reach.</summary>
    internal IEnumerable<ResourceSource> Of(ResourceType type, string id, FhirReading reading)
    {
        var reached = type.Sources.Where(reading.Reaches);
        return TryRead(id, out var record) && _known.TryGetValue(record, out var source) && source.Type == type.Name && reading.Reaches(source) && ShowsKeys(reading, source) ? [source] : reached;
    }

    /// <summary>Under other Scopes ids are pseudonyms.</summary>
    internal static bool ShowsKeys(FhirReading reading, ResourceSource source) => reading.Table(source).Try(out var table, out _) && table.Find(SystemColumns.Record)?.Action == ItemAction.Clear;

    private static bool TryRead(string id, out UInt128 record) => UInt128.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out record);
}
