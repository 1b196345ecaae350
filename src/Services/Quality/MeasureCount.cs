using Yunnao.Standards;

namespace Yunnao.Services.Quality;

/// <summary>What was counted of a measure.</summary>
/// <param name="Checked">Accepted rows that it was asked of, and rows in quarantine that failed it.</param>
/// <param name="Failed">Those that failed.</param>
/// <param name="Worst">Institution with the most failures.</param>
public sealed record MeasureCount(string DataSet, string Measure, Names Name, string Dimension, double Weight, long Checked, long Failed, string Worst)
{
    /// <summary>Share of failures.</summary>
    public double Rate => Checked == 0 ? 0 : (double)Failed / Checked;
}
