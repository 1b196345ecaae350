using Yunnao.Kernel;

namespace Yunnao.Trust.Differential;

/// <summary>What an answer may give away: (ε, δ)-differential privacy (Dwork, Roth, The algorithmic foundations of differential privacy, 2014, definition 2.4).</summary>
/// <param name="Epsilon">Above 0, at most 20; kept in millionths.</param>
/// <param name="Delta">0 for noise that follows the discrete Laplace distribution, above 0 for discrete Gaussian noise, which asks for ε ≤ 1; kept in million-millionths.</param>
public readonly record struct PrivacyCost(decimal Epsilon, decimal Delta = 0)
{
    internal const long EpsilonUnits = 1_000_000;
    internal const long DeltaUnits = 1_000_000_000_000;

    internal long Millionths => (long)(Epsilon * EpsilonUnits);

    internal long DeltaParts => (long)(Delta * DeltaUnits);

    internal Problem? Wrong() =>
        Epsilon is < 0.000001m or > 20 || Delta is < 0 or >= 0.01m || (Delta > 0 && (Epsilon > 1 || DeltaParts == 0))
            ? new(ProblemKind.Incorrect, "privacy.cost", "ε is from 0.000001 to 20, δ from 0 to 0.01; with δ above 0 (Gaussian noise) ε is at most 1.")
            : null;
}
