using System.IO.Compression;

namespace Yunnao.Services.Exports.Targets;

/// <summary>A part of the rows on its way to another platform: lines of CSV in gzip, in memory.</summary>
internal sealed class SentPart : IDisposable
{
    private readonly MemoryStream _packed = new();
    private readonly GZipStream _packing;
    private long _bytes;

    private readonly long _most;

    /// <param name="header">The line of the column names.</param>
    /// <param name="most">About how many bytes it grows to, before they are packed.</param>
    public SentPart(byte[] header, long most)
    {
        _most = most;
        _packing = new(_packed, CompressionLevel.Fastest);
        _packing.Write(header);
    }

    public long Rows { get; private set; }

    public bool Full => _bytes >= _most;

    public void Add(ByteBlock block)
    {
        _packing.Write(block.Written.Span);
        _bytes += block.Length;
        Rows += block.Rows;
    }

    /// <summary>The file. Nothing is added after it.</summary>
    public ReadOnlyMemory<byte> Bytes()
    {
        _packing.Dispose();
        return _packed.ToArray();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _packing.Dispose();
        _packed.Dispose();
    }
}
