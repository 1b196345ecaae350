using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Yunnao.Lake.Objects;

namespace Yunnao.Services.Imaging.Store;

/// <summary>
/// A file on its way in. A small one is held in memory until it is whole and then goes into a pack; a large one goes to the object store as
/// it comes, so that no length of it is ever in memory.
/// </summary>
internal sealed class IncomingFile(FileObjectStore objects, int largestInMemory) : IAsyncDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(64 << 10);
    private Pipe? _pipe;
    private Task<ReceivedObject>? _receiving;
    private ReceivedObject? _received;
    private bool _disposed;

    /// <summary>Bytes so far.</summary>
    public long Length { get; private set; }

    /// <summary>What it says of itself; null until it was read.</summary>
    public FileFacts? Facts { get; private set; }

    /// <summary>True when the file is in the object store.</summary>
    public bool IsObject => _pipe is not null;

    /// <summary>The bytes of a small file.</summary>
    public ReadOnlyMemory<byte> Bytes => IsObject ? default : _buffer.AsMemory(0, (int)Length);

    /// <summary>Takes more bytes.</summary>
    /// <exception cref="IOException">The disk is full or broken.</exception>
    public async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes)
    {
        _hash.AppendData(bytes.Span);
        if (_pipe is null && Length + bytes.Length <= largestInMemory)
        {
            Reserve((int)Length + bytes.Length);
            bytes.CopyTo(_buffer.AsMemory((int)Length));
            Length += bytes.Length;
            return;
        }

        if (_pipe is null)
        {
            _pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 4 << 20, resumeWriterThreshold: 2 << 20, minimumSegmentSize: 128 << 10));
            _receiving = Task.Run(ReceiveAsync);
            await FlushAsync(_buffer.AsMemory(0, (int)Length)).ConfigureAwait(false);
        }

        await FlushAsync(bytes).ConfigureAwait(false);
        Length += bytes.Length;
    }

    /// <summary>As <see cref="AppendAsync"/>; false when the disk is full or broken.</summary>
    public async ValueTask<bool> TryAppendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await AppendAsync(bytes).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The file is whole: reads its header.</summary>
    public async Task<FileFacts> ReadAsync(CancellationToken cancellation)
    {
        var hash = _hash.GetHashAndReset();
        if (!IsObject) return Facts = await FileFacts.OfAsync(Bytes, hash, cancellation).ConfigureAwait(false);
        await _pipe!.Writer.CompleteAsync().ConfigureAwait(false);
        _received = await _receiving!.ConfigureAwait(false);
        var file = new FileStream(_received.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.Asynchronous);
        await using (file.ConfigureAwait(false)) return Facts = await FileFacts.OfAsync(file, cancellation).ConfigureAwait(false);
    }

    /// <summary>A large file becomes an object, durable on return; a small one goes into a pack and needs nothing.</summary>
    public async Task KeepAsync()
    {
        if (_received is not null) await _received.KeepAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        if (_pipe is not null) await _pipe.Writer.CompleteAsync(new IOException("The file did not come to its end.")).ConfigureAwait(false);
        try
        {
            if (_receiving is not null) _received ??= await _receiving.ConfigureAwait(false);
        }
        catch (IOException)
        {
            // It is not there, as it should be.
        }

        if (_received is not null) await _received.DisposeAsync().ConfigureAwait(false);
        _hash.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private async Task<ReceivedObject> ReceiveAsync()
    {
        var reader = _pipe!.Reader;
        try
        {
            return await objects.ReceiveAsync(reader.AsStream(leaveOpen: true), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await reader.CompleteAsync(e).ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask FlushAsync(ReadOnlyMemory<byte> bytes)
    {
        var flushed = await _pipe!.Writer.WriteAsync(bytes).ConfigureAwait(false);
        if (flushed.IsCompleted) await _receiving!.ConfigureAwait(false);
    }

    private void Reserve(int length)
    {
        if (length <= _buffer.Length) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(length, _buffer.Length * 2));
        _buffer.AsSpan(0, (int)Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
