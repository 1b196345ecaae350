namespace Yunnao.Standards.Loading;

/// <summary>The fixed words of the registry's files and what they stand for.</summary>
internal static class Vocabulary
{
    public static readonly string[] IdentityKinds = ["name", "id_number", "phone", "address", "health_card", "identifier", "kin_name", "kin_phone", "replaced"];

    public static readonly string[] RoleWords =
        ["record", "subject", "organisation", "time", "encounter", .. IdentityKinds.Select(k => $"identity.{k}")];

    public static readonly string[] Formats = ["csv", "parquet", "xlsx", "fixed", "dbf", "fhir", "hl7v2", "cda"];

    public static Status? Status(string text) => text switch
    {
        "draft" => Standards.Status.Draft,
        "standard" => Standards.Status.Standard,
        "superseded" => Standards.Status.Superseded,
        _ => null,
    };

    public static Severity? Severity(string text) => text switch
    {
        "reject" => Standards.Severity.Reject,
        "flag" => Standards.Severity.Flag,
        _ => null,
    };

    public static Deid? Deid(string text) => text switch
    {
        "keep" => Standards.Deid.Keep,
        "mask" => Standards.Deid.Mask,
        "generalise" => Standards.Deid.Generalise,
        "redact" => Standards.Deid.Redact,
        "pseudonym" => Standards.Deid.Pseudonym,
        "drop" => Standards.Deid.Drop,
        "vault" => Standards.Deid.Vault,
        _ => null,
    };

    public static ElementType? Type(string text) => text switch
    {
        "S1" => ElementType.S1,
        "S2" => ElementType.S2,
        "S3" => ElementType.S3,
        "N" => ElementType.N,
        "L" => ElementType.L,
        "D" => ElementType.D,
        "DT" => ElementType.DT,
        "T" => ElementType.T,
        _ => null,
    };

    public static Roles Role(string word) => word switch
    {
        "record" => Roles.Record,
        "subject" => Roles.Subject,
        "organisation" => Roles.Organisation,
        "time" => Roles.Time,
        "encounter" => Roles.Encounter,
        _ when word.StartsWith("identity.", StringComparison.Ordinal) && IdentityKinds.Contains(word[9..]) => Roles.Identity,
        _ => Roles.None,
    };
}
