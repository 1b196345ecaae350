using System.Text;

namespace Yunnao.Synthetic.Outlets;

/// <summary>
/// A file that grows at its end through a buffer. The file is open only while the buffer is written out, so a city of many
/// institutions does not run out of file handles.
/// </summary>
internal sealed class AppendFile : IDisposable
{
    private readonly string _path;
    private readonly byte[] _buffer;
    private int _used;
    private bool _created;

    public AppendFile(string path, int buffer = 128 * 1024)
    {
        _path = path;
        _buffer = new byte[buffer];
    }

    public string Path => _path;

    /// <summary>Bytes written so far.</summary>
    public long Length { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        if (bytes.Length > _buffer.Length - _used)
        {
            Flush();
            if (bytes.Length > _buffer.Length)
            {
                Append(bytes);
                return;
            }
        }

        bytes.CopyTo(_buffer.AsSpan(_used));
        _used += bytes.Length;
    }

    public void Write(string text) => Write(Encoding.UTF8.GetBytes(text));

    public void Flush()
    {
        if (_used > 0 || !_created) Append(_buffer.AsSpan(0, _used));
        _used = 0;
    }

    public void Dispose() => Flush();

    private void Append(ReadOnlySpan<byte> bytes)
    {
        using var stream = new FileStream(_path, _created ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.Read, 0);
        stream.Write(bytes);
        _created = true;
    }
}
