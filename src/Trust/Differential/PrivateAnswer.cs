namespace Yunnao.Trust.Differential;

/// <summary>An answer with noise.</summary>
/// <param name="Group">Code of the group; null without groups.</param>
/// <param name="Error95">Half the width of the interval that holds the noise in 95 of 100 answers; of a mean, roughly. Says nothing about the data.</param>
public sealed record PrivateAnswer(string? Group, double Value, double Error95);
