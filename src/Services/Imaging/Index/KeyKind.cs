namespace Yunnao.Services.Imaging.Index;

/// <summary>How a value is compared.</summary>
internal enum KeyKind
{
    /// <summary>As written, with wildcards.</summary>
    Text,

    /// <summary>Without regard to case, with wildcards.</summary>
    Folded,

    /// <summary>The patient's name: each group on its own; found by keyed hashes of its beginnings, then compared.</summary>
    Name,

    /// <summary>Sealed: a whole value is found by its keyed hash, one with wildcards is compared after unsealing.</summary>
    LookUp,

    /// <summary>Sealed, and compared after unsealing.</summary>
    Sealed,

    /// <summary>Sealed, without regard to case.</summary>
    SealedFolded,

    /// <summary>A sealed day, or a range of days.</summary>
    SealedDate,

    /// <summary>One or a list.</summary>
    Uid,

    /// <summary>A UID that is kept as a number.</summary>
    Code,

    /// <summary>A day, or a range of days.</summary>
    Date,

    /// <summary>A time of day, or a range.</summary>
    Time,

    Number,

    /// <summary>One of several modalities of a study.</summary>
    Modality,

    /// <summary>One of several values that are kept in one text.</summary>
    Member,
}
