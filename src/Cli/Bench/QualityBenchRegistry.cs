using System.Globalization;
using System.Text;
using Yunnao.Standards.Loading;

namespace Yunnao.Cli.Bench;

/// <summary>A registry of one data set with numbers, whole numbers and codes, and as many measures as are asked for: bounds, order of two items, conditions, codes.</summary>
internal sealed class QualityBenchRegistry(int measures)
{
    public const string DataSet = "bench.wide";
    private const int Numbers = 10;
    private const int Wholes = 10;
    private const int Codes = 4;

    public void Write(string folder)
    {
        Save("elements.csv", RegistryColumns.Elements, [
            new() { ["id"] = "B.code", ["type"] = "S1", ["format"] = "AN..20" }, new() { ["id"] = "B.number", ["type"] = "N", ["format"] = "N..10,2" },
            new() { ["id"] = "B.whole", ["type"] = "N", ["format"] = "N..9" }, new() { ["id"] = "B.time", ["type"] = "DT", ["format"] = "DT15" }]);
        Save("datasets.csv", RegistryColumns.DataSets, [new() { ["id"] = DataSet, ["domain"] = "bench", ["load_order"] = "50" }]);
        List<Dictionary<string, string>> items =
        [
            Item("org_code", "B.code", "1", "organisation"), Item("record_no", "B.code", "1", "record"),
            .. Enumerable.Range(0, Numbers).Select(i => Item($"n{i}", "B.number")), .. Enumerable.Range(0, Wholes).Select(i => Item($"w{i}", "B.whole")),
            .. Enumerable.Range(0, Codes).Select(i => Item($"c{i}", "B.code")), Item("event", "B.time", "1", "time"),
        ];
        Save($"items/{DataSet}.csv", RegistryColumns.Items, items);
        var yaml = new StringBuilder("version: 1.0.0\nstatus: standard\nsource: bench\ndimensions:\n  - { id: plausibility, name: { zh: 合理性, en: Plausibility }, weight: 1 }\nmeasures:\n");
        for (var i = 0; i < measures; i++)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"  - id: m{i:0000}\n    name: {{ zh: 指标 {i}, en: Measure {i} }}\n    dimension: plausibility\n    weight: 1\n");
            yaml.Append(CultureInfo.InvariantCulture, $"    dataset: {DataSet}\n    holds: {Holds(i)}\n");
        }

        Directory.CreateDirectory(Path.Combine(folder, "quality"));
        File.WriteAllText(Path.Combine(folder, "quality", "bench.yaml"), yaml.ToString());

        void Save(string file, string columns, IEnumerable<Dictionary<string, string>> rows)
        {
            var path = Path.Combine(folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var names = RegistryColumns.Names(columns);
            var usual = new Dictionary<string, string> { ["version"] = "1.0.0", ["status"] = "standard", ["name_zh"] = "测", ["name_en"] = "Bench", ["source"] = "bench" };
            File.WriteAllLines(path, rows.Select(r => string.Join(',', names.Select(n => Cell(r.GetValueOrDefault(n) ?? usual.GetValueOrDefault(n) ?? "")))).Prepend(string.Join(',', names)));
        }
    }

    private static Dictionary<string, string> Item(string name, string element, string card = "0..1", string role = "") =>
        new() { ["item"] = name, ["element"] = element, ["card"] = card, ["role"] = role, ["level"] = "1", ["deid"] = "keep" };

    /// <summary>Values are even from 0 to 9999, codes one of a hundred: each condition fails in few rows of ten thousand.</summary>
    private static string Holds(int i)
    {
        var (number, whole, code) = ($"n{i / 6 % Numbers}", $"w{i / 7 % Wholes}", $"c{i / 5 % Codes}");
        return (i % 6) switch
        {
            0 => $"{number} >= {1 + (i % 5)}",
            1 => $"{whole} <= {9998 - (i % 5)}",
            2 => $"{number} <= {whole} + {9950 + (i % 40)}",
            3 => $"{code} <> 'C{i % 100}' or {whole} > {i % 90}",
            4 => $"{whole} between {i % 4} and {9999 - (i % 3)}",
            _ => $"{number} is not null and {number} <> {i % 10000}",
        };
    }

    private static string Cell(string text) => text.Contains(',') ? $"\"{text}\"" : text;
}
