using Yunnao.Synthetic.People;

namespace Yunnao.Synthetic.Institutions;

/// <summary>A person as an institution has written them down: with its own number, and sometimes with mistakes.</summary>
internal sealed class Registration
{
    public required Person Person { get; init; }

    public required Institution Institution { get; init; }

    public required string LocalNumber { get; init; }

    public required string Name { get; init; }

    /// <summary>Null when it was not asked for.</summary>
    public required string? IdNumber { get; init; }

    public required DateOnly Born { get; init; }

    public required string Phone { get; init; }

    /// <summary>What differs from the truth, blank-separated; empty when all is right.</summary>
    public required string Altered { get; init; }

    public required DateTime Since { get; init; }

    /// <summary>Encounters so far, for their numbers.</summary>
    public int Encounters { get; set; }

    /// <summary>Admissions so far in this institution.</summary>
    public int Admissions { get; set; }

    public int AgeOn(DateTime day)
    {
        var date = DateOnly.FromDateTime(day);
        var age = date.Year - Born.Year;
        return Math.Max(0, Born.AddYears(age) > date ? age - 1 : age);
    }

    /// <summary>Completed months of age, never below 0.</summary>
    public int MonthsOn(DateTime day)
    {
        var date = DateOnly.FromDateTime(day);
        var months = (date.Year - Born.Year) * 12 + date.Month - Born.Month;
        return Math.Max(0, date.Day < Born.Day ? months - 1 : months);
    }
}
