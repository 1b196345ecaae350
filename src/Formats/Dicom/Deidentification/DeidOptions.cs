namespace Yunnao.Formats.Dicom.Deidentification;

/// <summary>
/// Options of the Basic Application Level Confidentiality Profile (PS3.15 E.3). Retaining safe private elements is not offered: all private
/// elements are removed. Cleaning pixels is not either: <see cref="DeidentifiedObject.MayShowPerson"/> says when it would be needed.
/// </summary>
[Flags]
public enum DeidOptions
{
    /// <summary>The basic profile alone.</summary>
    None = 0,

    /// <summary>E.3.9: UIDs stay.</summary>
    RetainUids = 1,

    /// <summary>E.3.7: device identity stays.</summary>
    RetainDevice = 2,

    /// <summary>E.3.11: institution identity stays.</summary>
    RetainInstitution = 4,

    /// <summary>E.3.8: age, sex, size, weight and the like stay.</summary>
    RetainPatient = 8,

    /// <summary>E.3.6: dates and times stay.</summary>
    RetainFullDates = 16,

    /// <summary>E.3.6: dates are shifted, all of a subject by the same days.</summary>
    ShiftDates = 32,

    /// <summary>E.3.5: descriptions stay, without what names the person.</summary>
    CleanDescriptors = 64,

    /// <summary>E.3.4: structured content stays, its texts cleaned.</summary>
    CleanStructured = 128,

    /// <summary>E.3.3: graphics, annotations and overlays are removed where they could not be cleaned.</summary>
    CleanGraphics = 256,
}
