using Yunnao.Synthetic.Chance;
using Yunnao.Synthetic.Illness;
using Yunnao.Synthetic.People;

namespace Yunnao.Synthetic.Care;

/// <summary>Phrases of the clinical record.</summary>
internal static class Words
{
    private static readonly (string Code, string Name, string Category)[] Allergens =
        [("101", "青霉素类抗生素", "1"), ("102", "磺胺类抗生素", "1"), ("103", "头孢类抗生素", "1"), ("207", "鱼、虾等水产类食品", "2"), ("204", "牛奶", "2"), ("301", "植物花粉", "3")];

    /// <summary>The complaint with its duration in the unit that the disease's phrase asks for.</summary>
    public static string Complaint(Dice dice, Visit visit, DateTime onset)
    {
        var text = visit.Main.Complaint;
        if (text.Contains("{days}", StringComparison.Ordinal)) return text.Replace("{days}", $"{Math.Max(1, (visit.Start - onset).Days)}", StringComparison.Ordinal);
        if (text.Contains("{hours}", StringComparison.Ordinal)) return text.Replace("{hours}", $"{Math.Clamp((int)(visit.Start - onset).TotalHours, 1, 24)}", StringComparison.Ordinal);
        return text.Replace("{weeks}", $"{dice.Between(2, 8)}", StringComparison.Ordinal).Replace("{months}", $"{dice.Between(1, 11)}", StringComparison.Ordinal)
            .Replace("{years}", $"{Years(visit)}", StringComparison.Ordinal);
    }

    public static string PresentIllness(Visit visit) => visit.Main.Kind switch
    {
        DiseaseKind.Chronic => $"患者{Years(visit)}年前诊断为{visit.Main.Diagnosis.Name},长期规律服药,病情尚平稳,今来院复诊取药。",
        DiseaseKind.Injury => $"患者不慎受伤,伤后局部疼痛,活动受限,无昏迷,考虑{visit.Main.Diagnosis.Name}。",
        _ => "患者无明显诱因出现上述症状,自行服药后缓解不明显,今来院就诊。病程中精神、食欲尚可,大小便正常。",
    };

    public static string PastHistory(Visit visit)
    {
        var known = visit.Person.Conditions;
        return known.Count == 0 ? "否认高血压、糖尿病、冠心病史,否认肝炎、结核史。" : $"既往有{string.Join("、", known.Select(c => c.Disease.Diagnosis.Name))}病史。";
    }

    /// <summary>One person in sixteen is allergic to something; always the same thing.</summary>
    public static bool IsAllergic(Person person) => Dice.Mix((ulong)person.Number * 7 + 3) % 16 == 0;

    public static (string Code, string Name, string Category) Allergen(Person person) => Allergens[(int)(Dice.Mix((ulong)person.Number * 11 + 5) % (ulong)Allergens.Length)];

    public static string Allergies(Person person) => IsAllergic(person) ? $"{Allergen(person).Name}过敏" : "否认药物及食物过敏史。";

    private static int Years(Visit visit)
    {
        foreach (var condition in visit.Person.Conditions)
        {
            if (condition.Disease == visit.Main) return Math.Max(1, visit.Start.Year - condition.Since.Year);
        }

        return 1;
    }
}
