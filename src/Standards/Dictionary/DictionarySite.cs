using System.Text;

namespace Yunnao.Standards.Dictionary;

/// <summary>
/// The registry as a static site that opens from a folder: a page a data set and value set, lists of elements and mappings, both
/// languages, and a search that needs no server.
/// </summary>
public static class DictionarySite
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes the site; files of the same names are replaced.</summary>
    /// <param name="coverage">Data set → how far the lake fills it; null where the site is not to speak of a lake.</param>
    /// <returns>Files written.</returns>
    public static int Write(Registry registry, string folder, IReadOnlyDictionary<string, SetCoverage>? coverage)
    {
        var files = 0;
        void Save(string path, string content)
        {
            var full = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(full, content, s_utf8);
            files++;
        }

        Save("index.html", IndexPages.DataSets(registry, coverage));
        Save("valuesets.html", IndexPages.ValueSets(registry));
        Save("elements.html", IndexPages.Elements(registry));
        Save("mappings.html", IndexPages.Mappings(registry));
        Save("measures.html", IndexPages.Measures(registry));
        foreach (var set in registry.DataSets.Values)
        {
            var of = coverage is null ? null : coverage.GetValueOrDefault(set.Id) ?? new SetCoverage(0, new Dictionary<string, long>());
            Save(Site.DataSet(set.Id), DataSetPage.Build(set, registry, of));
        }

        foreach (var set in registry.ValueSets.Values) Save(Site.ValueSet(set.Id), ValueSetPage.Build(set, registry));
        Save("assets/entries.js", SearchIndex.Entries(registry));
        Save("assets/codes.js", SearchIndex.Codes(registry));
        Save("assets/site.css", Asset("site.css"));
        Save("assets/site.js", Asset("site.js"));
        return files;
    }

    private static string Asset(string name)
    {
        using var stream = typeof(DictionarySite).Assembly.GetManifestResourceStream($"Yunnao.Standards.Dictionary.{name}")!;
        using var reader = new StreamReader(stream, s_utf8);
        return reader.ReadToEnd();
    }
}
