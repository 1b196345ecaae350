namespace Yunnao.Synthetic.Illness;

/// <summary>How a disease comes about and is cared for.</summary>
internal enum DiseaseKind
{
    /// <summary>Comes and goes; its rate is new cases a year.</summary>
    Acute,

    /// <summary>Stays; its rate is the share of people who have it. Return visits, drugs for months, follow-up by primary care.</summary>
    Chronic,

    /// <summary>Treated by an operation, if admitted.</summary>
    Surgical,

    /// <summary>Has an external cause.</summary>
    Injury,

    /// <summary>Operation first, then further admissions.</summary>
    Cancer,
}
