namespace Yunnao.Trust.FreeText;

/// <summary>What becomes of dates in a text that is de-identified.</summary>
public enum DateHandling
{
    /// <summary>The date gives way to a label.</summary>
    Label,

    /// <summary>The day is left out: 2024年3月5日 becomes 2024年3月.</summary>
    Month,

    /// <summary>Dates stay.</summary>
    Keep,
}
