namespace Yunnao.Formats.Fhir;

/// <summary>A value of the document on the tape.</summary>
/// <param name="Name">Number of its property name; 0 in an array, or when no plan reads the name.</param>
/// <param name="NameStart">Where the name's text is, for reports.</param>
/// <param name="Start">Where its text is; without the quotes.</param>
/// <param name="Next">Index of the node after it and all in it.</param>
internal readonly record struct JsonNode(int Name, int NameStart, int NameLength, int Start, int Length, int Next, JsonKind Kind);
