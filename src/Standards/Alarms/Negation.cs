namespace Yunnao.Standards.Alarms;

/// <summary>How a text denies: from one of <paramref name="Words"/> to the first character of <paramref name="Until"/> nothing is mentioned.</summary>
/// <param name="Except">Phrases that begin like a denial and are none (无明显诱因: without obvious cause).</param>
/// <param name="Until">Characters that end a denial.</param>
public sealed record Negation(IReadOnlyList<string> Words, IReadOnlyList<string> Except, string Until, SourceLine At);
