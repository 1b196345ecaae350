using Yunnao.Synthetic.Care;
using Yunnao.Synthetic.Chance;
using Yunnao.Synthetic.Illness;
using Yunnao.Synthetic.Institutions;
using Yunnao.Synthetic.People;

namespace Yunnao.Synthetic;

/// <summary>Where a resident goes, and under which local number they are known there.</summary>
internal sealed class Choices
{
    private const int MostOthers = 3;

    private readonly Town _town;
    private readonly ulong _seed;
    private readonly RegistrationDesk _registrations;
    private readonly Weighted<Desk> _hospitals;
    private readonly ILookup<string, Desk> _centres;
    private readonly Desk[] _allCentres;
    private readonly Dictionary<Desk, Registration> _known = [];
    private readonly List<Registration> _seconds = [];
    private readonly Dice _own = new(0);
    private Desk? _hospital;
    private Desk? _centre;

    public Choices(Town town, RegistrationDesk registrations, IReadOnlyList<Desk> desks, ulong seed)
    {
        (_town, _registrations, _seed) = (town, registrations, seed);
        _hospitals = new(desks.Where(d => !d.Institution.Primary).Select(d => (d, d.Institution.Weight)));
        _allCentres = [.. desks.Where(d => d.Institution.Primary)];
        _centres = _allCentres.ToLookup(d => d.Institution.District);
    }

    public void Begin(Person person)
    {
        _known.Clear();
        _seconds.Clear();
        _own.Reseed(_seed, (ulong)person.Home.Number, 21);
        var near = _centres[person.Home.Division].ToArray();
        _centre = near.Length > 0 ? near[_own.Below(near.Length)] : _allCentres[_own.Below(_allCentres.Length)];
        _hospital = _hospitals.Draw(_own);
    }

    public void End()
    {
        foreach (var desk in _known.Keys) desk.Close();
    }

    /// <summary>The usual place, or sometimes another; registered there if need be.</summary>
    public (Desk Desk, Registration Patient) Choose(Person person, bool primary, Disease disease, DateTime time)
    {
        var dice = _town.Dice;
        var desk = primary ? _centre! : _hospital!;
        if (primary ? dice.Chance(0.04) : dice.Chance(disease.Kind == DiseaseKind.Cancer ? 0.35 : 0.18)) desk = primary ? dice.Pick(_allCentres) : _hospitals.Draw(dice);
        return (desk, Register(person, desk, time));
    }

    public Registration Register(Person person, Desk desk, DateTime time)
    {
        var dice = _town.Dice;
        if (_known.TryGetValue(desk, out var known))
        {
            var second = _seconds.Find(r => r.Institution == desk.Institution);
            if (second is not null) return dice.Chance(0.5) ? second : known;
            if (!dice.Chance(0.012)) return known;
            second = New(person, desk, time, true);
            _seconds.Add(second);
            return second;
        }

        known = New(person, desk, time, false);
        _known.Add(desk, known);
        return known;
    }

    /// <summary>A person's other lasting diseases, as far as a record would list them.</summary>
    public static IReadOnlyList<Disease> Others(Person person, Disease main)
    {
        if (person.Conditions.Count == 0) return [];
        var others = new List<Disease>();
        foreach (var condition in person.Conditions)
        {
            if (condition.Disease != main && others.Count < MostOthers) others.Add(condition.Disease);
        }

        return others;
    }

    private Registration New(Person person, Desk desk, DateTime time, bool second)
    {
        var patient = _registrations.Register(_town.Dice, person, desk.Institution, time.AddMinutes(-5), second);
        _town.Truth.Identity(patient);
        PersonRecords.Register(_town, desk, patient);
        return patient;
    }
}
