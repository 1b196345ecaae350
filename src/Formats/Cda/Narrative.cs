using System.Text;
using System.Xml.XPath;

namespace Yunnao.Formats.Cda;

/// <summary>The narrative block of CDA (HL7 CDA R2, 4.3.5) as plain text: paragraphs, list items and table rows are lines, cells are parted by tabs.</summary>
internal static class Narrative
{
    public static string Of(XPathNavigator block)
    {
        var text = new StringBuilder();
        var node = block.Clone();
        if (!node.MoveToFirstChild()) return "";
        while (true)
        {
            if (node.NodeType is XPathNodeType.Text or XPathNodeType.SignificantWhitespace) Words(text, node.Value);
            else if (node.NodeType == XPathNodeType.Element) Open(text, node.LocalName);
            if (node.NodeType == XPathNodeType.Element && node.MoveToFirstChild()) continue;
            while (!node.MoveToNext())
            {
                node.MoveToParent();
                if (node.IsSamePosition(block)) return text.ToString().Trim();
                if (IsLine(node.LocalName)) EndLine(text);
            }
        }
    }

    private static void Open(StringBuilder text, string name)
    {
        if (IsLine(name)) EndLine(text);
        else if (name is "td" or "th" && text.Length > 0 && text[^1] != '\n') text.Append('\t');
    }

    private static bool IsLine(string name) => name is "paragraph" or "item" or "tr" or "br" or "list" or "table" or "caption";

    private static void EndLine(StringBuilder text)
    {
        while (text.Length > 0 && text[^1] is ' ' or '\t') text.Length--;
        if (text.Length > 0 && text[^1] != '\n') text.Append('\n');
    }

    /// <summary>Adds a text with its blanks and line ends as one blank each.</summary>
    private static void Words(StringBuilder text, string words)
    {
        foreach (var c in words)
        {
            if (!char.IsWhiteSpace(c)) text.Append(c);
            else if (text.Length > 0 && !char.IsWhiteSpace(text[^1])) text.Append(' ');
        }
    }
}
