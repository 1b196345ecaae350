namespace Yunnao.Services.Web;

/// <summary>
/// What a caller may do through an interface, and the roles that may. What they see of the data is another matter: their Scope decides.
/// The three administrators hold no duty of each other's, and none of those who work with data.
/// </summary>
public sealed record Duty(string Id, params string[] Roles)
{
    private const string Engineer = "data_engineer", Standards = "standards_manager", System = "system_administrator", Security = "security_administrator";

    public static readonly Duty LoadBatches = new("batches.load", Engineer);
    public static readonly Duty ReadBatches = new("batches.read", Engineer, Standards, System);
    public static readonly Duty TakeBackBatches = new("batches.take-back", Engineer);
    public static readonly Duty ReadQuarantine = new("quarantine.read", Engineer);
    public static readonly Duty ReadLake = new("lakes.read", Engineer, System);
    public static readonly Duty KeepLake = new("lakes.keep", System);
    public static readonly Duty MakeBackups = new("backups.make", System);
    public static readonly Duty ReadAlarms = new("alarms.read", "epidemiologist", "manager");
    public static readonly Duty DecideAlarms = new("alarms.decide", "epidemiologist");
    public static readonly Duty ReadEveryJob = new("jobs.read-all", Engineer, System);
    public static readonly Duty ManageAccounts = new("accounts.manage", System);
    public static readonly Duty GrantRoles = new("accounts.grant", Security);

    /// <summary>What persons decided about their data, recorded for whoever comes to the desk.</summary>
    public static readonly Duty KeepConsents = new("consents.keep", Security);

    public static readonly Duty SeeAccounts = new("accounts.see", System, Security, "audit_administrator");
    public static readonly Duty ApproveExports = new("exports.approve", Security);
    public static readonly Duty ReadAudit = new("audit.read", "audit_administrator");
    public static readonly Duty ExplainRights = new("rights.explain", Security);
    public static readonly Duty BreakGlass = new("break-glass.open", "doctor", "radiologist");
    public static readonly Duty ReviewBreakGlass = new("break-glass.review", Security);
    public static readonly Duty OwnConsents = new("consents.own", "citizen");
    public static readonly Duty ReadMetrics = new("metrics.read", System);

    /// <summary>Looking at images: whoever has a right to single records for some purpose; purpose and Scope say to which, and whether they see whose.</summary>
    public static readonly Duty ReadImages = new("images.read", Engineer, "application", "doctor", "radiologist", "researcher", "citizen");
    public static readonly Duty StoreImages = new("images.store", Engineer, "application");

    /// <summary>Writing records of the own institution as FHIR resources.</summary>
    public static readonly Duty WriteFhir = new("resources.write", "application");

    /// <summary>Asking for data: anybody whose role has a right to some; the Scope says which.</summary>
    public static readonly Duty Query = new("query", Engineer, Standards, "application", "manager", "epidemiologist", "doctor", "radiologist", "researcher", "citizen");

    /// <summary>Whatever everybody may who is signed in: the registry, one's own jobs.</summary>
    public static readonly Duty SignedIn = new("signed-in");
}
