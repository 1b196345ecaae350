namespace Yunnao.Standards.Expressions;

/// <summary>
/// A comparison with a number that is written out: <c>left sign number</c>, or <c>left sign other ± number</c> where left and other are items.
/// Of such comparisons that differ in the number only, one is true whenever any is.
/// </summary>
/// <param name="Sign"><c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c> or <c>&gt;=</c>.</param>
/// <param name="Other">SQL of the other item; null: the number stands alone.</param>
/// <param name="Number">With its sign.</param>
public sealed record Bound(string Left, string Sign, string? Other, decimal Number)
{
    /// <summary>True when something has to be large to be out of bounds: then the smallest number is passed first.</summary>
    public bool IsUpper => Sign[0] == '>';
}
