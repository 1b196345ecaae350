namespace Yunnao.Formats.Fhir;

/// <summary>NDJSON: each line is a document. What is wrong with a line ends with it.</summary>
internal sealed class FhirLines(FhirRecords records)
{
    private bool _skipping;

    /// <summary>Takes all whole lines of the window. True when the input is at its end; false when more must be read.</summary>
    public bool Step(InputWindow window)
    {
        while (true)
        {
            var unread = window.Unread;
            var length = unread.IndexOf((byte)'\n');
            if (length < 0 && !window.Complete)
            {
                if (!_skipping && unread.Length < InputWindow.MaxRecord) return false;
                if (!_skipping) records.Reject("fhir.too-large", null, window.Offset, window.Line);
                _skipping = true;
                window.Consume(unread.Length);
                return false;
            }

            var line = length < 0 ? unread : unread[..length];
            var start = line.IndexOfAnyExcept(" \t\r"u8);
            if (start >= 0 && !_skipping) records.Document(line[start..], window.Offset + start, window.Line);
            _skipping = false;
            if (length < 0)
            {
                window.Consume(unread.Length);
                return true;
            }

            window.Consume(length + 1);
        }
    }
}
