namespace Yunnao.Standards;

/// <summary>A cross-item rule: a SQL condition over item names that must hold; NULL passes.</summary>
public sealed record Rule(
    string Id, string DataSet, string Version, Status Status, Severity Severity, string Expression, Names Message, string Source, SourceLine At);
