namespace Yunnao.Trust.FreeText;

/// <summary>A piece of text that identifies, in UTF-16 code units.</summary>
public readonly record struct Finding(int Start, int Length, IdentifierKind Kind)
{
    /// <summary>The first position after it.</summary>
    public int End => Start + Length;

    internal static Finding Between(int start, int end, IdentifierKind kind) => new(start, end - start, kind);
}
