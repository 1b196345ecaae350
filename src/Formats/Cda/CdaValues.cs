using System.Xml.XPath;

namespace Yunnao.Formats.Cda;

/// <summary>The text of a node: what the data types of CDA R2 mean by it.</summary>
internal static class CdaValues
{
    /// <summary>The first value at an expression from a node, or null.</summary>
    public static string? First(CdaDocument document, XPathNavigator from, XPathExpression expression)
    {
        if (expression.ReturnType != XPathResultType.NodeSet) return NotEmpty(Convert.ToString(from.Evaluate(expression), System.Globalization.CultureInfo.InvariantCulture));
        foreach (XPathNavigator node in from.Select(expression))
            if (Of(document, node) is { } value) return value;
        return null;
    }

    /// <summary>True when one of the values at an expression passes the test.</summary>
    public static bool Any(CdaDocument document, XPathNavigator from, XPathExpression expression, Func<string, bool> test)
    {
        if (expression.ReturnType != XPathResultType.NodeSet) return First(document, from, expression) is { } single && test(single);
        foreach (XPathNavigator node in from.Select(expression))
            if (Of(document, node) is { } value && test(value)) return true;
        return false;
    }

    /// <summary>
    /// The value of a node, or null: of an attribute its text; of an element its <c>value</c>, <c>code</c>, <c>extension</c> or (of an id)
    /// <c>root</c>, else its text, else the narrative that its <c>reference</c> is to. Of a section's <c>text</c>, the narrative in lines.
    /// </summary>
    public static string? Of(CdaDocument document, XPathNavigator node)
    {
        if (node.NodeType != XPathNodeType.Element) return NotEmpty(node.Value);
        if (node.LocalName == "text") return Text(document, node);
        return Attribute(node, "value") ?? Attribute(node, "code") ?? Attribute(node, "extension")
            ?? (node.LocalName == "id" ? Attribute(node, "root") : null) ?? Text(document, node);
    }

    private static string? Text(CdaDocument document, XPathNavigator node)
    {
        if (Narrative.Of(node) is { Length: > 0 } text) return text;
        var references = node.SelectDescendants("reference", "", matchSelf: false);
        return references.MoveNext() && document.Anchor(references.Current!.GetAttribute("value", "")) is { } narrative ? NotEmpty(Narrative.Of(narrative)) : null;
    }

    private static string? Attribute(XPathNavigator node, string name) => NotEmpty(node.GetAttribute(name, ""));

    private static string? NotEmpty(string? text) => text?.Trim() is { Length: > 0 } value ? value : null;
}
