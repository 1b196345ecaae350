namespace Yunnao.Standards.Alarms;

/// <summary>Words for one thing in free text.</summary>
/// <param name="Any">A text mentions the thing when it holds one of these and does not deny it.</param>
/// <param name="Not">Phrases that hold such a word and mean something else.</param>
public sealed record WordList(
    string Id, string Version, Status Status, Names Name, IReadOnlyList<string> Any, IReadOnlyList<string> Not, SourceLine At);
