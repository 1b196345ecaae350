using Yunnao.Kernel;

namespace Yunnao.Formats.Dicom;

/// <summary>Reads a header from a stream, keeping of it only what the header needs.</summary>
internal sealed class HeaderStream(Stream stream, DicomReadOptions options)
{
    private const int FirstRead = 16 << 10;

    private readonly ProblemList _problems = new();
    private Stream _stream = stream;
    private byte[] _buffer = [];
    private int _filled;
    private bool _ended;

    public async ValueTask<Result<DicomFile>> ReadAsync(CancellationToken cancel)
    {
        while (!_ended && _filled < 512) await FillAsync(cancel).ConfigureAwait(false);
        var (start, hasMeta) = (0, false);
        if (!options.DataSetOnly) start = DicomReader.FindStart(_buffer.AsSpan(0, _filled), _problems, out hasMeta);
        var preamble = start == 132 ? _buffer.AsSpan(0, 128).ToArray() : default;
        var (meta, named) = (DicomDataSet.Empty, options.Syntax);
        if (hasMeta)
        {
            using var metaParser = DicomReader.MetaParser(_problems, _buffer.AsSpan(start, _filled - start));
            metaParser.Position = start;
            while (metaParser.Run(_buffer.AsSpan(0, _filled), _ended) == DicomParser.Step.More && !await StopAsync(cancel).ConfigureAwait(false)) ;
            meta = metaParser.Finish(_buffer.AsMemory(0, metaParser.Position).ToArray());
            DicomReader.CheckMetaLength(meta, start, metaParser.Position, _problems);
            start = metaParser.Position;
        }

        while (!_ended && _filled - start < 64) await FillAsync(cancel).ConfigureAwait(false);
        if (hasMeta)
        {
            named = DicomReader.Named(meta, _buffer.AsSpan(start, _filled - start), Rest(start), start, _problems);
        }
        else if (named is null)
        {
            named = DicomReader.Guess(_buffer.AsSpan(start, _filled - start), Rest(start));
            if (named is null) return DicomReader.NotDicom();
        }

        var dataSetOffset = start;
        if (named.IsDeflated)
        {
            await InflateAsync(start, cancel).ConfigureAwait(false);
            start = 0;
        }

        var syntax = DicomReader.Verify(named, _buffer.AsSpan(start, _filled - start), Rest(start), dataSetOffset, _problems);
        using var parser = new DicomParser(_problems, syntax) { Position = start, StopAtPixels = true, LargestValue = (uint)options.LargestValue };
        await ParseAsync(parser, cancel).ConfigureAwait(false);
        var dataSet = parser.Finish(_buffer.AsMemory(0, Math.Min(_filled, _buffer.Length)));
        return new DicomFile(syntax, meta, dataSet)
        {
            Preamble = preamble,
            Problems = _problems.Problems,
            IsTruncated = parser.Truncated,
            DataSetOffset = dataSetOffset,
            PixelData = DicomReader.PixelDataOf(dataSet),
        };
    }

    private async ValueTask ParseAsync(DicomParser parser, CancellationToken cancel)
    {
        while (true)
        {
            switch (parser.Run(_buffer.AsSpan(0, _filled), _ended))
            {
                case DicomParser.Step.Done:
                    return;
                case DicomParser.Step.Skip:
                    if (!await SkipAsync(parser, cancel).ConfigureAwait(false)) return;
                    break;
                default:
                    if (await StopAsync(cancel).ConfigureAwait(false)) return;
                    break;
            }
        }
    }

    /// <summary>Reads more; true when the header has become too long.</summary>
    private async ValueTask<bool> StopAsync(CancellationToken cancel)
    {
        if (_filled >= options.LargestHeader)
        {
            _problems.HeaderTooLarge(_filled);
            return true;
        }

        await FillAsync(cancel).ConfigureAwait(false);
        return false;
    }

    private async ValueTask FillAsync(CancellationToken cancel)
    {
        if (_filled == _buffer.Length)
        {
            var size = Math.Max(FirstRead, _buffer.Length * 2);

            // A file is never longer than it says, and a small one needs no large buffer.
            if (_stream.CanSeek) size = (int)Math.Clamp(_filled + _stream.Length - _stream.Position + 1, _filled + 1, size);
            Array.Resize(ref _buffer, size);
        }

        int read;
        try
        {
            read = await _stream.ReadAsync(_buffer.AsMemory(_filled), cancel).ConfigureAwait(false);
        }
        catch (InvalidDataException)
        {
            _problems.Inflate(_filled);
            read = 0;
        }

        if (read == 0) _ended = true;
        _filled += read;
    }

    /// <summary>Leaves out the value that the parser stands before; false when the stream ends in it.</summary>
    private async ValueTask<bool> SkipAsync(DicomParser parser, CancellationToken cancel)
    {
        var (at, skip) = (parser.Position, parser.SkipLength);
        var buffered = (int)Math.Min(skip, _filled - at);
        _buffer.AsSpan(at + buffered, _filled - at - buffered).CopyTo(_buffer.AsSpan(at));
        _filled -= buffered;
        parser.Shift += skip;
        var rest = skip - buffered;
        if (rest > 0 && _stream.CanSeek)
        {
            var there = Math.Min(rest, _stream.Length - _stream.Position);
            _stream.Seek(there, SeekOrigin.Current);
            rest -= there;
        }

        // The buffer beyond what is kept is free: the skipped bytes pass through it.
        while (rest > 0 && !_ended)
        {
            if (_filled == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
            var read = await _stream.ReadAsync(_buffer.AsMemory(_filled, (int)Math.Min(rest, _buffer.Length - _filled)), cancel).ConfigureAwait(false);
            if (read == 0) break;
            rest -= read;
        }

        if (rest == 0) return true;
        _problems.Truncated(parser.Position + parser.Shift - skip, 0);
        return false;
    }

    /// <summary>Goes on with the inflated data set.</summary>
    private async ValueTask InflateAsync(int start, CancellationToken cancel)
    {
        var rest = _buffer.AsMemory(start, _filled - start);
        _stream = InflateStream.Open(new PrefixedStream(rest, _stream), rest.Span);
        (_buffer, _filled, _ended) = ([], 0, false);
        while (!_ended && _filled < 64) await FillAsync(cancel).ConfigureAwait(false);
    }

    private long Rest(int start) => _ended ? _filled - start : _stream.CanSeek ? _stream.Length - _stream.Position + _filled - start : uint.MaxValue;
}
