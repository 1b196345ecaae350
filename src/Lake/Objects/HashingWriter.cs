using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Yunnao.Lake.Objects;

/// <summary>
/// Copies a stream into a new file and hashes it on the way: while one buffer is hashed and written, the next is read.
/// The file is held, for readers only, until disposed. With a cipher the file that is kept gets the encrypted bytes; the clear ones go into a
/// file beside it only where somebody needs one, which is never flushed to the disk.
/// </summary>
internal sealed class HashingWriter : IDisposable
{
    // Larger buffers leave the processor's caches between reading and writing: with 4 MB the copy took four times as long.
    private const int BufferSize = 512 << 10;

    // For the head alone: what is sealed comes in larger pieces.
    private const int SealedBuffer = 4096;

    private readonly SafeFileHandle? _clear;
    private readonly FileStream? _sealedFile;
    private readonly Stream? _sealing;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _length;

    /// <param name="needsClear">True when somebody reads the clear bytes at the path.</param>
    public HashingWriter(string path, IObjectCipher? cipher, bool needsClear)
    {
        const FileShare Readers = FileShare.Read | FileShare.Delete;
        if (cipher is null || needsClear) _clear = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, Readers, FileOptions.Asynchronous);
        Kept = path;
        if (cipher is null) return;
        if (needsClear) Kept = path + ".sealed";
        _sealedFile = new FileStream(Kept, FileMode.CreateNew, FileAccess.Write, Readers, SealedBuffer);
        _sealing = cipher.Seal(_sealedFile);
    }

    /// <summary>The file that is to be kept.</summary>
    public string Kept { get; }

    /// <summary>Copies to the end of the stream; the file is whole, but not yet safe from a power cut.</summary>
    public async Task<StoredObject> CopyAsync(Stream bytes, CancellationToken cancellation)
    {
        var size = bytes.CanSeek ? (int)Math.Clamp(bytes.Length - bytes.Position + 1, 1, BufferSize) : BufferSize;
        var (first, second) = (ArrayPool<byte>.Shared.Rent(size), (byte[]?)null);
        var current = first.AsMemory(0, size);
        var filled = await FillAsync(bytes, current, cancellation).ConfigureAwait(false);
        if (filled < size)
        {
            // All of it: it is not worth other threads.
            Keep(current.Span[..filled]);
        }
        else
        {
            second = ArrayPool<byte>.Shared.Rent(size);
            var next = second.AsMemory(0, size);
            while (filled > 0)
            {
                var (into, kept) = (next, current[..filled]);
                var reading = Task.Run(() => FillAsync(bytes, into, cancellation), cancellation);
                var writing = _clear is null ? Task.CompletedTask : Task.Run(() => RandomAccess.Write(_clear, kept.Span, _length), cancellation);
                var sealing = _sealing is null ? Task.CompletedTask : Task.Run(() => _sealing.Write(kept.Span), cancellation);
                _hash.AppendData(kept.Span);
                await Task.WhenAll(writing, sealing, reading).ConfigureAwait(false);
                _length += filled;
                filled = await reading.ConfigureAwait(false);
                (current, next) = (next, current);
            }
        }

        if (_sealing is not null) await _sealing.DisposeAsync().ConfigureAwait(false);
        if (_sealedFile is not null) await _sealedFile.FlushAsync(cancellation).ConfigureAwait(false);

        // Not where something failed: somebody may still be at work on them then.
        ArrayPool<byte>.Shared.Return(first, clearArray: true);
        if (second is not null) ArrayPool<byte>.Shared.Return(second, clearArray: true);
        return new(Convert.ToHexStringLower(_hash.GetHashAndReset()), _length);
    }

    private void Keep(ReadOnlySpan<byte> all)
    {
        if (_clear is not null) RandomAccess.Write(_clear, all, 0);
        _sealing?.Write(all);
        _hash.AppendData(all);
        _length = all.Length;
    }

    /// <summary>Returns when the file that is kept is on the disk.</summary>
    public void Flush()
    {
        if (_sealedFile is null) RandomAccess.FlushToDisk(_clear!);
        else _sealedFile.Flush(flushToDisk: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_sealedFile is not null)
        {
            File.Delete(Kept);
            _sealing!.Dispose();
            _sealedFile.Dispose();
        }

        _clear?.Dispose();
        _hash.Dispose();
    }

    private static async Task<int> FillAsync(Stream bytes, Memory<byte> buffer, CancellationToken cancellation)
    {
        var filled = 0;
        while (filled < buffer.Length)
        {
            var read = await bytes.ReadAsync(buffer[filled..], cancellation).ConfigureAwait(false);
            if (read == 0) break;
            filled += read;
        }

        return filled;
    }
}
