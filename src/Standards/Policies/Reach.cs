namespace Yunnao.Standards.Policies;

/// <summary>Which part of the rows a right reaches, of organisations or of persons.</summary>
public enum Reach
{
    /// <summary>All of them.</summary>
    All,

    /// <summary>Those of the caller: own organisations, or the own person.</summary>
    Own,

    /// <summary>Of persons: only the one person that the request names.</summary>
    Named,
}
