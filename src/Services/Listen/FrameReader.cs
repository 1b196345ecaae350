using Yunnao.Formats.Hl7v2;

namespace Yunnao.Services.Listen;

/// <summary>Takes the messages out of a connection's bytes. Bytes outside of frames mean nothing; too many of them are no MLLP.</summary>
internal sealed class FrameReader(Stream stream, ListenOptions options)
{
    private const int MaxJunk = 4096;

    private byte[] _buffer = new byte[16 << 10];
    private int _start;
    private int _end;

    /// <summary>True when the reading ended because the sender does not keep to the protocol: a message too large, or bytes without frames.</summary>
    public bool IsFaulty { get; private set; }

    /// <summary>The next message without its frame; null at the end or at a fault.</summary>
    public async ValueTask<byte[]?> NextAsync(CancellationToken cancellation)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var begun = false;
        var searched = 0;
        while (true)
        {
            if (!begun && SkipToStart())
            {
                begun = true;
                late.CancelAfter(options.MessageTimeout);
            }

            if (IsFaulty) return null;
            if (begun)
            {
                var end = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf(Mllp.End);
                IsFaulty = (end < 0 ? _end - _start : searched + end) > options.MaxMessage;
                if (IsFaulty) return null;
                if (end >= 0) return Take(searched + end);
                searched = _end - _start;
            }

            if (!await FillAsync(begun ? late.Token : cancellation).ConfigureAwait(false)) return null;
        }
    }

    private byte[] Take(int length)
    {
        var message = _buffer.AsSpan(_start, length).ToArray();
        _start += length + 1;
        return message;
    }

    private bool SkipToStart()
    {
        var found = _buffer.AsSpan(_start, _end - _start).IndexOf(Mllp.Start);
        var skipped = found < 0 ? _end - _start : found;
        if (skipped > MaxJunk) IsFaulty = true;
        _start += found < 0 ? skipped : found + 1;
        return found >= 0;
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellation)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellation).ConfigureAwait(false);
        _end += read;
        return read > 0;
    }
}
