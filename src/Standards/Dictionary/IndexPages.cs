using System.Globalization;
using Yunnao.Standards.Quality;

namespace Yunnao.Standards.Dictionary;

/// <summary>The pages that list entries: data sets by domain, value sets, data elements, mappings.</summary>
internal static class IndexPages
{
    public static string DataSets(Registry registry, IReadOnlyDictionary<string, SetCoverage>? coverage)
    {
        var sets = registry.DataSets.Values.OrderBy(d => d.Id, StringComparer.Ordinal).ToList();
        var page = new Html().Raw("<h1>").Both(Labels.Title).Raw("</h1>\n<p>")
            .Both(
                $"{sets.Count} 个数据集,{sets.Sum(s => s.Items.Count)} 个数据项,{registry.Elements.Count} 个数据元,{registry.ValueSets.Count} 个值域,{registry.ValueSets.Values.Sum(v => v.Codes.Count)} 个代码",
                $"{sets.Count} data sets, {sets.Sum(s => s.Items.Count)} items, {registry.Elements.Count} data elements, {registry.ValueSets.Count} value sets, {registry.ValueSets.Values.Sum(v => v.Codes.Count)} codes")
            .Raw(" · <code>").Text(registry.Fingerprint).Raw("</code></p>\n");
        var domains = sets.GroupBy(s => s.Id[..s.Id.IndexOf('.')]).ToList();
        page.Raw("<p>");
        foreach (var domain in domains) page.Raw("<a href=\"#").Text(domain.Key).Raw("\">").Both(Labels.Domain(domain.Key)).Raw("</a> ").Text(Number(domain.Count())).Raw(domain == domains[^1] ? "</p>\n" : " · ");
        foreach (var domain in domains)
        {
            page.Raw("<h2 id=\"").Text(domain.Key).Raw("\">").Both(Labels.Domain(domain.Key)).Raw(" <code>").Text(domain.Key).Raw("</code></h2>\n");
            Names[] headers = [Labels.DataSet, Labels.Name, Labels.Items, Labels.Version, Labels.Status, Labels.Source, .. coverage is null ? Array.Empty<Names>() : [Labels.Rows]];
            page.Table(Labels.Domain(domain.Key), headers);
            foreach (var set in domain)
            {
                page.Raw("<tr><th scope=\"row\">").Link(Site.DataSet(set.Id), set.Id).Raw("</th><td>").Both(set.Name).Raw("</td><td>").Text(Number(set.Items.Count))
                    .Raw("</td><td>").Text(set.Version).Raw("</td><td>").Both(Labels.Of(set.Status, set.Provisional)).Raw("</td><td>").Text(set.Source).Raw("</td>");
                if (coverage is not null) page.Raw("<td>").Text(coverage.TryGetValue(set.Id, out var of) ? of.Rows.ToString("N0", CultureInfo.InvariantCulture) : "0").Raw("</td>");
                page.Raw("</tr>\n");
            }

            page.EndTable();
        }

        return Site.Page(Labels.Title, "", page);
    }

    public static string ValueSets(Registry registry)
    {
        var page = new Html().Raw("<h1>").Both(Labels.ValueSets).Raw("</h1>\n").Table(Labels.ValueSets, Labels.ValueSet, Labels.Name, Labels.Codes, Labels.Version, Labels.Status, new("OID", "OID"), Labels.Source);
        foreach (var set in registry.ValueSets.Values.OrderBy(v => v.Id, StringComparer.Ordinal))
        {
            page.Raw("<tr><th scope=\"row\">").Link(Site.ValueSet(set.Id), set.Id).Raw("</th><td>").Both(set.Name).Raw("</td><td>").Text(Number(set.Codes.Count))
                .Raw("</td><td>").Text(set.Version).Raw("</td><td>").Both(Labels.Of(set.Status, set.Provisional)).Raw("</td><td>").Text(set.Oid).Raw("</td><td>").Text(set.Source).Raw("</td></tr>\n");
        }

        return Site.Page(Labels.ValueSets, "", page.EndTable());
    }

    public static string Elements(Registry registry)
    {
        var uses = registry.DataSets.Values.SelectMany(d => d.Items.Select(i => (d, i))).ToLookup(u => u.i.Element.Id);
        var page = new Html().Raw("<h1>").Both(Labels.Elements).Raw("</h1>\n").Table(Labels.Elements, Labels.Element, Labels.Name, Labels.Type, Labels.ValueSet, Labels.Status, Labels.Source, Labels.UsedIn);
        foreach (var element in registry.Elements.Values.OrderBy(e => e.Id, StringComparer.Ordinal))
        {
            page.Raw("<tr id=\"").Text(element.Id).Raw("\"><th scope=\"row\"><code>").Text(element.Id).Raw("</code></th><td>").Both(element.Name);
            if (element.Definition.Zh.Length + element.Definition.En.Length > 0) page.Raw("<div class=\"def\">").Both(element.Definition).Raw("</div>");
            page.Raw("</td><td>").Text($"{element.Type} {element.Format.Text}").Raw("</td><td>");
            if (element.ValueSet is { } set) page.Link(Site.ValueSet(set), set);
            page.Raw("</td><td>").Both(Labels.Of(element.Status, element.Provisional)).Raw("</td><td>").Text(element.Source).Raw("</td><td class=\"uses\">");
            foreach (var (owner, item) in uses[element.Id]) page.Link($"{Site.DataSet(owner.Id)}#{item.Name}", $"{owner.Id}.{item.Name}").Raw(" ");
            page.Raw("</td></tr>\n");
        }

        return Site.Page(Labels.Elements, "", page.EndTable());
    }

    public static string Mappings(Registry registry)
    {
        var page = new Html().Raw("<h1>").Both(Labels.Mappings).Raw("</h1>\n").Table(Labels.Mappings, Labels.Identifier, Labels.Name, Labels.Format, Labels.Version, Labels.DataSets);
        foreach (var mapping in registry.Mappings.Values.OrderBy(m => m.Id, StringComparer.Ordinal))
        {
            page.Raw("<tr id=\"").Text(mapping.Id).Raw("\"><th scope=\"row\"><code>").Text(mapping.Id).Raw("</code></th><td>").Both(mapping.Name)
                .Raw("</td><td>").Text(mapping.Format).Raw("</td><td>").Text(mapping.Version).Raw("</td><td class=\"uses\">");
            foreach (var set in mapping.Rules.Select(r => r.DataSet).Distinct().Order(StringComparer.Ordinal)) page.Link(Site.DataSet(set), set).Raw(" ");
            page.Raw("</td></tr>\n");
        }

        return Site.Page(Labels.Mappings, "", page.EndTable());
    }

    public static string Measures(Registry registry)
    {
        var dimensions = registry.Quality.Dimensions.ToDictionary(d => d.Id, StringComparer.Ordinal);
        var page = new Html().Raw("<h1>").Both(Labels.Measures).Raw("</h1>\n").Table(Labels.Dimension, Labels.Id, Labels.Dimension, Labels.Weight);
        foreach (var dimension in registry.Quality.Dimensions)
            page.Raw("<tr><th scope=\"row\"><code>").Text(dimension.Id).Raw("</code></th><td>").Both(dimension.Name).Raw("</td><td>").Text(Weight(dimension.Weight)).Raw("</td></tr>\n");
        page.EndTable().Table(Labels.Measures, Labels.Id, Labels.Name, Labels.Dimension, Labels.Weight, Labels.DataSets, Labels.Condition, Labels.Source);
        foreach (var measure in registry.Quality.Measures.Values.OrderBy(m => m.Id, StringComparer.Ordinal))
        {
            page.Raw("<tr id=\"").Text(measure.Id).Raw("\"><th scope=\"row\"><code>").Text(measure.Id).Raw("</code></th><td>").Both(measure.Name).Raw("</td><td>")
                .Both(dimensions.TryGetValue(measure.Counts.Dimension, out var dimension) ? dimension.Name : new("", "")).Raw("</td><td>").Text(Weight(measure.Counts.Weight))
                .Raw("</td><td class=\"uses\">");
            foreach (var set in measure.DataSets)
            {
                if (registry.DataSets.ContainsKey(set)) page.Link(Site.DataSet(set), set).Raw(" ");
                else page.Both(set == QualityMeasure.EveryDataSet ? Labels.EveryDataSet : new(set, set));
            }

            page.Raw("</td><td><code>").Text(measure.Where is null ? measure.GoodText() : $"{measure.Where} → {measure.GoodText()}").Raw("</code></td><td>").Text(measure.Source).Raw("</td></tr>\n");
        }

        return Site.Page(Labels.Measures, "", page.EndTable());
    }

    private static string Weight(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
