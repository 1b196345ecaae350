using System.Net;
using System.Text;

namespace Yunnao.Standards.Dictionary;

/// <summary>A page of the dictionary while it is written. Texts are escaped here and nowhere else.</summary>
internal sealed class Html
{
    private readonly StringBuilder _text = new();

    /// <summary>Markup as it is.</summary>
    public Html Raw(string markup)
    {
        _text.Append(markup);
        return this;
    }

    /// <summary>A text.</summary>
    public Html Text(string? text) => Raw(WebUtility.HtmlEncode(text) ?? "");

    /// <summary>A text in both languages; the reader's choice hides one of them, and the style puts a space between two.</summary>
    public Html Both(Names names) => names.Zh == names.En
        ? Text(names.Zh)
        : Raw("<span lang=\"zh\">").Text(names.Zh).Raw("</span><span lang=\"en\">").Text(names.En).Raw("</span>");

    /// <summary>A text of ours in both languages.</summary>
    public Html Both(string zh, string en) => Both(new Names(zh, en));

    /// <summary>A link.</summary>
    public Html Link(string address, string text) => Raw($"<a href=\"{WebUtility.HtmlEncode(address)}\">").Text(text).Raw("</a>");

    /// <summary>An element with text in it.</summary>
    public Html In(string element, string? text) => Raw($"<{element}>").Text(text).Raw($"</{element.Split(' ')[0]}>");

    /// <summary>Begins a table: its caption for screen readers, and a header a column.</summary>
    public Html Table(Names caption, params ReadOnlySpan<Names> headers)
    {
        Raw("<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"").Text($"{caption.Zh} {caption.En}").Raw("\"><table><caption>").Both(caption).Raw("</caption><thead><tr>");
        foreach (var header in headers) Raw("<th scope=\"col\">").Both(header).Raw("</th>");
        return Raw("</tr></thead><tbody>\n");
    }

    public Html EndTable() => Raw("</tbody></table></div>\n");

    /// <summary>A row of a list of facts, left out when there is nothing to say.</summary>
    public Html Fact(Names label, string? value) => string.IsNullOrEmpty(value) ? this : Raw("<dt>").Both(label).Raw("</dt><dd>").Text(value).Raw("</dd>\n");

    public override string ToString() => _text.ToString();
}
