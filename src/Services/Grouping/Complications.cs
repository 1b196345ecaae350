namespace Yunnao.Services.Grouping;

/// <summary>
/// Which diagnoses weigh, and beside which main diagnoses they do not: a complication has an exclusion table, and where the main diagnosis
/// has the same, the complication is part of the illness and does not count (CHS-DRG 1.1, exclusion of complications).
/// </summary>
internal sealed class Complications
{
    private readonly Dictionary<string, string> _major = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _minor = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _excluding = new(StringComparer.Ordinal);

    public int Count => _major.Count + _minor.Count;

    public void Add(Complication level, string code, string table) => (level == Complication.MCC ? _major : _minor)[code] = table;

    public void Exclude(string mainDiagnosis, string table) => _excluding[mainDiagnosis] = table;

    /// <summary>The weightiest complication of a case that counts.</summary>
    public Complication Of(DischargedCase discharged, List<GroupStep>? steps)
    {
        var diagnoses = discharged.Diagnoses;
        var table = _excluding.GetValueOrDefault(diagnoses[0]);
        if (table is not null) steps?.Add(new(GroupStepKind.ExclusionTable, "", diagnoses[0], table));
        if (Has(_major, GroupStepKind.MajorComplication)) return Complication.MCC;
        return Has(_minor, GroupStepKind.MinorComplication) ? Complication.CC : Complication.None;

        bool Has(Dictionary<string, string> level, GroupStepKind kind)
        {
            for (var i = 1; i < diagnoses.Count; i++)
            {
                if (!level.TryGetValue(diagnoses[i], out var own)) continue;
                var counts = own != table;
                steps?.Add(new(counts ? kind : GroupStepKind.Excluded, "", diagnoses[i], own));
                if (counts) return true;
            }

            return false;
        }
    }
}
