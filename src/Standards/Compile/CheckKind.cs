namespace Yunnao.Standards.Compile;

/// <summary>What a check tests. All but Rule follow from an item alone.</summary>
public enum CheckKind
{
    /// <summary>A required item is missing.</summary>
    Required,

    /// <summary>The text is not of the element's type.</summary>
    Type,

    /// <summary>The text is longer than the element's format allows, or not of its exact length.</summary>
    Length,

    /// <summary>The code is not in the value set.</summary>
    ValueSet,

    /// <summary>The value is outside the plausible range.</summary>
    Range,

    /// <summary>The ID number does not have the form and check digit of GB 11643.</summary>
    IdNumber,

    /// <summary>The text holds bytes that could not be decoded in the encoding of the file.</summary>
    Encoding,

    /// <summary>A cross-item rule.</summary>
    Rule,
}
