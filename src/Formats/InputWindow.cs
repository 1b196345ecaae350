using System.Buffers;

namespace Yunnao.Formats;

/// <summary>
/// The part of a stream that is in memory: bytes read and not yet consumed, with their place in the stream. It grows while a decoder
/// cannot yet see the end of a record, each time to at least twice the size, so that rescanning a record costs no more than reading it.
/// </summary>
internal sealed class InputWindow(Stream input) : IDisposable
{
    /// <summary>A record longer than this is refused, so that memory stays bounded.</summary>
    public const int MaxRecord = 128 << 20;

    private const int InitialSize = 256 << 10;

    private Stream _input = input;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialSize);
    private int _start;
    private int _end;

    /// <summary>Bytes read and not consumed.</summary>
    public ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    /// <summary>True when the stream has ended: nothing follows <see cref="Unread"/>.</summary>
    public bool Complete { get; private set; }

    /// <summary>Byte offset of the first unread byte, from 0.</summary>
    public long Offset { get; private set; }

    /// <summary>Physical line of the first unread byte, from 1. CR, LF and CRLF each end a line.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>True when the bytes were of another encoding: then a U+FFFD in them stands for what could not be decoded.</summary>
    public bool Transcoded { get; private set; }

    /// <summary>True when a record has something in it that could not be decoded.</summary>
    public bool IsDamaged(ReadOnlySpan<byte> record) => Transcoded && record.IndexOf("\uFFFD"u8) >= 0;

    /// <summary>Number of line ends in a text.</summary>
    public static int LineEnds(ReadOnlySpan<byte> text) => text.Count((byte)'\n') + text.Count((byte)'\r') - text.Count("\r\n"u8);

    /// <summary>Drops bytes from the front.</summary>
    public void Consume(int count)
    {
        Line += LineEnds(Unread[..count]);
        _start += count;
        Offset += count;
    }

    /// <summary>Reads until there is twice as much unread as before, and at least half a window, or a largest record, or the stream ends.</summary>
    public async ValueTask FillAsync(CancellationToken cancel)
    {
        var wanted = MakeRoom();
        while (!Complete && _end - _start < wanted)
        {
            var read = await _input.ReadAsync(_buffer.AsMemory(_end), cancel).ConfigureAwait(false);
            if (read == 0) Complete = true;
            _end += read;
        }
    }

    /// <summary>As <see cref="FillAsync"/>, for a reader that waits.</summary>
    public void Fill()
    {
        var wanted = MakeRoom();
        while (!Complete && _end - _start < wanted)
        {
            var read = _input.Read(_buffer.AsSpan(_end));
            if (read == 0) Complete = true;
            _end += read;
        }
    }

    /// <summary>Reads the first bytes and, where they are UTF-16 or the caller knows the encoding, goes on in UTF-8. A UTF-8 BOM is dropped.</summary>
    public async ValueTask OpenAsync(Encodings.TextEncoding? encoding, CancellationToken cancel)
    {
        await FillAsync(cancel).ConfigureAwait(false);
        var used = encoding ?? Encodings.TextEncoding.Detect(Unread);
        if (encoding is not null ? encoding != Encodings.TextEncoding.Utf8 : used.IsUtf16)
        {
            _input = Encodings.Utf8Stream.Open(new PrefixedStream(Unread.ToArray(), _input), used);
            (_start, _end, Complete, Transcoded) = (0, 0, false, true);
            await FillAsync(cancel).ConfigureAwait(false);
        }
        else if (Unread.StartsWith("\uFEFF"u8))
        {
            Consume(3);
        }
    }

    /// <summary>Everything that follows, for a reader of streams; nothing is unread after that.</summary>
    public Stream Rest()
    {
        var rest = new PrefixedStream(Unread.ToArray(), _input);
        (_start, _end, Complete) = (0, 0, true);
        return rest;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    /// <summary>Moves what is unread to the front of a buffer that has room for what should be read, and gives how much that is.</summary>
    private int MakeRoom()
    {
        var unread = Unread;
        var wanted = Math.Max(unread.Length + 1, Math.Min(MaxRecord, Math.Max(InitialSize / 2, unread.Length * 2)));
        if (_buffer.Length < wanted)
        {
            var larger = ArrayPool<byte>.Shared.Rent(wanted);
            unread.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        else
        {
            unread.CopyTo(_buffer);
        }

        (_start, _end) = (0, unread.Length);
        return wanted;
    }
}
