using System.Buffers;
using System.Data.Common;
using System.IO.Hashing;

namespace Yunnao.Services.Pull;

/// <summary>Rows of a table on their way into one file. Rows near the newest watermark are remembered by their hash.</summary>
internal sealed class Chunk : IDisposable
{
    private const int FlushBytes = 1 << 20;
    private readonly FileStream _file;
    private readonly ArrayBufferWriter<byte> _line = new(1 << 12);
    private readonly ArrayBufferWriter<byte> _buffer = new(FlushBytes + (1 << 16));
    private readonly List<(long Mark, UInt128 Hash)> _seen = [];

    /// <param name="path">File to write; replaced when it is there.</param>
    public Chunk(string path, IReadOnlyList<string> columns)
    {
        Path = path;
        _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 0);
        for (var i = 0; i < columns.Count; i++)
        {
            if (i > 0) _buffer.Write(","u8);
            ColumnText.Quote(columns[i], _buffer);
        }

        _buffer.Write("\n"u8);
    }

    public string Path { get; }

    public long Rows { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>The greatest watermark among the rows.</summary>
    public long? Mark { get; private set; }

    /// <summary>Adds the row that the reader is at, unless it was pulled before. False when it was.</summary>
    public bool Add(DbDataReader reader, ColumnText[] columns, long? mark, HashSet<UInt128> known)
    {
        _line.ResetWrittenCount();
        for (var i = 0; i < columns.Length; i++)
        {
            if (i > 0) _line.Write(","u8);
            columns[i].Write(reader, _line);
        }

        _line.Write("\n"u8);
        if (mark is { } value)
        {
            var hash = XxHash128.HashToUInt128(_line.WrittenSpan);
            if (known.Contains(hash)) return false;
            _seen.Add((value, hash));
            Mark = Math.Max(Mark ?? long.MinValue, value);
        }

        _buffer.Write(_line.WrittenSpan);
        Bytes += _line.WrittenCount;
        Rows++;
        if (_buffer.WrittenCount >= FlushBytes) Flush();
        return true;
    }

    /// <summary>The rows that have to be remembered: those whose watermark is not smaller.</summary>
    public List<(long Mark, UInt128 Hash)> Seen(long from) => [.. _seen.Where(s => s.Mark >= from)];

    /// <summary>Ends the writing; the file can be read.</summary>
    public void Close()
    {
        Flush();
        _file.Dispose();
    }

    /// <summary>Removes the file, which holds patients' data.</summary>
    public void Dispose()
    {
        _file.Dispose();
        File.Delete(Path);
    }

    private void Flush()
    {
        _file.Write(_buffer.WrittenSpan);
        _buffer.ResetWrittenCount();
    }
}
