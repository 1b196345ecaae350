using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.XPath;

namespace Yunnao.Formats.Cda;

/// <summary>One way to a value: an XPath, a data element code with or without an XPath from its value, or the number of the row.</summary>
/// <param name="Expression">From the row; from the value of the data element where there is one; null: that value itself.</param>
/// <param name="Element">Code of the data element whose value it is, or null.</param>
/// <param name="OfDocument">True when it starts at the document, so that it is the same for all rows of it.</param>
/// <param name="IsPosition">
/// True for <c>position()</c>, the number of the row among those that its rule makes of the document, from 1; and for
/// <c>concat(…, position())</c>, where <paramref name="Expression"/> is what comes before it.
/// </param>
internal sealed partial record CdaPath(string Text, XPathExpression? Expression, string? Element, bool OfDocument, bool IsPosition)
{
    private static readonly XPathDocument Nothing = new(XmlReader.Create(new StringReader("<nothing/>")));

    /// <summary>Reads a path; null when it is none.</summary>
    public static CdaPath? Parse(string text)
    {
        if (text == "position()") return new(text, null, null, false, true);
        if (Numbered().Match(text) is { Success: true } numbered) return Compile($"concat({numbered.Groups["before"].Value}, '')") is { } before ? new(text, before, null, false, true) : null;
        var match = DataElement().Match(text);
        if (!match.Success) return Compile(text) is { } path ? new(text, path, null, text[0] == '/', false) : null;
        var code = match.Groups["code"].Value;
        if (!match.Groups["rest"].Success) return new(text, null, code, false, false);
        return Compile("." + match.Groups["rest"].Value) is { } rest ? new(text, rest, code, false, false) : null;
    }

    public static XPathExpression? Compile(string text)
    {
        try
        {
            var expression = XPathExpression.Compile(text);

            // Prefixes and functions that do not exist show only when it is evaluated.
            _ = Nothing.CreateNavigator().Evaluate(expression);
            return expression;
        }
        catch (XPathException)
        {
            // The compiler has no other way to say that a text is no XPath.
            return null;
        }
    }

    [GeneratedRegex(@"^concat\((?<before>.+),\s*position\(\)\)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Numbered();

    [GeneratedRegex(@"^(?<code>DE\d\d\.\d\d\.\d\d\d\.\d\d|HDSD[\d.]+)(?<rest>/.+)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex DataElement();
}
