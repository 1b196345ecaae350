using System.Globalization;

namespace Yunnao.Standards.Dictionary;

/// <summary>The page of a data set: facts, items, checks, and the mappings that fill it.</summary>
internal static class DataSetPage
{
    private const string Root = "../";

    public static string Build(DataSet set, Registry registry, SetCoverage? coverage)
    {
        var page = new Html().Raw("<h1>").Both(set.Name).Raw(" <code>").Text(set.Id).Raw("</code></h1>\n");
        if (set.Definition.Zh.Length + set.Definition.En.Length > 0) page.Raw("<p>").Both(set.Definition).Raw("</p>\n");
        page.Raw("<dl>").Fact(Labels.Version, set.Version).Raw("<dt>").Both(Labels.Status).Raw("</dt><dd>").Both(Labels.Of(set.Status, set.Provisional)).Raw("</dd>")
            .Fact(Labels.Identifier, set.Identifier).Fact(Labels.Document, set.Document).Fact(Labels.Source, set.Source)
            .Fact(Labels.Rows, coverage?.Rows.ToString("N0", CultureInfo.InvariantCulture)).Raw("</dl>\n");
        Items(page, set, coverage);
        Checks(page, set);
        Mappings(page, set, registry);
        return Site.Page(set.Name, Root, page);
    }

    private static void Items(Html page, DataSet set, SetCoverage? coverage)
    {
        Names[] headers = [Labels.Item, Labels.Name, Labels.Type, Labels.Required, Labels.Values, Labels.Range, Labels.Role, Labels.Level, Labels.Deid, Labels.Paths];
        page.Table(Labels.Items, coverage is null ? headers : [.. headers, Labels.Filled]);
        foreach (var item in set.Items)
        {
            page.Raw("<tr id=\"").Text(item.Name).Raw("\"><th scope=\"row\"><code>").Text(item.Name).Raw("</code>").In("small", item.Id).Raw("</th><td>").Both(item.Title);
            if (item.Definition.Zh.Length + item.Definition.En.Length > 0) page.Raw("<div class=\"def\">").Both(item.Definition).Raw("</div>");
            if (item.Source.Length > 0) page.Raw("<div class=\"src\">").Text(item.Source).Raw("</div>");
            page.Raw("</td><td>").Link(Root + Site.Element(item.Element.Id), $"{item.Element.Type} {item.Element.Format.Text}").Raw("</td><td>").Raw(item.Required ? "<span role=\"img\" aria-label=\"必填 required\">✓</span>" : "").Raw("</td><td>");
            if (item.ValueSet is { } values) page.Link(Root + Site.ValueSet(values.Id), values.Id);
            else page.Text(item.Unit);
            page.Raw("</td><td>").Text(item.Min is null && item.Max is null ? "" : $"{item.Min} – {item.Max}").Raw("</td><td>");
            foreach (var role in item.RoleWords().Split(' ', StringSplitOptions.RemoveEmptyEntries)) page.Raw("<div>").Both(Labels.Word(role)).Raw("</div>");
            page.Raw("</td><td>").Text(item.Level?.ToString(CultureInfo.InvariantCulture)).Raw("</td><td>");
            if (item.Deid is { } deid) page.Both(Labels.Word(deid.ToString().ToLowerInvariant()));
            page.Raw("</td><td class=\"paths\">");
            Paths(page, item);
            page.Raw("</td>");
            if (coverage is not null) Filled(page, item, coverage);
            page.Raw("</tr>\n");
        }

        page.EndTable();
    }

    private static void Paths(Html page, Item item)
    {
        if (item.Paths.Count == 0) return;
        page.Raw("<details><summary>").Text(string.Join(' ', item.Paths.Keys)).Raw("</summary>");
        foreach (var (format, path) in item.Paths) page.Raw("<div><b>").Text(format).Raw("</b> ").Text(path).Raw("</div>");
        page.Raw("</details>");
    }

    private static void Filled(Html page, Item item, SetCoverage coverage)
    {
        page.Raw("<td class=\"filled\">");
        if (item.InVault) page.Both("在保管库", "in the vault");
        else if (coverage.Rows == 0 || !coverage.Filled.TryGetValue(item.Name, out var filled)) page.Text("–");
        else
        {
            var percent = (100.0 * filled / coverage.Rows).ToString("0.#", CultureInfo.InvariantCulture);
            page.Raw($"<meter min=\"0\" max=\"100\" value=\"{percent}\" aria-hidden=\"true\"></meter> {percent} %");
        }

        page.Raw("</td>");
    }

    private static void Checks(Html page, DataSet set)
    {
        if (set.Rules.Count == 0) return;
        page.Raw("<h2>").Both(Labels.Checks).Raw("</h2>\n").Table(Labels.Checks, Labels.Id, Labels.Severity, Labels.Condition, Labels.Definition);
        foreach (var rule in set.Rules)
        {
            page.Raw("<tr id=\"").Text(rule.Id).Raw("\"><th scope=\"row\"><code>").Text(rule.Id).Raw("</code></th><td>").Both(Labels.Word(rule.Severity.ToString().ToLowerInvariant()))
                .Raw("</td><td><code>").Text(rule.Expression).Raw("</code></td><td>").Both(rule.Message).Raw("</td></tr>\n");
        }

        page.EndTable();
    }

    private static void Mappings(Html page, DataSet set, Registry registry)
    {
        var mappings = registry.Mappings.Values.Where(m => m.Rules.Any(r => r.DataSet == set.Id)).OrderBy(m => m.Id, StringComparer.Ordinal).ToList();
        if (mappings.Count == 0) return;
        page.Raw("<h2>").Both(Labels.Mappings).Raw("</h2>\n<ul>");
        foreach (var mapping in mappings) page.Raw("<li>").Link($"{Root}mappings.html#{mapping.Id}", mapping.Id).Raw(" ").Both(mapping.Name).Raw("</li>\n");
        page.Raw("</ul>\n");
    }
}
