namespace Yunnao.Formats.Dicom.Pixels;

/// <summary>A frame uncompressed: samples side by side pixel by pixel, low byte first, each in 1, 2, 4 or 8 bytes.</summary>
/// <param name="Pixels">How the samples lie: never planar, never subsampled, at least 8 bits allocated (single bits are bytes 0 and 1).</param>
/// <param name="Samples">The samples: rows × columns × samples × bits allocated / 8 bytes.</param>
public sealed record DecodedFrame(PixelDescription Pixels, ReadOnlyMemory<byte> Samples);
