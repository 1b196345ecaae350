using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Yunnao.Lake.Objects;

/// <summary>
/// Copies a stream into a new file and hashes it on the way: while one buffer is hashed and written, the next is read.
/// The file is held, for readers only, until disposed.
/// </summary>
internal sealed class HashingWriter(string path) : IDisposable
{
    // Larger buffers leave the processor's caches between reading and writing: with 4 MB the copy took four times as long.
    private const int BufferSize = 512 << 10;

    private readonly SafeFileHandle _file = File.OpenHandle(
        path, FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete, FileOptions.Asynchronous);

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _length;

    /// <summary>Copies to the end of the stream; the file is whole, but not yet safe from a power cut.</summary>
    public async Task<StoredObject> CopyAsync(Stream bytes, CancellationToken cancellation)
    {
        var size = bytes.CanSeek ? (int)Math.Clamp(bytes.Length - bytes.Position + 1, 1, BufferSize) : BufferSize;
        var (current, next) = (new byte[size], new byte[size]);
        var filled = await FillAsync(bytes, current, cancellation).ConfigureAwait(false);
        while (filled > 0)
        {
            var reading = Task.Run(() => FillAsync(bytes, next, cancellation), cancellation);
            var kept = current.AsMemory(0, filled);
            var writing = Task.Run(() => RandomAccess.Write(_file, kept.Span, _length), cancellation);
            _hash.AppendData(kept.Span);
            await Task.WhenAll(writing, reading).ConfigureAwait(false);
            _length += filled;
            filled = await reading.ConfigureAwait(false);
            (current, next) = (next, current);
        }

        return new(Convert.ToHexStringLower(_hash.GetHashAndReset()), _length);
    }

    /// <summary>Returns when the file is on the disk.</summary>
    public void Flush() => RandomAccess.FlushToDisk(_file);

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        _hash.Dispose();
    }

    private static async Task<int> FillAsync(Stream bytes, byte[] buffer, CancellationToken cancellation)
    {
        var filled = 0;
        while (filled < buffer.Length)
        {
            var read = await bytes.ReadAsync(buffer.AsMemory(filled), cancellation).ConfigureAwait(false);
            if (read == 0) break;
            filled += read;
        }

        return filled;
    }
}
