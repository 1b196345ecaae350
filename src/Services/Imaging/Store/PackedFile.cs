using Microsoft.Win32.SafeHandles;
using Yunnao.Trust.Keys;

namespace Yunnao.Services.Imaging.Store;

/// <summary>A file in a pack, opened to be read by ranges. Not for several threads at once.</summary>
/// <param name="start">Where its bytes begin in the pack.</param>
/// <param name="reader">Decrypts it; null when it stands there in clear.</param>
internal sealed class PackedFile(SafeFileHandle pack, long start, SealedReader? reader) : IDisposable
{
    /// <summary>Fills a span with the bytes from an offset on.</summary>
    /// <exception cref="EndOfStreamException">The pack is shorter than the index says.</exception>
    /// <exception cref="InvalidDataException">The bytes are not those that were written.</exception>
    public void Read(long offset, Span<byte> into)
    {
        if (reader is null) ReadStored(offset, into);
        else reader.Read(offset, into, ReadStored);
    }

    public void Dispose() => reader?.Dispose();

    private void ReadStored(long offset, Span<byte> into)
    {
        while (into.Length > 0)
        {
            var read = RandomAccess.Read(pack, into, start + offset);
            if (read == 0) throw new EndOfStreamException("A pack is shorter than the index says.");
            into = into[read..];
            offset += read;
        }
    }
}
