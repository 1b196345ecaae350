namespace Yunnao.Trust.Callers;

/// <summary>The names of the claims from which <see cref="Caller.Of"/> makes a caller.</summary>
public static class CallerClaims
{
    /// <summary>Account id or client id (RFC 7519 section 4.1.2). One.</summary>
    public const string Id = "sub";

    /// <summary><c>account</c> or <c>application</c>. One.</summary>
    public const string Kind = "yn_kind";

    /// <summary>A role of <c>standards/policies/roles.csv</c>. One claim each.</summary>
    public const string Role = "role";

    /// <summary>Code of an organisation that the caller belongs to, as in <c>_org</c>. One claim each.</summary>
    public const string Organisation = "yn_org";

    /// <summary>The person who the account is, as a subject in decimal digits. At most one.</summary>
    public const string Subject = "yn_subject";
}
