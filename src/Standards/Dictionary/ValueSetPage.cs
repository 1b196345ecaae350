using System.Globalization;
using Yunnao.Standards.Search;

namespace Yunnao.Standards.Dictionary;

/// <summary>The page of a value set: facts, where it is used, and its codes.</summary>
internal static class ValueSetPage
{
    // A page that a browser shows at once; the search finds the codes of larger sets.
    private const int MostListed = 1000;
    private const string Root = "../";

    public static string Build(ValueSet set, Registry registry)
    {
        var page = new Html().Raw("<h1>").Both(set.Name).Raw(" <code>").Text(set.Id).Raw("</code></h1>\n<dl>").Fact(Labels.Version, set.Version)
            .Raw("<dt>").Both(Labels.Status).Raw("</dt><dd>").Both(Labels.Of(set.Status, set.Provisional)).Raw("</dd>").Fact(new("OID", "OID"), set.Oid)
            .Fact(Labels.Source, set.Source).Fact(Labels.Codes, set.Codes.Count.ToString("N0", CultureInfo.InvariantCulture)).Raw("</dl>\n");
        Uses(page, RegistryLookup.ItemsOf(registry, set), Root);
        var parents = set.Codes.Values.Take(MostListed).Any(c => c.Parent is not null);
        var further = set.Codes.Values.Take(MostListed).Any(c => c.Attributes.Count > 0);
        Names[] headers = [Labels.Code, Labels.Name, .. parents ? [Labels.Parent] : Array.Empty<Names>(), .. further ? [Labels.Further] : Array.Empty<Names>()];
        page.Table(Labels.Codes, headers);
        foreach (var code in set.Codes.Values.Take(MostListed))
        {
            page.Raw("<tr id=\"c-").Text(code.Value).Raw("\"><th scope=\"row\"><code>").Text(code.Value).Raw("</code></th><td>").Both(code.Name).Raw("</td>");
            if (parents) page.Raw("<td>").Text(code.Parent).Raw("</td>");
            if (further) page.Raw("<td>").Text(string.Join("; ", code.Attributes.Select(a => $"{a.Key} {a.Value}"))).Raw("</td>");
            page.Raw("</tr>\n");
        }

        page.EndTable();
        if (set.Codes.Count > MostListed) page.Raw("<p>").Both($"此处列出前 {MostListed} 个;其余请用查找。", $"The first {MostListed} are listed here; find the others by the search.").Raw("</p>\n");
        return Site.Page(set.Name, Root, page);
    }

    /// <summary>The items that use an entry.</summary>
    public static void Uses(Html page, IEnumerable<(DataSet DataSet, Item Item)> uses, string root)
    {
        var list = uses.ToList();
        if (list.Count == 0) return;
        page.Raw("<h2>").Both(Labels.UsedIn).Raw("</h2>\n<ul>");
        foreach (var (set, item) in list)
        {
            page.Raw("<li>").Link($"{root}{Site.DataSet(set.Id)}#{item.Name}", $"{set.Id}.{item.Name}").Raw(" ").Both(item.Title).Raw("</li>\n");
        }

        page.Raw("</ul>\n");
    }
}
