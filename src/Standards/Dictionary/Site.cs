namespace Yunnao.Standards.Dictionary;

/// <summary>The frame of every page: head, skip link, search, languages, way back.</summary>
internal static class Site
{
    public static string DataSet(string id) => $"d/{id}.html";

    public static string ValueSet(string id) => $"v/{id}.html";

    public static string Element(string id) => $"elements.html#{id}";

    /// <param name="root">Relative way to the site's folder: empty, or <c>../</c>.</param>
    public static string Page(Names title, string root, Html body) => new Html()
        .Raw("<!DOCTYPE html>\n<html lang=\"zh\" data-root=\"").Text(root).Raw("\">\n<head><meta charset=\"utf-8\">")
        .Raw("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>").Text($"{title.Zh} · {title.En}")
        .Raw($"</title><link rel=\"stylesheet\" href=\"{root}assets/site.css\"><script src=\"{root}assets/site.js\" defer></script></head>\n<body>\n")
        .Raw("<a class=\"skip\" href=\"#main\">").Both("跳到正文", "Skip to content").Raw("</a>\n<header><nav aria-label=\"数据字典 Data dictionary\">")
        .Raw($"<a href=\"{root}index.html\">").Both(Labels.Title).Raw($"</a> <a href=\"{root}valuesets.html\">").Both(Labels.ValueSets)
        .Raw($"</a> <a href=\"{root}elements.html\">").Both(Labels.Elements).Raw($"</a> <a href=\"{root}mappings.html\">").Both(Labels.Mappings)
        .Raw($"</a> <a href=\"{root}measures.html\">").Both(Labels.Measures)
        .Raw("</a></nav>\n<form role=\"search\" id=\"find\"><label for=\"q\">").Both("查找", "Find")
        .Raw("</label> <input id=\"q\" type=\"search\" autocomplete=\"off\" aria-controls=\"hits\" aria-keyshortcuts=\"/\">")
        .Raw("</form>\n<div role=\"group\" id=\"languages\" aria-label=\"语言 language\"><button type=\"button\" data-lang=\"zh\">中文</button>")
        .Raw("<button type=\"button\" data-lang=\"en\">English</button><button type=\"button\" data-lang=\"both\">中 / En</button></div>\n")
        .Raw("<p id=\"count\" role=\"status\"></p><ul id=\"hits\"></ul></header>\n<main id=\"main\" tabindex=\"-1\">\n")
        .Raw(body.ToString()).Raw("</main>\n</body>\n</html>\n").ToString();
}
