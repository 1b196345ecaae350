using System.Text;

namespace Yunnao.Kernel;

/// <summary>Where in the input a problem is: a file, and inside it a line, record, byte offset or element path, as far as known.</summary>
/// <param name="File">File name as the user gave it; null when the input has no name.</param>
/// <param name="Line">Physical line, counted from 1.</param>
/// <param name="Record">Record (data row, resource, message) counted from 1.</param>
/// <param name="Offset">Byte offset, counted from 0.</param>
/// <param name="Path">Path of the element inside the record, for example <c>OBX-5.1</c> or a column name.</param>
public sealed record Place(string? File = null, long? Line = null, long? Record = null, long? Offset = null, string? Path = null)
{
    /// <summary>Compiler style: <c>file:line</c>, then record, byte and path where known.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(File);
        if (Line is { } line) text.Append(':').Append(line);
        if (Record is { } record) Separate(text).Append("record ").Append(record);
        if (Offset is { } offset) Separate(text).Append("byte ").Append(offset);
        if (Path is { } path) Separate(text).Append(path);
        return text.ToString();
    }

    private static StringBuilder Separate(StringBuilder text) => text.Length == 0 ? text : text.Append(", ");
}
