namespace Yunnao.Standards;

/// <summary>What a failed check does: reject sends the row to quarantine, flag accepts it and sets its bit.</summary>
public enum Severity { Reject, Flag }
