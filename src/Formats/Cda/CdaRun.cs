using System.Text;
using System.Xml.XPath;
using Yunnao.Formats.Hl7v2;

namespace Yunnao.Formats.Cda;

/// <summary>One input on its way: documents into rows and rejections.</summary>
internal sealed class CdaRun(CdaPlan[] plans, RowWriter rows, IRowSink sink, PathReport? report)
{
    private readonly byte[] _time = new byte[Hl7v2Time.MaxLength];
    private readonly string _mapped = string.Join('\n', plans.Select(p => p.Texts));
    private byte[] _utf8 = [];
    private long _records;
    private int _searched;
    private bool _skipping;

    /// <summary>Takes all whole documents of the window. True when the input is at its end; false when more must be read.</summary>
    public bool Step(InputWindow window)
    {
        while (true)
        {
            if (_searched == 0) window.Consume(CdaFrames.SkipBlank(window.Unread));
            var unread = window.Unread;
            if (unread.IsEmpty) return window.Complete;
            var length = CdaFrames.Length(unread, _searched);
            if (length < 0 && window.Complete && _records > 0 && CdaFrames.IsMisc(unread))
            {
                window.Consume(unread.Length);
                return true;
            }

            if (length < 0 && !window.Complete)
            {
                if (unread.Length < InputWindow.MaxRecord && !_skipping)
                {
                    _searched = unread.Length;
                    return false;
                }

                if (!_skipping) Reject(window, "cda.too-large", null);
                _skipping = true;

                // The last bytes may be the beginning of an end tag.
                window.Consume(Math.Max(0, unread.Length - 128));
                _searched = 0;
                return false;
            }

            var document = length < 0 ? unread : unread[..length];
            if (!_skipping) Document(window, document);
            (_skipping, _searched) = (false, 0);
            window.Consume(document.Length);
        }
    }

    /// <summary>Hands over what is left and gives the number of records.</summary>
    public long Finish()
    {
        rows.Finish();
        return _records;
    }

    private void Document(InputWindow window, ReadOnlySpan<byte> sent)
    {
        if (window.IsDamaged(sent) || !System.Text.Unicode.Utf8.IsValid(sent))
        {
            Reject(window, "cda.encoding", null);
            return;
        }

        if (sent.IndexOf("<!DOCTYPE"u8) >= 0)
        {
            Reject(window, "cda.dtd", null);
            return;
        }

        if (_utf8.Length < sent.Length) _utf8 = new byte[Math.Max(sent.Length, Math.Min(_utf8.Length * 2, InputWindow.MaxRecord))];
        sent.CopyTo(_utf8);
        if (CdaDocument.Read(_utf8, sent.Length, out var code) is not { } document)
        {
            Reject(window, code!, null);
            return;
        }

        var matching = Enumerable.Range(0, plans.Length).Where(i => plans[i].IsFor(document.Types)).ToList();
        Note(document, matching.Count > 0);
        _records++;
        var made = 0;
        foreach (var number in matching) made += Rows(document, number, window.Offset);
        if (made == 0) sink.Reject(new(_records, window.Offset, window.Line, matching.Count == 0 ? "mapping.none" : "mapping.no-row", document.Types.FirstOrDefault(IsName)));
    }

    private int Rows(CdaDocument document, int number, long offset)
    {
        var plan = plans[number];
        if (plan.Row is null) return Row(document, document.Root, number, 1, offset);
        var (made, position) = (0, 0);
        foreach (XPathNavigator node in document.Root.Select(plan.Row)) made += Row(document, node, number, ++position, offset);
        return made;
    }

    private int Row(CdaDocument document, XPathNavigator node, int number, int position, long offset)
    {
        var plan = plans[number];
        var row = new CdaRow(document, node, position);
        foreach (var condition in plan.Where)
            if (!row.Holds(condition)) return 0;
        var batch = rows.Batch(number);
        for (var i = 0; i < plan.Columns.Length; i++)
            if (row.First(plan.Columns[i]) is { } value) Set(batch, i, value, plan.Times[i]);
        rows.EndRow(number, _records, offset);
        return 1;
    }

    private void Set(TextBatch batch, int column, string value, bool isTime)
    {
        var utf8 = Encoding.UTF8.GetBytes(value);
        batch.Set(column, isTime && Hl7v2Time.TryToIso(utf8, _time, out var length) ? _time.AsSpan(0, length) : utf8);
    }

    /// <summary>Counts the type of the document, the templates of its entries and its data elements; names only.</summary>
    private void Note(CdaDocument document, bool mapped)
    {
        if (report is null) return;
        foreach (var type in document.Types.Where(IsName)) report.AddType($"ClinicalDocument {type}", 1, mapped);
        Count(document.Root.Select("//entry//templateId/@root"), _ => true);
        Count(document.Root.Select("//entry//code/@code"), c => c.StartsWith("DE", StringComparison.Ordinal));
    }

    private void Count(XPathNodeIterator names, Func<string, bool> isOf)
    {
        foreach (XPathNavigator name in names)
            if (isOf(name.Value) && IsName(name.Value)) report!.AddType(name.Value, 1, _mapped.Contains(name.Value, StringComparison.Ordinal));
    }

    /// <summary>True for what can be an OID or a code, so that text of a garbled document cannot reach a report.</summary>
    private static bool IsName(string text) => text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiDigit(c) || char.IsAsciiLetterUpper(c) || c is '.' or '-');

    private void Reject(InputWindow window, string code, string? path) => sink.Reject(new(++_records, window.Offset, window.Line, code, path));
}
