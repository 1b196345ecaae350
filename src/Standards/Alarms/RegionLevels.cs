namespace Yunnao.Standards.Alarms;

/// <summary>Regions by the digits of their code.</summary>
public static class RegionLevels
{
    /// <summary>Digits of a region's code at a level; 0 for the nation and for institutions.</summary>
    public static int Digits(this RegionLevel level) => level switch
    {
        RegionLevel.Province => 2,
        RegionLevel.City => 4,
        RegionLevel.County => 6,
        RegionLevel.Street => 9,
        _ => 0,
    };

    /// <summary>The level of a region code by its length, or null for a code that is none.</summary>
    public static RegionLevel? Of(string region) => region.Length switch
    {
        0 => RegionLevel.Nation,
        2 => RegionLevel.Province,
        4 => RegionLevel.City,
        6 => RegionLevel.County,
        9 => RegionLevel.Street,
        _ => null,
    };

    /// <summary>The level above in the tree of regions, or null above the nation and for institutions.</summary>
    public static RegionLevel? Above(this RegionLevel level) =>
        level is RegionLevel.Nation or RegionLevel.Institution ? null : level - 1;
}
