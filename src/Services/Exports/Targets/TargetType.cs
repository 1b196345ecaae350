namespace Yunnao.Services.Exports.Targets;

/// <summary>
/// Types of columns in a target, each of which every database has. <see cref="Key"/> is a text that is compared byte by byte: a record key or
/// a subject, in decimal digits or as a pseudonym.
/// </summary>
internal enum TargetType { Key, Text, Boolean, Integer, Long, Decimal, Double, Date, Timestamp, Time }
