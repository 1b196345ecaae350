namespace Yunnao.Formats.Csv;

/// <summary>Finds records of a delimited text by their number, to show what was received.</summary>
public static class CsvRecords
{
    private const int Shown = 64 << 10;

    /// <summary>
    /// Reads until the last wanted record is found. Records that the text does not have are not in the answer. A record without its end
    /// within 128 MiB (a quote that is never closed) is given as far as it was read, and nothing after it is found.
    /// </summary>
    /// <param name="utf8">The text in UTF-8 without byte order mark (see <see cref="Encodings.Utf8Stream"/>).</param>
    /// <param name="wanted">Numbers of data records from 1, in any order.</param>
    public static async Task<IReadOnlyList<CsvRecord>> FindAsync(
        Stream utf8, CsvDialect dialect, IEnumerable<long> wanted, CancellationToken cancel = default)
    {
        var numbers = wanted.Where(n => n > 0).Distinct().Order().ToArray();
        var found = new List<CsvRecord>(numbers.Length);
        using var window = new InputWindow(utf8);
        var at = dialect.Header ? -1L : 0L;
        while (found.Count < numbers.Length)
        {
            if (Step(window, dialect, numbers, found, ref at)) break;
            await window.FillAsync(cancel).ConfigureAwait(false);
        }

        return found;
    }

    /// <summary>Takes the whole records of the window; true when there is nothing more to find.</summary>
    private static bool Step(InputWindow window, CsvDialect dialect, long[] numbers, List<CsvRecord> found, ref long at)
    {
        var scanner = new CsvScanner(dialect);
        while (found.Count < numbers.Length)
        {
            var text = window.Unread;
            var last = window.Complete || text.Length >= InputWindow.MaxRecord;
            if (text.IsEmpty) return window.Complete;
            var length = scanner.RecordEnd(text, last, out var next);
            if (length < 0) return false;
            if (length > 0) at++;
            if (length > 0 && at == numbers[found.Count])
                found.Add(new(at, window.Offset, window.Line, length, text[..Math.Min(length, Shown)].ToArray()));
            window.Consume(next);
            if (last && next == text.Length) return true;
        }

        return true;
    }
}
