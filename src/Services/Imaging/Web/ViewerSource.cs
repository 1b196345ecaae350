namespace Yunnao.Services.Imaging.Web;

/// <summary>Services of DICOMweb that a viewer asks.</summary>
/// <param name="Name">Its name in addresses.</param>
/// <param name="DicomWeb">Path of QIDO-RS and WADO-RS.</param>
/// <param name="WadoUri">Path of WADO-URI.</param>
public sealed record ViewerSource(string Name, string DicomWeb, string WadoUri);
