using Yunnao.Synthetic.Chance;
using Yunnao.Synthetic.Tables;

namespace Yunnao.Synthetic.People;

/// <summary>Surnames by their frequency, given names by sex and by the fashion of the years of birth.</summary>
internal sealed class NameMaker
{
    private readonly Weighted<string> _surnames;
    private readonly List<(Sex Sex, int From, int To, string[] First, string[] Second, string[] Single)> _given;

    public NameMaker(string folder)
    {
        _surnames = new(Table.Read(folder, "surnames.csv").Lines().Select(l => (l["surname"], l.Number("weight"))));
        _given =
        [
            .. Table.Read(folder, "given_names.csv").Lines()
                .GroupBy(l => ((Sex)l.Integer("sex"), l.Integer("born_from"), l.Integer("born_to")))
                .Select(g => (g.Key.Item1, g.Key.Item2, g.Key.Item3, Characters(g, 1), Characters(g, 2), Characters(g, 0))),
        ];
    }

    public string Surname(Dice dice) => _surnames.Draw(dice);

    /// <summary>One given name in seven has one character. Characters near the head of a list are the more frequent ones.</summary>
    public string Given(Dice dice, Sex sex, int birthYear)
    {
        foreach (var era in _given)
        {
            if (era.Sex != sex || birthYear < era.From || birthYear > era.To) continue;
            if (dice.Chance(0.14)) return Frequent(dice, era.Single);
            var (first, second) = (Frequent(dice, era.First), Frequent(dice, era.Second));
            return first == second && dice.Chance(0.8) ? first : first + second;
        }

        throw new InvalidDataException($"given_names.csv has no names for people born in {birthYear}.");
    }

    private static string Frequent(Dice dice, string[] list)
    {
        var (a, b) = (dice.Below(list.Length), dice.Below(list.Length));
        return list[Math.Min(a, b)];
    }

    private static string[] Characters(IEnumerable<Table.Line> lines, int position) =>
        lines.Single(l => l.Integer("position") == position).Words("characters");
}
