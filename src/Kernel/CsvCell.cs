using System.Buffers;

namespace Yunnao.Kernel;

/// <summary>A cell of a comma-separated file (RFC 4180).</summary>
public static class CsvCell
{
    private static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");

    /// <summary>True when the text must stand in quotes.</summary>
    public static bool NeedsQuotes(ReadOnlySpan<char> text) => text.ContainsAny(Special);

    /// <summary>The text in quotes, its own quotes doubled.</summary>
    public static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>The text, in quotes where it must be.</summary>
    public static string Write(string text) => NeedsQuotes(text) ? Quoted(text) : text;
}
