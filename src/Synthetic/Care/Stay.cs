using Yunnao.Synthetic.Catalogue;

namespace Yunnao.Synthetic.Care;

/// <summary>A stay in hospital as it is recorded from several sides.</summary>
/// <param name="End">Discharge or death.</param>
/// <param name="Operation">The operation planned, or null.</param>
internal sealed record Stay(Visit Visit, DateTime End, bool Died, bool Emergency, string Bed, Operation? Operation, DateTime Onset)
{
    /// <summary>Whole days, at least one, as the front page counts them.</summary>
    public int Days => Math.Max(1, (End.Date - Visit.Start.Date).Days);

    public string InpatientNumber => EncounterRecords.InpatientNumber(Visit);

    public string AdmissionWay => Emergency ? "2" : "1";

    public string DischargeWay => Died ? "5" : "1";

    /// <summary>YV.outcome.</summary>
    public string Outcome => Died ? "5" : Performed is not null || Visit.Main.Id is "delivery" or "appendicitis" ? "1" : "2";

    public DateTime? OperationTime { get; set; }

    public string? OperationRecord { get; set; }

    /// <summary>The operation, if it took place.</summary>
    public Operation? Performed => OperationRecord is null ? null : Operation;

    public long IcuHours { get; set; }

    /// <summary>Impressions of the examinations.</summary>
    public List<string> Findings { get; } = [];

    public string Course() =>
        $"入院后完善相关检查{(Findings.Count > 0 ? ",检查提示:" + string.Join(";", Findings) : "")}。"
        + (Performed is { } operation && OperationTime is { } time ? $"于{time:M月d日}行{operation.Name},手术顺利。" : "予对症支持治疗。")
        + (Died ? "经积极抢救无效,临床死亡。" : "病情好转,予以出院。");
}
