namespace Yunnao.Standards;

/// <summary>What an item is to its record. Identity roles send the value to the vault and never into the lake.</summary>
[Flags]
public enum Roles
{
    None = 0,

    /// <summary>Part of the local key which, with organisation and data set, identifies the record.</summary>
    Record = 1,

    /// <summary>The local patient number; becomes the subject.</summary>
    Subject = 2,

    /// <summary>The code of the institution.</summary>
    Organisation = 4,

    /// <summary>The event time.</summary>
    Time = 8,

    /// <summary>The link to the encounter.</summary>
    Encounter = 16,

    /// <summary>An identifying value; its kind is <see cref="Item.Identity"/>.</summary>
    Identity = 32,
}
