namespace Yunnao.Services.Grouping;

/// <summary>Says why a group was entered, by the codes that fit its condition.</summary>
internal static class Explanation
{
    public static void Enter(Group group, in CaseFacts facts, CodeLists lists, List<GroupStep> steps)
    {
        GroupCondition? holding = null;
        foreach (var condition in group.Conditions)
        {
            if (!condition.Holds(facts)) continue;
            holding = condition;
            break;
        }

        if (holding is null) return;
        var (diagnoses, operations) = (facts.Case.Diagnoses, facts.Case.Operations);
        Codes(GroupStepKind.MainDiagnosis, holding.MainDiagnosis, diagnoses.Take(1));
        Codes(GroupStepKind.AnyDiagnosis, holding.AnyDiagnosis, diagnoses);
        Codes(GroupStepKind.AnyDiagnosis, holding.Parts, diagnoses);
        Codes(GroupStepKind.MainOperation, holding.MainOperation, operations.Take(1));
        Codes(GroupStepKind.Operation, holding.Operations, operations);
        var person = string.Join(' ', Person(holding));
        if (person.Length > 0) steps.Add(new(GroupStepKind.Person, group.Id, "", person));
        steps.Add(new(GroupStepKind.Enters, group.Id, "", group.Name));

        void Codes(GroupStepKind kind, int[] wanted, IEnumerable<string> codes)
        {
            foreach (var code in codes)
                foreach (var list in wanted)
                    if (lists.Has(list, code)) steps.Add(new(kind, group.Id, code, lists.Name(list)));
        }
    }

    private static IEnumerable<string> Person(GroupCondition condition)
    {
        if (condition.Sex.Length > 0) yield return $"sex={condition.Sex}";
        if (condition.Years != default) yield return $"years={condition.Years}";
        if (condition.Days != default) yield return $"days={condition.Days}";
        if (condition.Weight != default) yield return $"weight={condition.Weight}";
        if (condition.Complication != Complication.None) yield return $"complication={condition.Complication}";
    }
}
