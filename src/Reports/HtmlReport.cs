using System.Net;
using System.Text;

namespace Yunnao.Reports;

/// <summary>A report as one HTML file that needs nothing beside it: pictures are inside as SVG, there is no script.</summary>
public static class HtmlReport
{
    private const string Style = """
        body{font-family:"Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei","PingFang SC","WenQuanYi Micro Hei",sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#1b2733;line-height:1.5}
        h1{margin-bottom:.2rem}p.sub{color:#5b6b7a;margin-top:0}h2{border-bottom:2px solid #1f4e8c;padding-bottom:.2rem;margin-top:2rem}
        table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{text-align:left;padding:.35rem .5rem;border-bottom:1px solid #dde4ea;vertical-align:top}
        th{background:#eef3f8}.wide{overflow-x:auto}figure{margin:1.5rem 0}figcaption{text-align:center;font-weight:600}figcaption small{font-weight:400;color:#5b6b7a}svg{width:100%;height:auto}
        .legend{list-style:none;display:flex;flex-wrap:wrap;justify-content:center;gap:.3rem 1.4rem;margin:.3rem 0;padding:0;font-size:.9rem}.legend i{display:inline-block;width:1.4em;height:.7em;margin-right:.4em}
        @media print{body{margin:0;max-width:none}h2,svg,tr{break-inside:avoid}}
        """;

    /// <summary>The page.</summary>
    public static string Write(ReportDocument report, ReportFont font)
    {
        var html = new StringBuilder();
        html.Append($"<!doctype html><html lang=\"{Text(report.Language)}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">");
        html.Append($"<title>{Text(report.Title)}</title><style>{Style}</style></head><body><h1>{Text(report.Title)}</h1><p class=\"sub\">{Text(report.Subtitle)}</p>\n");
        foreach (var block in report.Blocks)
        {
            if (block.Heading is { } heading) html.Append($"<h2>{Text(heading)}</h2>\n");
            else if (block.Paragraph is { } paragraph) html.Append($"<p>{Text(paragraph)}</p>\n");
            else if (block.Table is { } table) Table(html, table);
            else if (block.Picture is { } picture) Figure(html, picture, font);
        }

        return html.Append("</body></html>\n").ToString();
    }

    private static void Table(StringBuilder html, ReportTable table)
    {
        html.Append("<div class=\"wide\"><table><thead><tr>").AppendJoin("", table.Headers.Select(h => $"<th>{Text(h)}</th>")).Append("</tr></thead><tbody>\n");
        foreach (var row in table.Rows) html.Append("<tr>").AppendJoin("", row.Select(c => $"<td>{Text(c)}</td>")).Append("</tr>\n");
        html.Append("</tbody></table></div>\n");
    }

    /// <summary>The picture, scaled by its own size. Its words are texts of the page, so that the reader's fonts write them and a screen reader reads them.</summary>
    private static void Figure(StringBuilder html, Curve picture, ReportFont font)
    {
        var svg = CurvePlot.SvgWithoutTexts(picture, font);
        var element = svg[svg.IndexOf("<svg", StringComparison.Ordinal)..];
        if (!element.Contains("viewBox", StringComparison.Ordinal))
            element = element.Replace("<svg ", $"<svg role=\"img\" aria-label=\"{Text(picture.Title)}\" viewBox=\"0 0 960 420\" ", StringComparison.Ordinal);
        html.Append($"<figure><figcaption>{Text(picture.Title)} <small>{Text(picture.Axis)}</small></figcaption>\n{element}\n<ul class=\"legend\">");
        foreach (var (label, color) in CurvePlot.Legend(picture)) html.Append($"<li><i style=\"background:{color}\"></i>{Text(label)}</li>");
        html.Append("</ul></figure>\n");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
