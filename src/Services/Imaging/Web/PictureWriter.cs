using Yunnao.Formats.Dicom.Pixels;

namespace Yunnao.Services.Imaging.Web;

/// <summary>Encodes a frame as it is shown. The host gives it, so that this room needs no library of pictures.</summary>
/// <param name="frame">The frame.</param>
/// <param name="width">Of the picture, in pixels.</param>
/// <param name="height">Of the picture, in pixels.</param>
/// <param name="mediaType">image/jpeg or image/png.</param>
/// <param name="quality">1 to 100, of JPEG.</param>
public delegate byte[] PictureWriter(RenderedFrame frame, int width, int height, string mediaType, int quality);
