namespace Yunnao.Services.Imaging.Index;

/// <summary>Takes an element of a header.</summary>
/// <param name="tag">Its tag.</param>
/// <param name="text">Its value object in the DICOM JSON model, UTF-8.</param>
internal delegate void ElementTaker(uint tag, ReadOnlySpan<byte> text);
