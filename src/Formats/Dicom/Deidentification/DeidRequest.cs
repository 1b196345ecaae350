namespace Yunnao.Formats.Dicom.Deidentification;

/// <summary>What an object is de-identified with.</summary>
public sealed record DeidRequest
{
    /// <summary>The secret from which UIDs and days of shift are derived, at least 16 bytes. The same secret gives the same answers.</summary>
    public required byte[] Key { get; init; }

    /// <summary>Options of the profile.</summary>
    public DeidOptions Options { get; init; }

    /// <summary>What Patient ID and Patient's Name become; null: they are emptied.</summary>
    public string? Pseudonym { get; init; }

    /// <summary>What the days of shift depend on; null: Patient ID as it is in the object. All objects of a person need the same.</summary>
    public string? Subject { get; init; }

    /// <summary>Dates go back by 1 to this many days.</summary>
    public int LargestShift { get; init; } = 365;
}
