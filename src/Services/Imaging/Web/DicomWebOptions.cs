namespace Yunnao.Services.Imaging.Web;

/// <summary>How the archive answers over DICOMweb.</summary>
public sealed class DicomWebOptions
{
    /// <summary>Where the services are, without a slash at the end.</summary>
    public string Root { get; init; } = "/dicom-web";

    /// <summary>Where WADO-URI is.</summary>
    public string WadoUri { get; init; } = "/wado";

    /// <summary>The address under which others reach <see cref="Root"/>, for the links in answers; null takes that of the request.</summary>
    public string? PublicUrl { get; init; }

    /// <summary>Matches that are given where the question names no number.</summary>
    public int UsualLimit { get; init; } = 1000;

    /// <summary>The most matches of one answer.</summary>
    public int MostLimit { get; init; } = 10_000;

    /// <summary>Organisation whose patient numbers are in what is stored.</summary>
    public string Organisation { get; init; } = "local";

    /// <summary>Encodes pictures of frames; null answers that there are none.</summary>
    public PictureWriter? Pictures { get; init; }
}
