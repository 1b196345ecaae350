namespace Yunnao.Standards.Alarms;

/// <summary>One condition of a trigger.</summary>
/// <param name="Signal">Signal id, or a rule with codes and a code: <c>card.C10</c>.</param>
/// <param name="Cases">Least cases in the window.</param>
/// <param name="Ratio">Least ratio to the mean of the four windows before (plus one half), or null.</param>
public sealed record TriggerCondition(string Signal, int Cases, double? Ratio);
