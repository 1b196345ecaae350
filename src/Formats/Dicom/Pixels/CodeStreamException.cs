using Yunnao.Kernel;

namespace Yunnao.Formats.Dicom.Pixels;

/// <summary>A code stream that cannot be decoded; it leaves <see cref="FrameDecoder"/> as a problem.</summary>
internal sealed class CodeStreamException(Sentence said, bool unsupported = false) : Exception(said.ToString())
{
    public Sentence Said => said;

    /// <summary>True when the stream may be right, but a process is used that is not decoded here.</summary>
    public bool IsUnsupported => unsupported;
}
