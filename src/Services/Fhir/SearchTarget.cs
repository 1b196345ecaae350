namespace Yunnao.Services.Fhir;

/// <summary>Where a source has what a parameter asks for.</summary>
/// <param name="Leaf">The code, the beginning, the text, the person or number that is referred to, the number; null for a constant.</param>
/// <param name="Other">The system of the code, the end of the period, the unit; or null.</param>
/// <param name="Code">The code that every resource of the source has, when there is no leaf.</param>
/// <param name="System">The system of the code where it is always the same.</param>
internal sealed record SearchTarget(ElementLeaf? Leaf, ElementLeaf? Other = null, string? Code = null, string? System = null)
{
    /// <summary>True when the resource says <c>unknown</c> where the row has nothing.</summary>
    public bool UnknownWhenMissing { get; init; }

    /// <summary>What people read for a code; for <c>:text</c>.</summary>
    public IReadOnlyList<ElementLeaf> Texts { get; init; } = [];

    /// <summary>True of a period that goes on while it has no end; false where the end is then the beginning.</summary>
    public bool Open { get; init; }
}
