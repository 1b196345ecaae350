using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Yunnao.Services.Imaging.Web;

/// <summary>
/// The parts of a request, straight from the buffers of its connection: images are large, and each copy of them is felt. A multipart message
/// (RFC 2046, 5.1) has several; any other body is one.
/// </summary>
/// <param name="body">The body of the request.</param>
/// <param name="boundary">What parts a multipart message; null when the body is one part.</param>
internal sealed class PartReader(PipeReader body, string? boundary)
{
    /// <summary>The longest boundary that is taken (characters); RFC 2046 allows 70.</summary>
    public const int MostBoundary = 200;

    private const int LongestHead = 16 << 10;
    private const int MostDelimiter = MostBoundary + 4;
    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();
    private readonly byte[]? _delimiter = boundary is null ? null : Encoding.Latin1.GetBytes("\r\n--" + boundary);
    private SequencePosition? _used;
    private bool _begun;
    private bool _atEnd;

    /// <summary>Media type of the part, as it is written; empty when it says nothing or the body is one part.</summary>
    public string ContentType { get; private set; } = "";

    /// <summary>Goes to the next part, past what was not read of this one; false when there is none.</summary>
    /// <exception cref="InvalidDataException">The message is cut off or none.</exception>
    public async ValueTask<bool> NextAsync(CancellationToken cancellation)
    {
        if (_delimiter is null)
        {
            (var isFirst, _begun) = (!_begun, true);
            return isFirst;
        }

        if (!_begun)
        {
            _begun = true;
            _atEnd = await BeginsWithDelimiterAsync(cancellation).ConfigureAwait(false);
        }

        while (!_atEnd) await ReadAsync(cancellation).ConfigureAwait(false);
        if (await ReadHeadAsync(cancellation).ConfigureAwait(false) is not { } head) return false;
        ContentType = TypeOf(head);
        _atEnd = false;
        return true;
    }

    /// <summary>The next bytes of the part, at least one; nothing at its end. They are good until the next call.</summary>
    /// <exception cref="InvalidDataException">The message is cut off.</exception>
    public async ValueTask<ReadOnlySequence<byte>> ReadAsync(CancellationToken cancellation)
    {
        while (!_atEnd)
        {
            var read = await FetchAsync(cancellation).ConfigureAwait(false);
            var bytes = Take(read);
            if (!bytes.IsEmpty) return bytes;
        }

        return default;
    }

    /// <summary>What of a read surely is of the part.</summary>
    private ReadOnlySequence<byte> Take(ReadResult read)
    {
        var buffer = read.Buffer;
        if (_delimiter is null)
        {
            (_used, _atEnd) = (buffer.End, buffer.IsEmpty && read.IsCompleted);
            if (_atEnd) Release();
            return buffer;
        }

        if (Find(buffer, _delimiter) is { } end)
        {
            (_used, _atEnd) = (buffer.GetPosition(end + _delimiter.Length), true);
            return buffer.Slice(0, end);
        }

        Demand(!read.IsCompleted, buffer);
        var certain = Math.Max(0, buffer.Length - (_delimiter.Length - 1));
        if (certain > 0)
        {
            _used = buffer.GetPosition(certain);
            return buffer.Slice(0, certain);
        }

        body.AdvanceTo(buffer.Start, buffer.End);
        return default;
    }

    /// <summary>
    /// Where the delimiter begins, or null. Searched in each segment as a whole, and where two meet: pixels hold its first byte every few hundred bytes, and a
    /// search from one to the next takes longer than hashing them.
    /// </summary>
    private static long? Find(ReadOnlySequence<byte> buffer, byte[] delimiter)
    {
        Span<byte> seam = stackalloc byte[2 * (MostDelimiter - 1)];
        var before = 0L;
        foreach (var segment in buffer)
        {
            var (end, reach) = (before + segment.Length, delimiter.Length - 1);
            var at = segment.Span.IndexOf(delimiter);
            if (at >= 0) return before + at;
            if (end < buffer.Length)
            {
                var from = Math.Max(0, end - reach);
                var met = buffer.Slice(from, Math.Min(end + reach, buffer.Length) - from);
                met.CopyTo(seam);
                at = seam[..(int)met.Length].IndexOf(delimiter);
                if (at >= 0) return from + at;
            }

            before = end;
        }

        return null;
    }

    private ValueTask<ReadResult> FetchAsync(CancellationToken cancellation)
    {
        Release();
        return body.ReadAsync(cancellation);
    }

    /// <summary>Gives back what was read: without it the connection could not be used for the next request.</summary>
    private void Release()
    {
        if (_used is { } used) body.AdvanceTo(used);
        _used = null;
    }

    /// <summary>The first delimiter may stand at the very beginning, without the line break that is part of all others.</summary>
    private async ValueTask<bool> BeginsWithDelimiterAsync(CancellationToken cancellation)
    {
        var first = _delimiter.AsMemory(2);
        while (true)
        {
            var read = await FetchAsync(cancellation).ConfigureAwait(false);
            if (read.Buffer.Length < first.Length && !read.IsCompleted)
            {
                body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            var begins = new SequenceReader<byte>(read.Buffer).IsNext(first.Span);
            _used = read.Buffer.GetPosition(begins ? first.Length : 0);
            return begins;
        }
    }

    /// <summary>The head of a part, behind its delimiter; null behind the last one.</summary>
    private async ValueTask<string?> ReadHeadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var read = await FetchAsync(cancellation).ConfigureAwait(false);
            var reader = new SequenceReader<byte>(read.Buffer);
            if (reader.IsNext("--"u8))
            {
                _used = read.Buffer.End;
                Release();
                return null;
            }

            if (reader.TryReadTo(out ReadOnlySequence<byte> head, EndOfHead))
            {
                _used = reader.Position;
                return Encoding.Latin1.GetString(head);
            }

            Demand(!read.IsCompleted && read.Buffer.Length < LongestHead, read.Buffer);
            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static string TypeOf(string head)
    {
        const string Name = "content-type:";
        foreach (var line in head.AsSpan().EnumerateLines())
            if (line.StartsWith(Name, StringComparison.OrdinalIgnoreCase)) return line[Name.Length..].Trim().ToString();
        return "";
    }

    private void Demand(bool isTrue, ReadOnlySequence<byte> buffer)
    {
        if (isTrue) return;
        _used = buffer.End;
        Release();
        throw new InvalidDataException("The body is no complete multipart message.");
    }
}
