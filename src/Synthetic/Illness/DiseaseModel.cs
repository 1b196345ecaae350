using Yunnao.Synthetic.Catalogue;
using Yunnao.Synthetic.Chance;
using Yunnao.Synthetic.People;
using Yunnao.Synthetic.Tables;

namespace Yunnao.Synthetic.Illness;

/// <summary>The diseases of the city and who gets them when.</summary>
internal sealed class DiseaseModel
{
    private readonly Dictionary<string, Disease> _byId;
    private readonly Disease[] _lasting;
    private readonly Disease[] _new;

    public DiseaseModel(string folder, Book book, DateOnly start, DateOnly end)
    {
        var seasons = Table.Read(folder, "seasons.csv").Lines().ToDictionary(
            l => l["season"], l => new Season([.. Enumerable.Range(1, 12).Select(m => l.Number($"m{m}"))], start, end));
        Diseases = [.. Table.Read(folder, "diseases.csv").Lines().Select((l, i) => Read(l, i, book, seasons))];
        _byId = Diseases.ToDictionary(d => d.Id);
        foreach (var line in Table.Read(folder, "comorbidity.csv").Lines()) _byId[line["with"]].RaisedBy.Add((line["disease"], line.Number("factor")));
        foreach (var line in Table.Read(folder, "lab_shifts.csv").Lines())
        {
            if (_byId.TryGetValue(line["disease"], out var disease))
                disease.Shifts.Add(line["item"], new(line["bound"][0], line.Number("from"), line.Number("to"), line.Number("probability")));
        }

        Pregnancy = Table.Read(folder, "lab_shifts.csv").Lines().Where(l => l["disease"] == "pregnancy")
            .ToDictionary(l => l["item"], l => new LabShift(l["bound"][0], l.Number("from"), l.Number("to"), l.Number("probability")));
        _lasting = [.. Diseases.Where(d => d.Kind == DiseaseKind.Chronic)];
        _new = [.. Diseases.Where(d => d.Kind != DiseaseKind.Chronic)];
        Start = start;
        End = end;
    }

    public IReadOnlyList<Disease> Diseases { get; }

    /// <summary>What a pregnancy does to laboratory values.</summary>
    public IReadOnlyDictionary<string, LabShift> Pregnancy { get; }

    public DateOnly Start { get; }

    /// <summary>The day after the last day.</summary>
    public DateOnly End { get; }

    public Disease this[string id] => _byId[id];

    /// <summary>The lasting diseases that a person has when the period begins.</summary>
    public void GiveConditions(Dice dice, Person person)
    {
        var age = person.AgeOn(Start);
        if (age < 1) return;
        foreach (var disease in _lasting)
        {
            if (!dice.Chance(Math.Min(0.85, disease.Rate(age, person.Sex) * Factor(disease, person)))) continue;
            var years = Math.Min(dice.Exponential(6) + 0.2, age * 0.7);
            person.Conditions.Add(new(disease, Start.AddDays(-(int)(years * 365))));
        }
    }

    /// <summary>New cases in the period, in no order.</summary>
    public List<Case> Cases(Dice dice, Person person, IReadOnlyList<Outbreak> outbreaks)
    {
        var cases = new List<Case>();
        var age = person.AgeOn(Start.AddDays((End.DayNumber - Start.DayNumber) / 2));
        if (age < 0) return cases;
        foreach (var disease in _new)
        {
            var mean = disease.Rate(age, person.Sex) * disease.Season.Years;
            if (mean <= 0) continue;
            var count = dice.Poisson(mean * Factor(disease, person));
            if (disease.Kind is DiseaseKind.Cancer or DiseaseKind.Surgical) count = Math.Min(count, 1);
            for (var i = 0; i < count; i++) cases.Add(new(disease, disease.Season.Draw(dice)));
        }

        foreach (var outbreak in outbreaks) AddOutbreak(dice, person, age, outbreak, cases);
        cases.RemoveAll(c => !person.AliveAt(c.Onset));
        foreach (var one in cases)
        {
            if (one.Outbreak is { } known) known.Cases++;
        }

        return cases;
    }

    private static void AddOutbreak(Dice dice, Person person, int age, Outbreak outbreak, List<Case> cases)
    {
        if (person.Home.Division != outbreak.Division) return;
        var susceptible = Math.Clamp(outbreak.Disease.Rate(age, person.Sex) / Math.Max(1e-9, outbreak.Disease.Rate(6, person.Sex)), 0, 3);
        if (!dice.Chance(outbreak.AttackRate * susceptible)) return;

        // Cases rise and fall within the outbreak: the mean of two uniform numbers is a triangle.
        var day = (dice.Unit() + dice.Unit()) / 2 * outbreak.Days;
        cases.Add(new(outbreak.Disease, outbreak.Start.ToDateTime(TimeOnly.MinValue).AddDays(day), outbreak));
    }

    private static double Factor(Disease disease, Person person)
    {
        var factor = 1.0;
        foreach (var (other, times) in disease.RaisedBy)
        {
            if (person.Has(other)) factor *= times;
        }

        return factor;
    }

    private static Disease Read(Table.Line l, int index, Book book, Dictionary<string, Season> seasons) => new()
    {
        Id = l["id"],
        Index = index,
        Diagnosis = book.Diagnosis(l["icd10"]),
        Kind = Enum.Parse<DiseaseKind>(l["kind"], ignoreCase: true),
        Rates = new Curve(l["rates"]),
        Male = l.Number("male"),
        Season = seasons[l["season"]],
        Department = l["department"],
        Primary = l.Number("primary"),
        Emergency = l.Number("emergency"),
        Admit = l.Number("admit"),
        Days = l.Number("days"),
        Operation = l["operation"] is { Length: > 0 } operation ? book.Operation(operation) : null,
        Panels = [.. l.Words("panels").Select(book.Panel)],
        Exams = [.. l.Words("exams").Select(e => book.Exams[e])],
        Drugs = [.. l.Words("drugs").Select(book.Drug)],
        Complaint = l["complaint"],
        Signs = l["signs"],
        Advice = l["advice"],
        Notifiable = l["notifiable"] is { Length: > 0 } code ? code : null,
    };
}
