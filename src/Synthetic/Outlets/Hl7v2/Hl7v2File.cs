namespace Yunnao.Synthetic.Outlets.Hl7v2;

/// <summary>A file of messages, wrapped as a file and a batch (FHS, BHS … BTS, FTS).</summary>
internal sealed class Hl7v2File : IDisposable
{
    private static readonly byte[] Undecodable = [0xEF, 0xBF, 0xBD];

    private readonly AppendFile _file;
    private long _records;

    public Hl7v2File(string path, string name)
    {
        Name = name;
        _file = new AppendFile(path);
        _file.Write("FHS|^~\\&|HIS\rBHS|^~\\&|HIS\r"u8);
    }

    /// <summary>Name of the file in the ground truth.</summary>
    public string Name { get; }

    /// <summary>Appends a message; gives its number, from 1.</summary>
    public long Write(ReadOnlySpan<byte> message)
    {
        _file.Write(message);
        return ++_records;
    }

    /// <summary>Appends a message that cannot be read: its header cut off after MSH-2, or a byte in it that is no UTF-8.</summary>
    public long WriteBroken(ByteBuffer message, bool undecodable)
    {
        var text = message.Span;
        if (undecodable)
        {
            var at = text.IndexOf(Undecodable);
            _file.Write(text[..at]);
            _file.Write([0xFF]);
            _file.Write(text[(at + Undecodable.Length)..]);
        }
        else
        {
            var end = text.IndexOf((byte)'\r');
            _file.Write("MSH|^~\\&"u8);
            _file.Write(text[end..]);
        }

        return ++_records;
    }

    public void Dispose()
    {
        _file.Write("BTS|\rFTS|\r"u8);
        _file.Dispose();
    }
}
