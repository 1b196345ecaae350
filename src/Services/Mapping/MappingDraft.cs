using System.Globalization;
using System.Text;

namespace Yunnao.Services.Mapping;

/// <summary>A proposal as the files of a registry: the mapping and the code maps it needs, for people to correct.</summary>
public static class MappingDraft
{
    /// <summary>The mapping file. Each line says how sure it is; columns that are no item are named in comments.</summary>
    public static string Write(string id, string match, SampleTable table, MappingGuess guess)
    {
        var text = new StringBuilder();
        Line(text, $"# Proposed from a sample of {table.Rows} rows. The number after each item is the confidence; look at those under 0.70 first.");
        Line(text, $"id: {id}");
        Line(text, "version: 0.1.0");
        Line(text, "status: draft");
        Line(text, $"name: {{ zh: {id}, en: {id} }}");
        if (guess.Missing.Any(i => i.Roles.HasFlag(Standards.Roles.Organisation))) Line(text, $"organisation: {id}   # no column has it: write the code of the institution");
        Line(text, $"format: {table.Format}");
        if (table.Encoding is { } encoding) Line(text, $"encoding: {encoding}");
        Line(text, "files:");
        Line(text, $"  - match: {Quoted(match)}");
        Line(text, $"    dataset: {guess.DataSet.Id}");
        Line(text, "    items:");
        foreach (var item in guess.DataSet.Items)
            if (guess.Items.FirstOrDefault(g => g.Item == item) is { } found)
                Line(text, string.Create(CultureInfo.InvariantCulture, $"      {item.Name}: {Source(id, found)}   # {found.Confidence:0.00} {found.NameReason}, {found.ValueReason}"));
        if (guess.DataSet.Items.Any(i => i.Name == "code_system") && guess.Items.All(g => g.Item.Name != "code_system"))
            Line(text, "      code_system: { value: LOCAL }   # no column says whose codes these are; leave it out where they are ours");
        foreach (var item in guess.Missing.Where(i => !i.Roles.HasFlag(Standards.Roles.Organisation))) Line(text, $"      # {item.Name}: ?   # required, no column found");
        if (guess.Unused.Count > 0) Line(text, $"# not used: {string.Join(", ", guess.Unused.Select(c => c.Name))}");
        return text.ToString();
    }

    /// <summary>Code maps by id: local values that are names of codes, the most frequent first.</summary>
    public static IReadOnlyDictionary<string, string> CodeMaps(string id, MappingGuess guess)
    {
        var maps = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var found in guess.Items.Where(g => g.Codes.Count > 0))
        {
            var text = new StringBuilder("source,target,name\n");
            foreach (var (local, code) in found.Codes.OrderByDescending(c => found.Column.Values[c.Key]))
                text.Append(Kernel.CsvCell.Write(local)).Append(',').Append(Kernel.CsvCell.Write(code)).Append(',').Append(Kernel.CsvCell.Write(local)).Append('\n');
            maps[MapId(id, found)] = text.ToString();
        }

        return maps;
    }

    private static string Source(string id, ItemGuess guess)
    {
        var column = Quoted(guess.Column.Name);
        var codes = guess.Codes.Count > 0 ? $", codes: {MapId(id, guess)}" : "";
        var format = guess.Format is { } time ? $", format: \"{time}\"" : "";
        return codes.Length + format.Length == 0 ? column : $"{{ from: {column}{format}{codes} }}";
    }

    private static string MapId(string id, ItemGuess guess) => $"{id}-{guess.Item.Name.Replace('_', '-')}";

    private static string Quoted(string text) =>
        text.All(c => char.IsLetterOrDigit(c) || c == '_') && !char.IsAsciiDigit(text[0]) ? text : $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
