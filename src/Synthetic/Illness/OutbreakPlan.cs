using Yunnao.Synthetic.Chance;
using Yunnao.Synthetic.People;

namespace Yunnao.Synthetic.Illness;

/// <summary>Decides which outbreaks the city will see: about one every two months, and one more for every 100,000 residents and year.</summary>
internal static class OutbreakPlan
{
    private static readonly (string Disease, double AttackRate, int Days)[] Kinds =
    [
        ("norovirus", 0.02, 12), ("hfmd", 0.06, 24), ("influenza", 0.05, 21), ("varicella", 0.03, 28), ("dysentery", 0.012, 10), ("mumps", 0.02, 30),
    ];

    /// <summary>Days from the start without outbreaks, where the city lasts so long: early warning compares with a past.</summary>
    private const int PastDays = 75;

    public static IReadOnlyList<Outbreak> Make(ulong seed, long residents, AddressMaker addresses, DiseaseModel model)
    {
        var dice = new Dice(seed, 0, 7);
        var days = model.End.DayNumber - model.Start.DayNumber;
        var count = Math.Max(1, (int)(days / 61.0 + residents / 100_000.0 * days / 365));
        var outbreaks = new List<Outbreak>();
        for (var i = 0; i < Math.Min(count, 60); i++)
        {
            var (disease, attack, length) = Kinds[(i + dice.Below(2)) % Kinds.Length];
            var (code, name) = addresses.District(dice.Below(addresses.Districts));
            var past = Math.Clamp(days - length, 0, PastDays);
            var start = model.Start.AddDays(past + dice.Below(Math.Max(1, days - length - past)));
            outbreaks.Add(new($"O{i + 1:00}", model[disease], code, name, start, Math.Min(length, days), attack * dice.Between(0.7, 1.5)));
        }

        return outbreaks;
    }
}
