namespace Yunnao.Trust.FreeText;

/// <summary>What a piece of text gives away about a person (GB/T 39725-2020 Annex G, direct and quasi identifiers in free text).</summary>
public enum IdentifierKind
{
    /// <summary>A personal name, whole or in part (surname before a title).</summary>
    Name,

    /// <summary>A number of an identity document: citizen number (GB 11643), passport, social security number.</summary>
    IdNumber,

    /// <summary>A telephone number.</summary>
    Phone,

    /// <summary>A postal address or a part of one below the province.</summary>
    Address,

    /// <summary>A named institution: hospital, school, employer.</summary>
    Institution,

    /// <summary>A number that an institution gave: hospital, visit, specimen, insurance, bank card.</summary>
    RecordNumber,

    /// <summary>A date with its day.</summary>
    Date,

    /// <summary>An e-mail address.</summary>
    Email,

    /// <summary>A number plate (GA 36).</summary>
    Plate,

    /// <summary>A web address or the name of an account on the net.</summary>
    NetworkName,
}
