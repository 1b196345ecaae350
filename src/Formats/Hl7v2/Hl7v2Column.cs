namespace Yunnao.Formats.Hl7v2;

/// <summary>A column with its paths compiled, in the order to try them.</summary>
internal sealed record Hl7v2Column(Hl7v2Path[] Paths, bool Time);
