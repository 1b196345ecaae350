using Yunnao.Services.Imaging.Dimse;
using Yunnao.Services.Imaging.Web;

namespace Yunnao.Services.Imaging;

/// <summary>How <c>yunnao imaging serve</c> listens.</summary>
public sealed class ImagingServerOptions
{
    /// <summary>DICOM associations.</summary>
    public required DimseOptions Dimse { get; init; }

    /// <summary>DICOMweb.</summary>
    public required DicomWebOptions Web { get; init; }

    /// <summary>Port of HTTP on the loopback address; 0 takes a free one, null serves no HTTP.</summary>
    public int? HttpPort { get; init; }

    /// <summary>With it every HTTP request must carry it: <c>Authorization: Bearer …</c>.</summary>
    public string? Token { get; init; }

    /// <summary>Folder of a built OHIF viewer to be served at the same address; null for none.</summary>
    public string? Viewer { get; init; }
}
