using Yunnao.Synthetic.Illness;
using Yunnao.Synthetic.Institutions;
using Yunnao.Synthetic.People;
using Yunnao.Synthetic.Rows;

namespace Yunnao.Synthetic.Care;

/// <summary>An encounter as it goes on: who, where, why, and what has been charged.</summary>
internal sealed class Visit
{
    private int _children;

    public required Desk Desk { get; init; }

    public required Registration Patient { get; init; }

    /// <summary>YV.encounter_class.</summary>
    public required string Class { get; init; }

    public required DateTime Start { get; init; }

    public DateTime? End { get; set; }

    public required Department Department { get; init; }

    public required Doctor Doctor { get; init; }

    public required Disease Main { get; init; }

    /// <summary>Other diseases of the patient.</summary>
    public required IReadOnlyList<Disease> Others { get; init; }

    /// <summary>Encounter number, unique in the institution.</summary>
    public required string Number { get; init; }

    public List<Fee> Fees { get; } = [];

    public Person Person => Patient.Person;

    public bool IsInpatient => Class == "03";

    public bool IsEmergency => Class == "02";

    public bool Pregnant { get; init; }

    public IEnumerable<Disease> Diseases => Others.Prepend(Main);

    /// <summary>A number for a document, order or report of this encounter.</summary>
    public string Next(string prefix) => $"{prefix}{Number}{++_children:00}";

    /// <summary>An empty row of a data set, with organisation, patient and encounter.</summary>
    public Row Row(string dataSet) => Desk.Row(dataSet).Set("encounter_no", Number);

    public void Send(Row row) => Desk.Send(row);

    public void Charge(string category, string code, string system, string name, string unit, int quantity, double price, DateTime time) =>
        Fees.Add(new(category, code, system, name, unit, quantity, Fee.Fen(price), time));
}
