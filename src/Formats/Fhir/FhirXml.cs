using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Xml;

namespace Yunnao.Formats.Fhir;

/// <summary>
/// FHIR XML, resource by resource, as the JSON that says the same, so that one reading of resources serves both. A Bundle is read entry by
/// entry. What is wrong with the XML ends the input: everything before it stands.
/// </summary>
internal sealed class FhirXml(FhirRecords records)
{
    private const int MaxDepth = 100;
    private const int MaxElements = 2_000_000;
    private const string XhtmlNamespace = "http://www.w3.org/1999/xhtml";

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        IgnoreWhitespace = true,
    };

    private readonly ArrayBufferWriter<byte> _json = new(64 << 10);
    private int _elements;

    /// <summary>True when the text is markup, so XML and not JSON.</summary>
    public static bool IsXml(ReadOnlySpan<byte> head)
    {
        var start = JsonFrames.Blank(head, 0);
        return start < head.Length && head[start] == '<';
    }

    /// <summary>Reads the rest of the window.</summary>
    public void Read(InputWindow window)
    {
        if (window.Unread[..Math.Min(window.Unread.Length, 4096)].IndexOf("<!DOCTYPE"u8) >= 0)
        {
            records.Reject("fhir.dtd", null, window.Offset, window.Line);
            return;
        }

        var lines = new LineOffsets(window.Rest());
        var text = new XmlBudget(new StreamReader(lines, new UTF8Encoding(false, throwOnInvalidBytes: true), false, 1 << 16));
        XmlReader? reader = null;
        try
        {
            // The reader reads while it is made, and may fail at that.
            reader = XmlReader.Create(text, Settings);
            reader.MoveToContent();
            if (reader.LocalName == "Bundle") Bundle(reader, text, lines);
            else Single(reader, lines);
        }
        catch (XmlException)
        {
            // The reader has no other way to say that the text is not XML.
            Refuse(reader, lines, text.IsSpent || _elements > MaxElements ? "fhir.too-large" : "fhir.xml");
        }
        catch (DecoderFallbackException)
        {
            Refuse(reader, lines, "fhir.encoding");
        }
        finally
        {
            reader?.Dispose();
        }
    }

    private void Bundle(XmlReader reader, XmlBudget text, LineOffsets lines)
    {
        if (reader.IsEmptyElement) return;
        reader.Read();
        while (reader.NodeType == XmlNodeType.Element)
        {
            text.Renew();
            _elements = 0;
            var line = Line(reader);
            if (reader.LocalName == "entry")
            {
                Write(Element(reader, 1));
                records.Entry(_json.WrittenSpan, lines.Of(line), line);
            }
            else
            {
                reader.Skip();
            }
        }

        if (reader.NodeType != XmlNodeType.EndElement) throw new XmlException("A Bundle holds elements only.");
    }

    private void Single(XmlReader reader, LineOffsets lines)
    {
        var line = Line(reader);
        Write(Resource(reader, 1));
        records.Document(_json.WrittenSpan, lines.Of(line), line);
    }

    private void Refuse(XmlReader? reader, LineOffsets lines, string code)
    {
        var line = Line(reader);
        records.Reject(code, null, lines.Of(line), line);
    }

    private static long Line(XmlReader? reader) => reader is IXmlLineInfo place ? Math.Max(1, place.LineNumber) : 1;

    private void Write(XmlPart part)
    {
        _json.ResetWrittenCount();
        using var writer = new Utf8JsonWriter(_json, new JsonWriterOptions { SkipValidation = true, MaxDepth = 1000 });
        part.WriteTo(writer);
    }

    /// <summary>The element at the reader, which then stands after it.</summary>
    private XmlPart Element(XmlReader reader, int depth)
    {
        if (depth > MaxDepth) throw new XmlException("Elements are nested too deep.");
        if (++_elements > MaxElements) throw new XmlException("A record has more elements than it may have.");
        var part = new XmlPart(reader.GetAttribute("value"));
        if (reader.GetAttribute("url") is { } url) part.Add("url", new(url));
        if (reader.IsEmptyElement)
        {
            reader.Read();
            return part;
        }

        reader.Read();
        while (reader.NodeType != XmlNodeType.EndElement)
        {
            if (reader.NodeType != XmlNodeType.Element)
            {
                if (!reader.Read()) throw new XmlException("The text ends inside an element.");
                continue;
            }

            var name = reader.LocalName;
            if (reader.NamespaceURI == XhtmlNamespace) part.Add(name, new(reader.ReadOuterXml()));
            else if (char.IsAsciiLetterUpper(name[0])) return Wrapped(reader, depth);
            else part.Add(name, Element(reader, depth + 1));
        }

        reader.Read();
        return part;
    }

    /// <summary>An element that holds a resource (<c>resource</c>, <c>contained</c>) stands for it.</summary>
    private XmlPart Wrapped(XmlReader reader, int depth)
    {
        var resource = Resource(reader, depth + 1);
        while (reader.NodeType != XmlNodeType.EndElement)
            if (reader.NodeType == XmlNodeType.Element || !reader.Read()) throw new XmlException("An element holds more than one resource.");
        reader.Read();
        return resource;
    }

    private XmlPart Resource(XmlReader reader, int depth)
    {
        var type = reader.LocalName;
        var part = Element(reader, depth);
        part.Add("resourceType", new(type));
        return part;
    }
}
