namespace Yunnao.Formats.Dicom.Pixels;

/// <summary>A frame as it is shown.</summary>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
/// <param name="IsGrey">True: a byte a pixel, 0 black. False: four bytes a pixel, red, green, blue and 255.</param>
/// <param name="Pixels">Row by row from the top, without gaps.</param>
public sealed record RenderedFrame(int Width, int Height, bool IsGrey, byte[] Pixels);
