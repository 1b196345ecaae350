namespace Yunnao.Synthetic.Outlets.Fhir;

/// <summary>A file of one JSON text a line.</summary>
internal sealed class NdjsonFile(string path, string name) : IDisposable
{
    private readonly AppendFile _file = new(path);
    private long _records;

    /// <summary>Name of the file in the ground truth.</summary>
    public string Name { get; } = name;

    /// <summary>Appends a line; gives its number, from 1.</summary>
    public long Write(ReadOnlySpan<byte> json)
    {
        _file.Write(json);
        _file.Write("\n"u8);
        return ++_records;
    }

    /// <summary>Appends a line with the first occurrence of some bytes replaced by one.</summary>
    public long WriteReplaced(ReadOnlySpan<byte> json, ReadOnlySpan<byte> bytes, byte replacement)
    {
        var at = json.IndexOf(bytes);
        _file.Write(json[..at]);
        _file.Write([replacement]);
        _file.Write(json[(at + bytes.Length)..]);
        _file.Write("\n"u8);
        return ++_records;
    }

    public void Dispose() => _file.Dispose();
}
