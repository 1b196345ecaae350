using Yunnao.Standards;
using Yunnao.Synthetic.Tables;

namespace Yunnao.Synthetic.Catalogue;

/// <summary>The registry's lists as the city uses them: laboratory items, drugs, diagnoses, operations, vaccines, departments.</summary>
internal sealed class Book
{
    private readonly Registry _registry;
    private readonly Dictionary<string, LabPanel> _panels;
    private readonly Drug[] _drugs;
    private readonly Dictionary<string, Operation> _operations;

    public Book(Registry registry, string folder)
    {
        _registry = registry;
        _panels = Panels();
        var frequencies = Codes("YV.frequency");
        _drugs = [.. Codes("DRUG").Values.Select(c => new Drug(c, frequencies))];
        Vaccines = [.. Codes("VACCINE").Values.Where(c => Months(c).Length > 0).Select(c => new Vaccine(c.Value, c.Name.Zh, Attributes.Text(c, "programme") == "true", Months(c)))];
        Exams = Table.Read(folder, "exams.csv").Lines().Select(ReadExam).ToDictionary(e => e.Id);
        foreach (var line in Table.Read(folder, "exam_findings.csv").Lines()) Exams[line["exam"]].Add(line["disease"], line["findings"], line["impression"]);
        _operations = Table.Read(folder, "operations.csv").Lines().ToDictionary(l => l["operation"], ReadOperation);
    }

    public IReadOnlyDictionary<string, Exam> Exams { get; }

    public IReadOnlyList<Vaccine> Vaccines { get; }

    public IReadOnlyDictionary<string, Code> Codes(string valueSet) =>
        _registry.ValueSets.TryGetValue(valueSet, out var set) ? set.Codes : throw Missing(valueSet, "");

    public string Name(string valueSet, string code) => Codes(valueSet).TryGetValue(code, out var found) ? found.Name.Zh : throw Missing(valueSet, code);

    public LabPanel Panel(string code) => _panels.TryGetValue(code, out var panel) ? panel : throw Missing("LAB", code);

    /// <summary>The first drug whose name contains the word.</summary>
    public Drug Drug(string word) => Array.Find(_drugs, d => d.Name.Contains(word, StringComparison.Ordinal)) ?? throw Missing("DRUG", word);

    /// <summary>The first code of the ICD-10 list that begins so.</summary>
    public Diagnosis Diagnosis(string prefix)
    {
        var code = Codes("ICD10").Values.FirstOrDefault(c => c.Value == prefix) ?? First("ICD10", prefix);
        return new(code.Value, code.Name.Zh);
    }

    public Operation Operation(string prefix) => _operations.TryGetValue(prefix, out var operation) ? operation : throw Missing("operations.csv", prefix);

    private Dictionary<string, LabPanel> Panels()
    {
        var items = Codes("LAB").Values.ToLookup(c => Attributes.Text(c, "panel"), c => new LabItem(c));
        return Codes("LABPANEL").Values.ToDictionary(
            c => c.Value,
            c => new LabPanel(c.Value, c.Name.Zh, Attributes.Text(c, "specimen"), Attributes.Number(c, "price") ?? 20, [.. items[c.Value]]));
    }

    private static int[] Months(Code vaccine) =>
        [.. Attributes.Text(vaccine, "months").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];

    private Exam ReadExam(Table.Line l)
    {
        var code = First("EXAM", l["code"]);
        return new(
            l["exam"], code.Value, code.Name.Zh, Attributes.Text(code, "modality"), Attributes.Text(code, "body_part"),
            Attributes.Number(code, "price") ?? 100, l["site"], l["findings"], l["impression"]);
    }

    private Operation ReadOperation(Table.Line l)
    {
        var code = First("ICD9CM3", l["operation"]);
        return new(
            code.Value, code.Name.Zh, Attributes.Text(code, "level") is { Length: > 0 } level ? level : "2", l["position"], l["anaesthesia"],
            l["incision"], l.Integer("minutes"), l.Integer("blood_loss"), l["course"], l["implant"], l["site"]);
    }

    private Code First(string valueSet, string prefix) =>
        Codes(valueSet).Values.FirstOrDefault(c => c.Value.StartsWith(prefix, StringComparison.Ordinal)) ?? throw Missing(valueSet, prefix);

    private static InvalidDataException Missing(string list, string code) =>
        new($"The synthetic city needs '{code}' in {list}, which the registry does not have.");
}
