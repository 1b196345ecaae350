using System.Buffers;
using System.IO.Hashing;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Yunnao.Formats.Dicom;
using Yunnao.Lake.Objects;
using Yunnao.Trust.Keys;

namespace Yunnao.Services.Imaging.Store;

/// <summary>
/// A file on its way in. A small one is held in memory until it is whole and then goes into a pack; it is hashed as it comes, which takes longest and
/// cannot be shared, and beside that another thread encrypts it and writes it ahead, so that little is left to do when its sender waits. A large one
/// goes to the object store as it comes, encrypted on the way, so that no length of it is ever in memory and no clear byte on the disk.
/// </summary>
/// <param name="expected">How long it may be, to begin with; no promise.</param>
/// <param name="run">The files among which it comes; null when it comes alone and waits for its turn with every byte.</param>
internal sealed class IncomingFile(FileObjectStore objects, KeyRing keys, int largestInMemory, long expected, PackRun? run) : IAsyncDisposable
{
    private const int Smallest = 64 << 10;

    // Less is encrypted sooner than another thread is woken.
    private const int Piece = 96 << 10;

    // Held by whoever encrypts, and where the buffers move.
    private readonly Lock _sealing = new();
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly MemorySealer _sealer = new(keys.Current(KeyUse.Objects));
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(expected, Smallest, largestInMemory));
    private byte[] _sealed = ArrayPool<byte>.Shared.Rent((int)SealingStream.LengthOf(Math.Clamp(expected, Smallest, largestInMemory)));
    private readonly PackAhead? _ahead = run?.Next();
    private readonly XxHash128 _dataHash = new();
    private Task _beside = Task.CompletedTask;
    private int _wokenAt;
    private int _there;
    private int _sealedLength;
    private bool _isSealed;
    private byte[]? _whole;
    private bool _hashesData;
    private Task<FileFacts>? _reading;
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

    /// <summary>What of a small file goes into the pack: its bytes, encrypted. Nothing until it was read.</summary>
    public ReadOnlyMemory<byte> Sealed => _sealed.AsMemory(0, _sealedLength);

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
            Length += bytes.Length;
            SealBeside();
            _hash.AppendData(bytes.Span);
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
        var hash = Close();
        _reading ??= IsObject ? ReadObjectAsync() : Task.Run(() => ReadPackedAsync(hash));
    }

    /// <summary>The file is whole: its header.</summary>
    public async Task<FileFacts> ReadAsync()
    {
        var hash = Close();
        _reading ??= IsObject ? ReadObjectAsync() : ReadPackedAsync(hash);
        return Facts = await _reading.ConfigureAwait(false);
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
        _hash.Dispose();
        Release();
    }

    /// <summary>Nothing more comes.</summary>
    /// <returns>Hash of a small file.</returns>
    private byte[] Close()
    {
        if (_whole is not null) return _whole;
        run?.Pass(PackRecord.SizeOf(IsObject ? 0 : SealingStream.LengthOf(Length)));
        return _whole = IsObject ? [] : _hash.GetHashAndReset();
    }

    /// <summary>Has another thread encrypt what came, unless it is still at it: then it goes on with what came meanwhile.</summary>
    private void SealBeside()
    {
        Volatile.Write(ref _there, (int)Length);
        if (!_beside.IsCompleted || Length - _wokenAt < Piece) return;
        _wokenAt = (int)Length;
        _beside = Task.Run(Seal);
    }

    /// <summary>Encrypts what is there and writes it ahead, until nothing new has come.</summary>
    private void Seal()
    {
        lock (_sealing)
        {
            if (_isSealed) return;
            for (int until = 0, there; (there = Volatile.Read(ref _there)) > until; until = there)
            {
                _sealer.Advance(_buffer.AsSpan(0, there), _sealed);
                _ahead?.Write(_sealed.AsSpan(0, _sealer.Length), isWhole: false);
            }
        }
    }

    /// <summary>Encrypts what is left; all of it where the other thread has not come to it.</summary>
    private void SealRest()
    {
        lock (_sealing)
        {
            _isSealed = true;
            _sealedLength = _sealer.Complete(Clear.Span, _sealed);
            _ahead?.Write(Sealed.Span, isWhole: true);
        }
    }

    /// <summary>The header is read while the other thread goes on.</summary>
    private async Task<FileFacts> ReadPackedAsync(byte[] hash)
    {
        var facts = await FileFacts.OfAsync(Clear, hash, CancellationToken.None).ConfigureAwait(false);
        SealRest();
        return facts;
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
        if (!_received.Open().Try(out var file, out var problem)) throw new IOException(problem.Message);
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

    private void Release()
    {
        lock (_sealing)
        {
            if (_buffer.Length == 0) return;
            ArrayPool<byte>.Shared.Return(_buffer);
            ArrayPool<byte>.Shared.Return(_sealed);
            (_buffer, _sealed, _sealedLength, _isSealed) = ([], [], 0, true);
            _sealer.Dispose();
        }
    }

    private void Reserve(int length)
    {
        var sealedLength = (int)SealingStream.LengthOf(length);
        if (length <= _buffer.Length && sealedLength <= _sealed.Length) return;
        lock (_sealing)
        {
            if (length > _buffer.Length) _buffer = Larger(_buffer, (int)Length, length);
            if (sealedLength > _sealed.Length) _sealed = Larger(_sealed, _sealed.Length, sealedLength);
        }
    }

    private static byte[] Larger(byte[] buffer, int used, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(length, buffer.Length * 2));
        buffer.AsSpan(0, used).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
