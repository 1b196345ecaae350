using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Detection;

namespace Yunnao.Services.Surveillance.Combined;

/// <summary>Settings of <see cref="DayRanking"/>.</summary>
public sealed record RankingOptions
{
    /// <summary>
    /// False-discovery rate among the signals of a day. This and <see cref="MaximumPValue"/> set the exchange of early signals for
    /// false ones; the defaults were chosen on simulated cities (docs/epidemic.md says which).
    /// </summary>
    public double Level { get; init; } = 0.3;

    /// <summary>Largest p-value of a signal, however few series are judged.</summary>
    public double MaximumPValue { get; init; } = 0.02;

    /// <summary>A signal needs at least this many cases in its longest window; severe diseases have <see cref="FixedThreshold"/>.</summary>
    public double MinimumCases { get; init; } = 2;

    /// <summary>A region's signal explains that of the region around it when the rest of that region has a p-value above this.</summary>
    public double Covered { get; init; } = 0.02;

    /// <summary>Cases by which the ratio of the region around is drawn towards one.</summary>
    public double AreaPrior { get; init; } = 5;

    internal Problem? Check()
    {
        if (Level is not (> 0 and < 1) || MaximumPValue is not (> 0 and < 1) || Covered is not (> 0 and < 1))
            return Series.BadOption("Level, MaximumPValue and Covered", "between 0 and 1");
        return MinimumCases >= 0 && AreaPrior > 0 ? null : Series.BadOption(nameof(MinimumCases), "zero or more, with an area prior above zero");
    }
}
