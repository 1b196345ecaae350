using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace Yunnao.Server.Pages;

/// <summary>HTML made of a template whose values are encoded, so that no value is ever markup. What is markup already is of this type.</summary>
[InterpolatedStringHandler]
internal readonly struct Html
{
    private static readonly HtmlEncoder s_encoder = HtmlEncoder.Create(System.Text.Unicode.UnicodeRanges.All);
    private readonly StringBuilder _text;

    public Html(int literalLength, int formattedCount) => _text = new(literalLength + 32 * formattedCount);

    public static Html None { get; } = $"";

    public void AppendLiteral(string markup) => _text.Append(markup);

    public void AppendFormatted(string? value) => _text.Append(s_encoder.Encode(value ?? ""));

    public void AppendFormatted(Html markup) => _text.Append(markup._text);

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    /// <summary>Markup that was made elsewhere and holds no value of a user, such as a drawn code.</summary>
    public static Html Markup(string markup)
    {
        var html = new Html(markup.Length, 0);
        html.AppendLiteral(markup);
        return html;
    }
}
