using Yunnao.Synthetic.Chance;
using Yunnao.Synthetic.Tables;

namespace Yunnao.Synthetic.People;

/// <summary>Draws the codes that describe a resident from standards/synthetic/social.csv, by sex and age.</summary>
internal sealed class SocialMaker
{
    private readonly Dictionary<(string Kind, Sex Sex, int Age), Weighted<(string Code, string Also)>> _choices = [];

    public SocialMaker(string folder)
    {
        var lines = Table.Read(folder, "social.csv").Lines().ToList();
        foreach (var kind in lines.Select(l => l["kind"]).Distinct())
        {
            foreach (var sex in new[] { Sex.Male, Sex.Female })
            {
                for (var age = 0; age <= 110; age++)
                {
                    var own = lines.Where(l => l["kind"] == kind && (l["sex"].Length == 0 || l.Integer("sex") == (int)sex)
                        && age >= l.Integer("age_from") && age <= l.Integer("age_to"));
                    _choices[(kind, sex, age)] = new(own.Select(l => ((l["code"], l["also"]), l.Number("weight"))));
                }
            }
        }
    }

    public Social Make(Dice dice, Sex sex, int age, string marital, string? ethnic)
    {
        var work = Draw(dice, "occupation", sex, age);
        return new(
            marital, ethnic ?? Ethnic(dice), work.Code, work.Also, Draw(dice, "education", sex, age).Code,
            Draw(dice, "pay", sex, age).Code, Draw(dice, "blood", sex, age).Code, Draw(dice, "rh", sex, age).Code);
    }

    public string Ethnic(Dice dice) => Draw(dice, "ethnic", Sex.Male, 0).Code;

    private (string Code, string Also) Draw(Dice dice, string kind, Sex sex, int age) =>
        _choices[(kind, sex, Math.Clamp(age, 0, 110))].Draw(dice);
}
