namespace Yunnao.Standards.Policies;

/// <summary>What a purpose needs of the person whose data are read.</summary>
public enum ConsentRule
{
    /// <summary>Nothing: the law or the treatment is the ground.</summary>
    None,

    /// <summary>Rows of persons who refused are not read.</summary>
    OptOut,

    /// <summary>Only rows of persons who consented are read.</summary>
    OptIn,
}
