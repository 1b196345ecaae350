using Yunnao.Lake.Queries;

namespace Yunnao.Trust.Differential;

/// <summary>A question that is answered with noise.</summary>
/// <param name="Project">Whose budget pays.</param>
public sealed record PrivateQuestion(string Project, string DataSet, PrivateMeasure Measure, PrivacyCost Cost)
{
    /// <summary>The item of a sum or mean: a number.</summary>
    public string? Item { get; init; }

    /// <summary>Bounds that a person's value is held between. They must not be taken from the data.</summary>
    public double Low { get; init; }

    /// <inheritdoc cref="Low"/>
    public double High { get; init; }

    /// <summary>
    /// An item with a value set, for one answer a code (a histogram); every code of the set gets one, whether it occurs or not. A person with several
    /// codes counts for the smallest.
    /// </summary>
    public string? By { get; init; }

    /// <summary>Which rows.</summary>
    public Filter? Where { get; init; }
}
