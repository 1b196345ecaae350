using System.Text;
using Yunnao.Kernel;

namespace Yunnao.Trust.Keys;

/// <summary>
/// Encrypts what waits in files for a while (messages of a spool, exports until they are fetched) under the key of objects, bound to its place: content
/// that was moved to the place of another does not decrypt.
/// </summary>
public sealed class FileSeal(KeyRing keys)
{
    /// <summary>A stream that encrypts what is written to it; the output is whole, and still open, when it is disposed.</summary>
    /// <param name="place">Where the content belongs: the same is needed to open it.</param>
    public Stream Seal(Stream output, string place) => new SealingStream(output, keys.Current(KeyUse.Objects), leaveOpen: true, Encoding.UTF8.GetBytes(place));

    /// <summary>The clear bytes, seekable; owns the input, which is closed when it cannot be opened. Problems: <c>keys.sealed-damaged</c>, <c>keys.unknown</c>.</summary>
    public Result<Stream> Open(Stream input, string place)
    {
        if (OpeningStream.Open(input, keys, Encoding.UTF8.GetBytes(place)).Try(out var clear, out var problem)) return clear;
        input.Dispose();
        return problem;
    }
}
