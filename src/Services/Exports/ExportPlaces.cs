using Yunnao.Trust.Keys;

namespace Yunnao.Services.Exports;

/// <summary>The places into which exports are pushed, by the names that orders use.</summary>
public sealed class ExportPlaces(IReadOnlyDictionary<string, ExportPlaceOptions> places, FileSeal seal)
{
    /// <summary>The place of a name, or null when none is configured.</summary>
    public ExportPlace? Find(string name) => places.TryGetValue(name, out var place) ? new(place.Place, seal) : null;
}
