namespace Yunnao.Formats;

/// <summary>A text column of a staging table and the path it is read from.</summary>
/// <param name="Path">Alternatives are separated by <c> | </c> and tried in order.</param>
/// <param name="Time">
/// The item is a date or a date and time (types D, DT): a decoder whose format writes times its own way (HL7 v2) gives ISO 8601 text,
/// and leaves what is no time of that format as it was sent.
/// </param>
public sealed record ColumnPlan(string Name, string Path, bool Time = false);
