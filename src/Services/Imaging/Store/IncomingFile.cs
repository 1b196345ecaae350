using System.Buffers;
using System.IO.Hashing;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Yunnao.Formats.Dicom;
using Yunnao.Lake.Objects;
using Yunnao.Trust.Keys;

namespace Yunnao.Services.Imaging.Store;

/// <summary>
/// A file on its way in. A small one is held in memory until it is whole and then goes into a pack; the thread that receives it encrypts it and writes it
/// ahead piece by piece, while it is in the processor's cache, so that little is left to do when its sender waits. Hashing takes longest, and of a sender
/// who is alone it waits until he was answered. A large one
/// goes to the object store as it comes, encrypted on the way, so that no length of it is ever in memory and no clear byte on the disk.
/// </summary>
/// <param name="expected">How long it may be, to begin with; no promise.</param>
/// <param name="run">The files among which it comes; null when it comes alone and waits for its turn with every byte.</param>
internal sealed class IncomingFile(FileObjectStore objects, KeyRing keys, int largestInMemory, long expected, PackRun? run) : IAsyncDisposable
{
    private const int Smallest = 64 << 10;
    private readonly MemorySealer _sealer = new(keys.Current(KeyUse.Objects));
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(expected, Smallest, largestInMemory));
    private readonly PackAhead? _ahead = run?.Next();
    private PageBuffer? _sealed;

    // Null until the first byte, and where the file is hashed when it is filed. Who stores beside others is hashed on the own thread: one thread files for all.
    private IncrementalHash? _hash;
    private readonly XxHash128 _dataHash = new();
    private int _sealedLength;
    private bool _isWhole;
    private bool _hashesData;
    private Task<FileFacts>? _reading;
    private Pipe? _pipe;
    private Task<ReceivedObject>? _receiving;
    private ReceivedObject? _received;
    private bool _isHandedOver;
    private bool _disposed;

    /// <summary>Bytes so far.</summary>
    public long Length { get; private set; }

    /// <summary>What it says of itself; null until it was read.</summary>
    public FileFacts? Facts { get; private set; }

    /// <summary>True when the file is in the object store.</summary>
    public bool IsObject => _pipe is not null;

    /// <summary>What of a small file goes into the pack: its bytes, encrypted. Nothing until it was read.</summary>
    public ReadOnlyMemory<byte> Sealed => _sealed is null ? default : _sealed.Memory[.._sealedLength];

    /// <summary>What of it stands in the pack already.</summary>
    public PackAhead? Ahead => IsObject ? null : _ahead;

    /// <summary>Takes more bytes.</summary>
    /// <exception cref="IOException">The disk is full or broken.</exception>
    public async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes)
    {
        if (_pipe is null && Length + bytes.Length <= largestInMemory)
        {
            Reserve((int)Length + bytes.Length);
            bytes.CopyTo(_buffer.AsMemory((int)Length));
            if (Length == 0 && _ahead is null) _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            Length += bytes.Length;
            _hash?.AppendData(bytes.Span);
            _sealer.Advance(Clear.Span, _sealed!.Memory.Span);
            _ahead?.Write(_sealed.Memory.Span[.._sealer.Length], isWhole: false);
            return;
        }

        if (_pipe is null)
        {
            _pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 4 << 20, resumeWriterThreshold: 2 << 20, minimumSegmentSize: 128 << 10));
            _receiving = Task.Run(ReceiveAsync);
            BeginDataHash();
            await FlushAsync(Clear).ConfigureAwait(false);
            Release();
        }

        if (_hashesData) _dataHash.Append(bytes.Span);
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

    /// <summary>The file is whole: begins to read its header, while the next of its run may already come.</summary>
    public void Complete()
    {
        Close();
        _reading ??= IsObject ? ReadObjectAsync() : Task.Run(() => ReadPackedAsync(isLast: false));
    }

    /// <summary>The file is whole: its header. Where it was not told by <see cref="Complete"/> before, no other of its run comes.</summary>
    public async Task<FileFacts> ReadAsync()
    {
        Close();
        _reading ??= IsObject ? ReadObjectAsync() : ReadPackedAsync(isLast: true);
        return Facts = await _reading.ConfigureAwait(false);
    }

    /// <summary>A large file becomes an object, durable on return; a small one goes into a pack and needs nothing.</summary>
    public async Task KeepAsync()
    {
        if (_received is not null) await _received.KeepAsync().ConfigureAwait(false);
    }

    /// <summary>The memory of the file is needed until <see cref="Release"/>. It is hashed when its sender was answered, while he prepares the next.</summary>
    public void HandOver() => _isHandedOver = true;

    /// <summary>Gives the memory back.</summary>
    public void Release()
    {
        if (_buffer.Length == 0) return;
        if (!_isHandedOver) _ahead?.Settle();
        ArrayPool<byte>.Shared.Return(_buffer);
        _sealed?.Return();
        (_buffer, _sealed, _sealedLength) = ([], null, 0);
        _sealer.Dispose();
        _hash?.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        if (_reading is not null) await ((Task)_reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
        if (!_isHandedOver) Release();
        else ThreadPool.UnsafeQueueUserWorkItem(static facts => _ = facts.Hash, Facts!, preferLocal: false);
    }

    /// <summary>Nothing more comes.</summary>
    private void Close()
    {
        if (_isWhole) return;
        _isWhole = true;
        run?.Pass(PackRecord.SizeOf(IsObject ? 0 : SealingStream.LengthOf(Length)));
    }

    private async Task<FileFacts> ReadPackedAsync(bool isLast)
    {
        Reserve((int)Length);
        _sealedLength = _sealer.Complete(Clear.Span, _sealed!.Memory.Span);
        if (isLast) _ahead?.WriteLast(Sealed.Span, _sealed.Memory.Span);
        else _ahead?.Write(Sealed.Span, isWhole: true);
        return await FileFacts.OfAsync(Clear, _hash?.GetHashAndReset(), CancellationToken.None).ConfigureAwait(false);
    }

    private ReadOnlyMemory<byte> Clear => _buffer.AsMemory(0, (int)Length);

    /// <summary>A long file is hashed once, by the object store; its data set beside it, from where its meta header ends. Where that cannot be told, it is read again.</summary>
    private void BeginDataHash()
    {
        if (!DicomReader.ReadHeader(Clear).Try(out var file, out _) || file.DataSetOffset > Length) return;
        _hashesData = true;
        _dataHash.Append(Clear.Span[(int)file.DataSetOffset..]);
    }

    private async Task<FileFacts> ReadObjectAsync()
    {
        await _pipe!.Writer.CompleteAsync().ConfigureAwait(false);
        _received = await _receiving!.ConfigureAwait(false);
        if (!_received.Open().Try(out var file, out var problem)) throw new IOException(problem.Message.ToString());
        await using (file.ConfigureAwait(false))
        {
            var hash = Convert.FromHexString(_received.Object.Id);
            return await FileFacts.OfAsync(file, hash, _hashesData ? _dataHash.GetHashAndReset() : null, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task<ReceivedObject> ReceiveAsync()
    {
        var reader = _pipe!.Reader;
        try
        {
            return await objects.ReceiveSealedAsync(reader.AsStream(leaveOpen: true), CancellationToken.None).ConfigureAwait(false);
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
        var sealedLength = (int)SealingStream.LengthOf(length);
        _sealed ??= PageBuffer.Rent(Math.Max(sealedLength, (int)SealingStream.LengthOf(Math.Clamp(expected, Smallest, largestInMemory))), _ahead?.Phase ?? 0);
        if (length > _buffer.Length) _buffer = Larger(_buffer, (int)Length, length);
        if (sealedLength <= _sealed.Memory.Length) return;
        _ahead?.Settle();
        _sealed = _sealed.Grow(sealedLength);
    }

    private static byte[] Larger(byte[] buffer, int used, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(length, buffer.Length * 2));
        buffer.AsSpan(0, used).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
