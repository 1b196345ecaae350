namespace Yunnao.Synthetic.Illness;

/// <summary>What a disease does to a laboratory value: it falls between two multiples of a bound of the reference range, or is positive.</summary>
/// <param name="Bound"><c>h</c> the upper bound, <c>l</c> the lower bound, <c>q</c> a qualitative test turns positive.</param>
internal readonly record struct LabShift(char Bound, double From, double To, double Probability);
