namespace Yunnao.Formats.Fhir;

/// <summary>What a node of the tape is.</summary>
internal enum JsonKind : byte
{
    Null,
    Object,
    Array,
    Text,

    /// <summary>A text with backslash escapes.</summary>
    EscapedText,

    /// <summary>A number or boolean, as written.</summary>
    Literal,
}
