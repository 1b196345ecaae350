using Yunnao.Services.Surveillance.Counting;
using Yunnao.Standards.Alarms;

namespace Yunnao.Services.Surveillance.Alarms;

/// <summary>A series that is watched: a signal in a region or institution.</summary>
/// <param name="Parent">Position of the series of the region around it in the same list, or −1.</param>
internal sealed record WatchedSeries(string Signal, RegionLevel Level, string Region, CountSeries Series, int Parent);
