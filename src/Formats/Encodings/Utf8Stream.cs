using System.Buffers;

namespace Yunnao.Formats.Encodings;

/// <summary>
/// Reads a text of any encoding as UTF-8 without a byte order mark. What cannot be decoded becomes U+FFFD, is counted, and its first
/// places are kept, so that the caller can set those rows aside.
/// </summary>
public sealed class Utf8Stream : ForwardStream
{
    private const int Chunk = 128 << 10;

    private readonly Stream _input;
    private readonly BadBytes _bad = new();
    private byte[] _source = ArrayPool<byte>.Shared.Rent(Chunk);
    private byte[] _target = ArrayPool<byte>.Shared.Rent(TextEncoding.TargetLength(Chunk));
    private int _sourceLength;
    private int _given;
    private int _targetLength;
    private long _sourceOffset;
    private long _targetOffset;
    private bool _started;
    private bool _ended;
    private bool _disposed;

    private Utf8Stream(Stream input, TextEncoding? encoding)
    {
        _input = input;
        Encoding = encoding;
    }

    /// <summary>The encoding read; null as long as it is to be detected and all was ASCII.</summary>
    public TextEncoding? Encoding { get; private set; }

    /// <summary>How many times something could not be decoded, so far.</summary>
    public long BadCount => _bad.Count;

    /// <summary>The first places (at most 1,024) that could not be decoded, in order.</summary>
    public IReadOnlyList<BadByte> Bad => _bad.First;

    /// <summary>
    /// Opens a text, which is closed with this stream. With no encoding given it is detected, at the start or, in a text that starts as
    /// ASCII, from the first bytes that are not.
    /// </summary>
    public static Utf8Stream Open(Stream input, TextEncoding? encoding = null) => new(input, encoding);

    public override int Read(Span<byte> buffer)
    {
        while (_given == _targetLength && !_ended)
        {
            var read = _input.Read(_source.AsSpan(_sourceLength, Chunk - _sourceLength));
            Convert(read);
        }

        return Give(buffer);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_given == _targetLength && !_ended)
        {
            var read = await _input.ReadAsync(_source.AsMemory(_sourceLength, Chunk - _sourceLength), cancellationToken).ConfigureAwait(false);
            Convert(read);
        }

        return Give(buffer.Span);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            ArrayPool<byte>.Shared.Return(_source);
            ArrayPool<byte>.Shared.Return(_target);
            (_source, _target) = ([], []);
            (_given, _targetLength, _ended) = (0, 0, true);
            _input.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Give(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _targetLength - _given);
        _target.AsSpan(_given, count).CopyTo(buffer);
        _given += count;
        return count;
    }

    private void Convert(int read)
    {
        _ended = read == 0;
        _sourceLength += read;
        _targetOffset += _targetLength;
        (_given, _targetLength) = (0, 0);

        // The first bytes decide about a mark and the encoding; a pipe may give them in small pieces.
        if (!_started && !_ended && _sourceLength < 4096) return;
        var source = _source.AsSpan(0, _sourceLength);
        var encoding = Encoding ??= Decide(source);
        var skip = _started ? 0 : MarkLength(source, encoding);
        _started = true;
        (_bad.SourceBase, _bad.TargetBase) = (_sourceOffset + skip, _targetOffset);
        (encoding ?? TextEncoding.Utf8).Transcode(source[skip..], _target, _ended, _bad, out var used, out _targetLength);
        used += skip;
        _sourceOffset += used;
        source[used..].CopyTo(_source);
        _sourceLength -= used;
    }

    private static TextEncoding? Decide(ReadOnlySpan<byte> source) =>
        source.ContainsAnyExceptInRange((byte)1, (byte)0x7F) ? TextEncoding.Detect(source) : null;

    private static int MarkLength(ReadOnlySpan<byte> source, TextEncoding? encoding)
    {
        if (encoding == TextEncoding.Utf8) return source.StartsWith("\uFEFF"u8) ? 3 : 0;
        if (encoding == TextEncoding.Gb18030) return source.StartsWith(Gb18030Encoding.ByteOrderMark) ? 4 : 0;
        if (encoding == TextEncoding.Utf16LittleEndian) return source.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) ? 2 : 0;
        return encoding == TextEncoding.Utf16BigEndian && source.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) ? 2 : 0;
    }
}
