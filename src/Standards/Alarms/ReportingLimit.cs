namespace Yunnao.Standards.Alarms;

/// <summary>A time limit of reporting: from one time of a record to another.</summary>
/// <param name="From">Item with the time at which the limit begins to run.</param>
/// <param name="To">Item with the time at which it is met.</param>
/// <param name="Code">Item whose code decides how long, or null.</param>
/// <param name="ValueSet">Value set of that code.</param>
/// <param name="Attribute">Attribute of the value set with the hours.</param>
/// <param name="Hours">The limit where no code says otherwise.</param>
public sealed record ReportingLimit(
    string Id, string Version, Status Status, Names Name, string DataSet, string From, string To, string? Code, string? ValueSet,
    string? Attribute, int Hours, string Source, SourceLine At);
