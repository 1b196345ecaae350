using Yunnao.Synthetic.Illness;

namespace Yunnao.Synthetic.People;

/// <summary>A resident, as they really are: what institutions write down about them may differ (see Registration).</summary>
internal sealed class Person
{
    /// <summary>Number in the city, from 1; the person's identity in the ground truth.</summary>
    public required long Number { get; init; }

    public required Household Home { get; init; }

    /// <summary>Position in the household, 0–7; part of what makes the ID number unique.</summary>
    public required int Member { get; init; }

    public required Sex Sex { get; init; }
    public required DateOnly Born { get; init; }

    /// <summary>Time of birth, for those born in the period.</summary>
    public DateTime? BornAt { get; init; }

    public required string Surname { get; init; }
    public required string GivenName { get; init; }
    public required string IdNumber { get; init; }
    public required string Phone { get; init; }

    public string Name => Surname + GivenName;
    public Person? Mother { get; init; }
    public Person? Father { get; init; }
    public Person? Spouse { get; set; }

    /// <summary>Codes of the registry's value sets, drawn from standards/synthetic/social.csv.</summary>
    public required Social Social { get; init; }

    /// <summary>Time of death, when it falls into the period.</summary>
    public DateTime? Died { get; set; }

    /// <summary>Diseases known before the period begins, and those that are found in it.</summary>
    public List<Condition> Conditions { get; } = [];

    /// <summary>What stays the same in a person's measurements: each draws their own values around it.</summary>
    public required double Height { get; init; }

    public required double BodyMassIndex { get; init; }

    public double Weight => BodyMassIndex * Height * Height / 10000;

    public bool Female => Sex == Sex.Female;

    public int AgeOn(DateTime day) => AgeOn(DateOnly.FromDateTime(day));

    public int AgeOn(DateOnly day)
    {
        var age = day.Year - Born.Year;
        return Born.AddYears(age) > day ? age - 1 : age;
    }

    /// <summary>Completed months of age; below 0 before birth.</summary>
    public int MonthsOn(DateOnly day)
    {
        var months = (day.Year - Born.Year) * 12 + day.Month - Born.Month;
        return day.Day < Born.Day ? months - 1 : months;
    }

    public bool AliveAt(DateTime time) => DateOnly.FromDateTime(time) >= Born && (Died is not { } died || time < died);

    public bool Has(string disease)
    {
        foreach (var condition in Conditions)
        {
            if (condition.Disease.Id == disease) return true;
        }

        return false;
    }
}
