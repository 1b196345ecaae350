namespace Yunnao.Services.Grouping;

/// <summary>What a step of the grouping says.</summary>
public enum GroupStepKind
{
    /// <summary>The case has no diagnosis.</summary>
    NoDiagnosis,

    /// <summary>The sex is neither 1 nor 2.</summary>
    NoSex,

    /// <summary>The age is not known, or below one year the days are not.</summary>
    NoAge,

    /// <summary>A newborn (at most 28 days) without its weight.</summary>
    NoWeight,

    /// <summary>A code was translated: Code → Other.</summary>
    Translated,

    /// <summary>A code has no translation and was left out.</summary>
    Untranslated,

    /// <summary>The main diagnosis has an exclusion table: Other.</summary>
    ExclusionTable,

    /// <summary>A diagnosis is a major complication; Other is its exclusion table.</summary>
    MajorComplication,

    /// <summary>A diagnosis is a complication; Other is its exclusion table.</summary>
    MinorComplication,

    /// <summary>A diagnosis is a complication and does not count beside this main diagnosis; Other is the table of both.</summary>
    Excluded,

    /// <summary>The main diagnosis is in the list Other of the group.</summary>
    MainDiagnosis,

    /// <summary>A diagnosis is in the list Other of the group.</summary>
    AnyDiagnosis,

    /// <summary>The main operation is in the list Other of the group.</summary>
    MainOperation,

    /// <summary>An operation is in the list Other of the group.</summary>
    Operation,

    /// <summary>Sex, age or weight fit the group: Other.</summary>
    Person,

    /// <summary>The group is entered.</summary>
    Enters,

    /// <summary>No group below it holds the case; the next one is tried.</summary>
    Leaves,

    /// <summary>The case is of this group; Other is its name.</summary>
    Found,

    /// <summary>No group holds the case.</summary>
    NoGroup,
}
