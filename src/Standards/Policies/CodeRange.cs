namespace Yunnao.Standards.Policies;

/// <summary>Codes from one to another become one group. Both ends count as prefixes: <c>B99</c> includes <c>B99.900</c>.</summary>
/// <param name="Group">What is shown in the place of the code.</param>
public sealed record CodeRange(string From, string To, string Group, Names Name);
