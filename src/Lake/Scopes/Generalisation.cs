using Yunnao.Standards.Policies;

namespace Yunnao.Lake.Scopes;

/// <summary>How <see cref="ItemAction.Generalise"/> makes a value coarser. What is not said follows from the type: the month of a date.</summary>
public abstract record Generalisation
{
    private Generalisation()
    {
    }

    /// <summary>The first characters of a text.</summary>
    public sealed record Prefix(int Length) : Generalisation;

    /// <summary>The group of the range that a code is in; nothing for a code that is in none.</summary>
    public sealed record Ranges(IReadOnlyList<CodeRange> Of) : Generalisation;

    /// <summary>The lower end of a band of this width; values at or above the top fall into one band.</summary>
    public sealed record Band(int Width, int? Top = null) : Generalisation;
}
