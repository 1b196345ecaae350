namespace Yunnao.Services.Grouping;

/// <summary>
/// One row of <c>groups.csv</c>: all that is filled in must hold. Lists are named by their number in the <see cref="CodeLists"/>.
/// </summary>
internal sealed record GroupCondition
{
    /// <summary>The main diagnosis is in one of these lists.</summary>
    public int[] MainDiagnosis { get; init; } = [];

    /// <summary>Some diagnosis is in one of these lists.</summary>
    public int[] AnyDiagnosis { get; init; } = [];

    /// <summary>The main operation is in one of these lists.</summary>
    public int[] MainOperation { get; init; } = [];

    /// <summary>Each of these lists has an operation of the case.</summary>
    public int[] Operations { get; init; } = [];

    /// <summary>None of these lists has an operation of the case.</summary>
    public int[] NoOperation { get; init; } = [];

    /// <summary>At least <see cref="LeastParts"/> of these lists have a diagnosis of the case.</summary>
    public int[] Parts { get; init; } = [];

    public int LeastParts { get; init; }

    /// <summary>The least weight of complications; <see cref="Complication.None"/> asks for nothing.</summary>
    public Complication Complication { get; init; }

    /// <summary>1 or 2; empty for both.</summary>
    public string Sex { get; init; } = "";

    public WholeRange Years { get; init; }

    public WholeRange Days { get; init; }

    public WholeRange Weight { get; init; }

    public bool Holds(in CaseFacts facts)
    {
        if (Sex.Length > 0 && Sex != facts.Case.Sex) return false;
        if (!Years.Has(facts.Case.Years) || !Days.Has(facts.Case.Days) || !Weight.Has(facts.Case.Weight)) return false;
        if (MainDiagnosis.Length > 0 && !CaseFacts.HasAny(facts.MainDiagnosis, MainDiagnosis)) return false;
        if (AnyDiagnosis.Length > 0 && !CaseFacts.HasAny(facts.AllDiagnoses, AnyDiagnosis)) return false;
        if (MainOperation.Length > 0 && !CaseFacts.HasAny(facts.MainOperation, MainOperation)) return false;
        if (NoOperation.Length > 0 && CaseFacts.HasAny(facts.AllOperations, NoOperation)) return false;
        if (CaseFacts.Count(facts.AllOperations, Operations) < Operations.Length) return false;
        if (CaseFacts.Count(facts.AllDiagnoses, Parts) < LeastParts) return false;
        return Complication == Complication.None || facts.Complication >= Complication;
    }
}
