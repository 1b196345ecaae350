namespace Yunnao.Standards;

/// <summary>
/// A representation format of WS 370, such as <c>AN..50</c>, <c>N..6,2</c>, <c>D8</c>.
/// Lengths are in characters; <see cref="Exact"/> is true when the length is fixed.
/// </summary>
public readonly record struct ElementFormat(string Text, int Length, int Decimals, bool Exact);
