namespace Yunnao.Formats.Csv;

/// <summary>
/// Finds the ends of records. A quote counts only where a field begins; inside quotes line ends are text. Looks at quotes and line ends
/// alone, so it runs at the speed of a vectorised search.
/// </summary>
internal readonly struct CsvScanner(CsvDialect dialect)
{
    private readonly byte _quote = (byte)dialect.Quote;
    private readonly byte _delimiter = (byte)dialect.Delimiter;

    /// <summary>
    /// Length of the record that starts the text, without its line end, and where the next starts; -1 when the end is not in the text.
    /// </summary>
    /// <param name="final">True when nothing follows the text: then its end ends the record.</param>
    public int RecordEnd(ReadOnlySpan<byte> text, bool final, out int next)
    {
        next = text.Length;
        for (var at = 0; ;)
        {
            var found = text[at..].IndexOfAny(_quote, (byte)'\r', (byte)'\n');
            if (found < 0) return final ? text.Length : -1;
            at += found;
            if (text[at] == _quote)
            {
                var starts = at == 0 || text[at - 1] == _delimiter;
                at = starts ? QuotedEnd(text, at, final) : at + 1;
                if (at < 0) return final ? text.Length : -1;
                continue;
            }

            if (text[at] == '\r' && at + 1 == text.Length && !final) return -1;
            next = at + (text[at] == '\r' && at + 1 < text.Length && text[at + 1] == '\n' ? 2 : 1);
            return at;
        }
    }

    /// <summary>Index after the closing quote; -1 when it is not in the text.</summary>
    private int QuotedEnd(ReadOnlySpan<byte> text, int open, bool final)
    {
        for (var at = open + 1; ;)
        {
            var found = text[at..].IndexOf(_quote);
            if (found < 0) return -1;
            at += found + 1;
            if (at == text.Length) return final ? at : -1;
            if (text[at] != _quote) return at;
            at++;
        }
    }
}
