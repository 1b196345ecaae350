namespace Yunnao.Lake.Scopes;

/// <summary>What a Scope lets its holder see of an item.</summary>
public enum ItemAction
{
    /// <summary>The item does not exist for the holder.</summary>
    Nothing,

    /// <summary>The value as it is stored.</summary>
    Clear,

    /// <summary>Of a text its first character; of anything else nothing but that the column is there.</summary>
    Mask,

    /// <summary>A coarser value, see <see cref="Generalisation"/>: of a date or time its month; of a number its band and of a text its first three characters unless it is said otherwise.</summary>
    Generalise,

    /// <summary>The text without what identifies a person in it, see <see cref="ITextRedactor"/>; of anything but a text nothing.</summary>
    Redact,

    /// <summary>A keyed hash of the value, 32 hex digits, the same for the same value and the same recipient.</summary>
    Pseudonym,
}
