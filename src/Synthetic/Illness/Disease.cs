using Yunnao.Synthetic.Catalogue;
using Yunnao.Synthetic.People;

namespace Yunnao.Synthetic.Illness;

/// <summary>A disease of standards/synthetic/diseases.csv, with its codes found in the registry.</summary>
internal sealed class Disease
{
    public required string Id { get; init; }
    public required int Index { get; init; }
    public required Diagnosis Diagnosis { get; init; }
    public required DiseaseKind Kind { get; init; }

    /// <summary>Per 1000 a year (new cases), or per 1000 (chronic diseases: who has it).</summary>
    public required Curve Rates { get; init; }

    /// <summary>Rate of men to that of women; below 0.05 women only, above 1000 men only.</summary>
    public required double Male { get; init; }

    public required Season Season { get; init; }

    /// <summary>Code of the department in the list of clinical departments.</summary>
    public required string Department { get; init; }

    /// <summary>Chances that a case goes to primary care, comes as an emergency, is admitted.</summary>
    public required double Primary { get; init; }

    public required double Emergency { get; init; }
    public required double Admit { get; init; }

    /// <summary>Mean stay in days.</summary>
    public required double Days { get; init; }

    public required Operation? Operation { get; init; }
    public required LabPanel[] Panels { get; init; }
    public required Exam[] Exams { get; init; }
    public required Drug[] Drugs { get; init; }
    public required string Complaint { get; init; }
    public required string Signs { get; init; }
    public required string Advice { get; init; }

    /// <summary>Code of the notifiable disease, or null.</summary>
    public required string? Notifiable { get; init; }

    /// <summary>Factors on the rate for people who have another disease.</summary>
    public List<(string Disease, double Factor)> RaisedBy { get; } = [];

    /// <summary>What happens to laboratory values: by item code.</summary>
    public Dictionary<string, LabShift> Shifts { get; } = new(StringComparer.Ordinal);

    /// <summary>Rate for a person's age and sex, others' diseases left aside.</summary>
    public double Rate(int age, Sex sex)
    {
        var factor = Male < 0.05 ? (sex == Sex.Male ? Male : 1) : Male > 1000 ? (sex == Sex.Male ? 1 : 0) : 2 * (sex == Sex.Male ? Male : 1) / (1 + Male);
        return Rates.At(age) * factor / 1000;
    }
}
