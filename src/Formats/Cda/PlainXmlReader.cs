using System.Xml;

namespace Yunnao.Formats.Cda;

/// <summary>
/// An XML reader that shows local names only: no namespaces, no prefixes, no declarations of them. Keeps the limits of a document. Prefixes
/// that documents in use forget to declare are known.
/// </summary>
internal sealed class PlainXmlReader : XmlReader
{
    private const string Declarations = "http://www.w3.org/2000/xmlns/";

    private static readonly XmlReaderSettings Limits = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        CheckCharacters = true,
        MaxCharactersInDocument = InputWindow.MaxRecord,
    };

    private readonly XmlReader _inner;
    private int _nodes;

    public PlainXmlReader(TextReader text)
    {
        var names = new NameTable();
        var prefixes = new XmlNamespaceManager(names);
        foreach (var prefix in (string[])["xsi", "sdtc", "voc", "mif", "cda", "n1"]) prefixes.AddNamespace(prefix, "urn:forgotten:" + prefix);
        _inner = Create(text, Limits, new XmlParserContext(names, prefixes, null, XmlSpace.None));
    }

    /// <summary>The code of the limit that ended the reading, or null.</summary>
    public string? Refusal { get; private set; }

    public override int AttributeCount => _inner.AttributeCount;

    public override string BaseURI => "";

    public override int Depth => _inner.Depth;

    public override bool EOF => _inner.EOF;

    public override bool IsEmptyElement => _inner.IsEmptyElement;

    public override string LocalName => _inner.LocalName;

    public override XmlNameTable NameTable => _inner.NameTable;

    public override string NamespaceURI => "";

    public override XmlNodeType NodeType => _inner.NodeType;

    public override string Prefix => "";

    public override ReadState ReadState => _inner.ReadState;

    public override string Value => _inner.Value;

    public override bool Read()
    {
        if (!_inner.Read()) return false;
        _nodes += 1 + _inner.AttributeCount;
        if (_inner.Depth > CdaLimits.Depth) Refusal = "cda.too-deep";
        if (_nodes > CdaLimits.Nodes) Refusal = "cda.too-large";
        return Refusal is null ? true : throw new XmlException(Refusal);
    }

    public override bool MoveToFirstAttribute() => _inner.MoveToFirstAttribute() && (!IsDeclaration() || MoveToNextAttribute() || !MoveToElement());

    public override bool MoveToNextAttribute()
    {
        while (_inner.MoveToNextAttribute())
            if (!IsDeclaration()) return true;
        return false;
    }

    public override bool MoveToElement() => _inner.MoveToElement();

    public override bool ReadAttributeValue() => _inner.ReadAttributeValue();

    public override string GetAttribute(int i) => _inner.GetAttribute(i);

    public override string? GetAttribute(string name) => _inner.GetAttribute(name);

    public override string? GetAttribute(string name, string? namespaceURI) => _inner.GetAttribute(name, namespaceURI);

    public override string? LookupNamespace(string prefix) => null;

    public override bool MoveToAttribute(string name) => _inner.MoveToAttribute(name);

    public override bool MoveToAttribute(string name, string? ns) => _inner.MoveToAttribute(name, ns);

    public override void ResolveEntity() => _inner.ResolveEntity();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _inner.Dispose();
        base.Dispose(disposing);
    }

    private bool IsDeclaration() => _inner.NamespaceURI == Declarations;
}
