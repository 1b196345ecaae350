using System.Text;

namespace Yunnao.Formats.Dicom;

/// <summary>The facts of the standard under <c>standards/dicom/</c>: CSV files that are part of the assembly, read without making a string of each cell.</summary>
internal static class FactsFile
{
    public static byte[] Read(string name)
    {
        using var stream = typeof(FactsFile).Assembly.GetManifestResourceStream($"dicom/{name}")
            ?? throw new InvalidOperationException($"The facts file {name} is not in the assembly.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Start of the line after the one that starts at <paramref name="line"/>; the length of the text when there is none.</summary>
    public static int NextLine(ReadOnlySpan<byte> text, int line)
    {
        var end = text[line..].IndexOf((byte)'\n');
        return end < 0 ? text.Length : line + end + 1;
    }

    /// <summary>A cell of a line, without its quotes. Cells hold no line ends, and quotes only around the whole cell.</summary>
    public static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> text, int line, int index)
    {
        var rest = text[line..];
        rest = rest[..(rest.IndexOf((byte)'\n') is >= 0 and var end ? end : rest.Length)];
        for (; ; index--)
        {
            var quoted = !rest.IsEmpty && rest[0] == '"';
            var length = quoted ? rest[1..].IndexOf((byte)'"') : rest.IndexOf((byte)',');
            if (length < 0) length = rest.Length;
            var cell = rest.Slice(quoted ? 1 : 0, length);
            if (index == 0) return cell;
            var next = length + (quoted ? 3 : 1);
            if (next > rest.Length) return default;
            rest = rest[next..];
        }
    }

    public static string String(ReadOnlySpan<byte> cell) => Encoding.UTF8.GetString(cell);
}
