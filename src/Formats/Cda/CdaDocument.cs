using System.Text;
using System.Xml;
using System.Xml.XPath;

namespace Yunnao.Formats.Cda;

/// <summary>One document in memory, with what is looked up in it more than once.</summary>
internal sealed class CdaDocument
{
    private readonly XPathNavigator _root;
    private readonly Dictionary<string, string?> _values = new(StringComparer.Ordinal);
    private Dictionary<string, XPathNavigator>? _anchors;

    private CdaDocument(XPathNavigator root)
    {
        _root = root;
        Types = [.. Attributes(root, "/ClinicalDocument/templateId/@root"), .. Attributes(root, "/ClinicalDocument/code/@code")];
    }

    /// <summary>Template ids of the document and its code.</summary>
    public IReadOnlyList<string> Types { get; }

    /// <summary>The element ClinicalDocument.</summary>
    public XPathNavigator Root => _root;

    /// <summary>Reads a document of UTF-8; null with a code when it is none.</summary>
    public static CdaDocument? Read(byte[] utf8, int length, out string? code)
    {
        using var stream = new MemoryStream(utf8, 0, length, writable: false);
        using var text = new StreamReader(stream, Encoding.UTF8);
        using var reader = new PlainXmlReader(text);
        try
        {
            var root = new XPathDocument(reader, XmlSpace.Default).CreateNavigator();
            var isDocument = root.MoveToChild("ClinicalDocument", "");
            code = isDocument ? null : "cda.no-document";
            return isDocument ? new(root) : null;
        }
        catch (XmlException)
        {
            // The reader has no other way to say that the text is not XML.
            code = reader.Refusal ?? "cda.xml";
            return null;
        }
    }

    /// <summary>The value at a path that starts at the document, evaluated once.</summary>
    public string? ValueOf(CdaPath path)
    {
        if (_values.TryGetValue(path.Text, out var known)) return known;
        return _values[path.Text] = CdaValues.First(this, _root, path.Expression!);
    }

    /// <summary>The part of the narrative that a reference <c>#id</c> is to, or null.</summary>
    public XPathNavigator? Anchor(string reference)
    {
        if (!reference.StartsWith('#')) return null;
        _anchors ??= Anchors();
        return _anchors.GetValueOrDefault(reference[1..]);
    }

    private Dictionary<string, XPathNavigator> Anchors()
    {
        var anchors = new Dictionary<string, XPathNavigator>(StringComparer.Ordinal);
        foreach (XPathNavigator element in _root.Select("//text//*[@ID]")) anchors.TryAdd(element.GetAttribute("ID", ""), element.Clone());
        return anchors;
    }

    private static IEnumerable<string> Attributes(XPathNavigator root, string path) => root.Select(path).Cast<XPathNavigator>().Select(a => a.Value).Distinct().Take(64);
}
