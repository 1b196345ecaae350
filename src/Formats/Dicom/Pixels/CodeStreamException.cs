namespace Yunnao.Formats.Dicom.Pixels;

/// <summary>A code stream that cannot be decoded; it leaves <see cref="FrameDecoder"/> as a problem.</summary>
internal sealed class CodeStreamException(string message, bool unsupported = false) : Exception(message)
{
    /// <summary>True when the stream may be right, but a process is used that is not decoded here.</summary>
    public bool IsUnsupported => unsupported;
}
