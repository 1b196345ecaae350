namespace Yunnao.Lake.Queries;

/// <summary>Kinds of values that columns hold and queries compare with.</summary>
public enum ValueKind { Text, Number, Boolean, Date, Timestamp, Time, Subject, Record }
