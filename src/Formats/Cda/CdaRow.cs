using System.Xml.XPath;

namespace Yunnao.Formats.Cda;

/// <summary>The node that makes a row, with the values of the data elements below it.</summary>
internal sealed class CdaRow(CdaDocument document, XPathNavigator node, int number)
{
    private Dictionary<string, XPathNavigator>? _elements;

    public string? First(CdaPath[] paths)
    {
        foreach (var path in paths)
            if (Value(path) is { } value) return value;
        return null;
    }

    public bool Holds(CdaCondition condition)
    {
        var test = condition.Test;
        var found = test.Kind == ConditionKind.Exists ? Value(condition.Path) is not null : IsAny(condition.Path, v => test.Names(System.Text.Encoding.UTF8.GetBytes(v)));
        return found != (test.Kind == ConditionKind.NotIn);
    }

    private string? Value(CdaPath path)
    {
        if (path.IsPosition) return (path.Expression is { } before ? CdaValues.First(document, node, before) : "") + number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (path.OfDocument) return document.ValueOf(path);
        if (path.Element is not { } code) return CdaValues.First(document, node, path.Expression!);
        if (ElementValue(code) is not { } value) return null;
        return path.Expression is { } rest ? CdaValues.First(document, value, rest) : CdaValues.Of(document, value);
    }

    private bool IsAny(CdaPath path, Func<string, bool> test) => path is { Expression: { } expression, Element: null, IsPosition: false }
        ? CdaValues.Any(document, path.OfDocument ? document.Root : node, expression, test)
        : Value(path) is { } value && test(value);

    /// <summary>
    /// WS/T 500: an entry names its data element as its code (<c>code/@code</c>, code system 2.16.156.10011.2.2.1) and carries it as its value.
    /// The first that has a value counts.
    /// </summary>
    private XPathNavigator? ElementValue(string code)
    {
        _elements ??= Elements();
        return _elements.GetValueOrDefault(code);
    }

    /// <summary>True for a code of the catalogue of data elements, or of a data set's items, which some documents use in its place.</summary>
    private static bool IsElement(string code) => code.StartsWith("DE", StringComparison.Ordinal) || code.StartsWith("HDSD", StringComparison.Ordinal);

    private Dictionary<string, XPathNavigator> Elements()
    {
        var elements = new Dictionary<string, XPathNavigator>(StringComparer.Ordinal);
        foreach (XPathNavigator name in node.SelectDescendants("code", "", matchSelf: false))
        {
            var code = name.GetAttribute("code", "");
            if (!IsElement(code) || elements.ContainsKey(code)) continue;
            var value = name.Clone();
            while (value.MoveToNext("value", ""))
            {
                if (CdaValues.Of(document, value) is null) continue;
                elements.Add(code, value);
                break;
            }
        }

        return elements;
    }
}
