using System.ComponentModel.DataAnnotations;

namespace Yunnao.Services.DataServices;

/// <summary>How much one caller may take by interface.</summary>
public sealed class DataLimits
{
    /// <summary>Requests a minute. Default 6,000.</summary>
    [Range(1, int.MaxValue)]
    public int RequestsPerMinute { get; set; } = 6_000;

    /// <summary>Requests a day (UTC). Default 1,000,000.</summary>
    [Range(1, long.MaxValue)]
    public long RequestsPerDay { get; set; } = 1_000_000;

    /// <summary>Rows a day (UTC). Default 20,000,000; whoever needs more asks for an export.</summary>
    [Range(1, long.MaxValue)]
    public long RowsPerDay { get; set; } = 20_000_000;
}
