namespace Yunnao.Trust.Audit;

/// <summary>Kinds of audit events. The word that is stored is <see cref="AuditWords.Of(AuditKind)"/>.</summary>
public enum AuditKind
{
    SignIn,
    SignOut,
    SignInFailed,
    Read,
    Export,
    Refusal,
    RightsChanged,
    AccountChanged,
    ConsentChanged,
    BreakGlass,
    Ingest,
    Change,
    Job,
    Alert,
    KeyChanged,
    Backup,
    Restore,
}
