using SkiaSharp;

namespace Yunnao.Reports;

/// <summary>Pixels as a picture file.</summary>
public static class Picture
{
    /// <summary>Media types that <see cref="Encode"/> writes, the usual one first.</summary>
    public static readonly IReadOnlyList<string> MediaTypes = ["image/jpeg", "image/png"];

    /// <summary>Encodes pixels, scaled where another size is asked for.</summary>
    /// <param name="width">Of the pixels.</param>
    /// <param name="height">Of the pixels.</param>
    /// <param name="isGrey">True: a byte a pixel, 0 black. False: four bytes a pixel, red, green, blue and 255.</param>
    /// <param name="pixels">Row by row from the top, without gaps.</param>
    /// <param name="to">Width and height of the picture.</param>
    /// <param name="mediaType">One of <see cref="MediaTypes"/>.</param>
    /// <param name="quality">1 to 100, of JPEG; PNG loses nothing.</param>
    public static byte[] Encode(int width, int height, bool isGrey, byte[] pixels, (int Width, int Height) to, string mediaType, int quality)
    {
        var info = new SKImageInfo(width, height, isGrey ? SKColorType.Gray8 : SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var image = SKImage.FromPixelCopy(info, pixels);
        var format = mediaType == "image/png" ? SKEncodedImageFormat.Png : SKEncodedImageFormat.Jpeg;
        if (to == (width, height))
        {
            using var whole = image.Encode(format, quality);
            return whole.ToArray();
        }

        // Made smaller through steps of one half, so that no line of the image is left out; made larger smoothly.
        using var scaled = new SKBitmap(info.WithSize(to.Width, to.Height));
        var isSmaller = to.Width < width;
        image.ScalePixels(scaled.PeekPixels(), isSmaller ? new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear) : new SKSamplingOptions(SKCubicResampler.Mitchell));
        using var data = scaled.Encode(format, quality);
        return data.ToArray();
    }
}
