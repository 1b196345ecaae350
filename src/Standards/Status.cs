namespace Yunnao.Standards;

/// <summary>Life cycle of a registry entry (ISO/IEC 11179-6, shortened).</summary>
public enum Status { Draft, Standard, Superseded }
