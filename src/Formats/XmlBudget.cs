using System.Xml;

namespace Yunnao.Formats;

/// <summary>A text of which only so much may be read between two renewals: a record of XML cannot take memory without bound.</summary>
internal sealed class XmlBudget(TextReader text) : TextReader
{
    private long _left = InputWindow.MaxRecord;

    /// <summary>True when a record was longer than it may be.</summary>
    public bool IsSpent => _left < 0;

    /// <summary>A new record begins.</summary>
    public void Renew() => _left = InputWindow.MaxRecord;

    public override int Peek() => text.Peek();

    public override int Read()
    {
        Take(1);
        return text.Read();
    }

    public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

    public override int Read(Span<char> buffer)
    {
        var read = text.Read(buffer);
        Take(read);
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) text.Dispose();
        base.Dispose(disposing);
    }

    private void Take(int count)
    {
        _left -= count;
        if (_left < 0) throw new XmlException("A record is longer than it may be.");
    }
}
