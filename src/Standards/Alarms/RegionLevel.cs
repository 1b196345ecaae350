namespace Yunnao.Standards.Alarms;

/// <summary>A level at which cases are added up. Regions are beginnings of a division code (GB/T 2260, GB/T 10114).</summary>
public enum RegionLevel
{
    /// <summary>All regions together.</summary>
    Nation,

    /// <summary>2 digits.</summary>
    Province,

    /// <summary>4 digits.</summary>
    City,

    /// <summary>6 digits.</summary>
    County,

    /// <summary>9 digits.</summary>
    Street,

    /// <summary>The institution that saw the case.</summary>
    Institution,
}
