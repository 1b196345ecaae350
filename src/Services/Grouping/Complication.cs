namespace Yunnao.Services.Grouping;

/// <summary>The weight of a complication or comorbidity.</summary>
internal enum Complication
{
    None,

    /// <summary>Complication or comorbidity (并发症或合并症).</summary>
    CC,

    /// <summary>Major complication or comorbidity (严重并发症或合并症).</summary>
    MCC,
}
