using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Yunnao.Standards.Dictionary;

/// <summary>
/// The search index as scripts, because a page opened from a file may not read other files: one of all entries, and one of all codes,
/// which the page asks for only when somebody searches.
/// </summary>
internal static class SearchIndex
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>Rows of kind, id, Chinese name, English name, address.</summary>
    public static string Entries(Registry registry) => Script("yunnaoIndex", json =>
    {
        foreach (var set in registry.DataSets.Values)
        {
            Row(json, "d", set.Id, set.Name, Site.DataSet(set.Id));
            foreach (var item in set.Items) Row(json, "i", $"{set.Id}.{item.Name}", item.Title, $"{Site.DataSet(set.Id)}#{item.Name}");
            foreach (var rule in set.Rules) Row(json, "r", rule.Id, rule.Message, $"{Site.DataSet(set.Id)}#{rule.Id}");
        }

        foreach (var set in registry.ValueSets.Values) Row(json, "v", set.Id, set.Name, Site.ValueSet(set.Id));
        foreach (var element in registry.Elements.Values) Row(json, "e", element.Id, element.Name, Site.Element(element.Id));
        foreach (var mapping in registry.Mappings.Values) Row(json, "m", mapping.Id, mapping.Name, $"mappings.html#{mapping.Id}");
        foreach (var measure in registry.Quality.Measures.Values) Row(json, "q", measure.Id, measure.Name, $"measures.html#{measure.Id}");
    });

    /// <summary>For each value set its id and its codes: code, Chinese name, and the English one where it is another.</summary>
    public static string Codes(Registry registry) => Script("yunnaoCodes", json =>
    {
        foreach (var set in registry.ValueSets.Values)
        {
            json.WriteStartArray();
            json.WriteStringValue(set.Id);
            foreach (var code in set.Codes.Values)
            {
                json.WriteStartArray();
                json.WriteStringValue(code.Value);
                json.WriteStringValue(code.Name.Zh);
                if (code.Name.En != code.Name.Zh) json.WriteStringValue(code.Name.En);
                json.WriteEndArray();
            }

            json.WriteEndArray();
        }
    });

    private static void Row(Utf8JsonWriter json, string kind, string id, Names names, string address)
    {
        json.WriteStartArray();
        foreach (var text in (ReadOnlySpan<string>)[kind, id, names.Zh, names.En, address]) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static string Script(string name, Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, s_options))
        {
            json.WriteStartArray();
            write(json);
            json.WriteEndArray();
        }

        return $"window.{name}={Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length)};\n";
    }
}
