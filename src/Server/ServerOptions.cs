using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Yunnao.Services.DataServices;
using Yunnao.Services.Exports;

namespace Yunnao.Server;

/// <summary>How the server runs. A file (<c>--config</c>, JSON of these names) or the command line sets them; each has a default that is safe.</summary>
public sealed class ServerOptions
{
    /// <summary>Data folder.</summary>
    public string Folder { get; set; } = "yunnao-data";

    /// <summary>Folder of the registry.</summary>
    public string Standards { get; set; } = "standards";

    /// <summary>Address to listen on; this machine alone unless something else is said.</summary>
    public string Address { get; set; } = IPAddress.Loopback.ToString();

    /// <summary>Port to listen on.</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = 8420;

    /// <summary>What the platform is called from outside, for example https://data.example.org/; the issuer of tokens.</summary>
    public Uri? PublicUrl { get; set; }

    /// <summary>PEM file (certificate and key) or PFX file; with it the server speaks TLS.</summary>
    public string? Certificate { get; set; }

    /// <summary>True when a proxy on this machine speaks TLS for us; its X-Forwarded-For is believed then, nobody else's.</summary>
    public bool BehindProxy { get; set; }

    /// <summary>False leaves requests that ended well out of the log; the audit has every read in either case.</summary>
    public bool LogRequests { get; set; } = true;

    /// <summary>Connection string of the PostgreSQL database for control data; null for SQLite in the data folder.</summary>
    public string? PostgreSql { get; set; }

    /// <summary>Connection string of the PostgreSQL database for the index of images; null for SQLite in the data folder.</summary>
    public string? ImagesPostgreSql { get; set; }

    /// <summary>True takes images over STOW-RS; <c>yunnao imaging serve</c> cannot run beside it then. Images are given in either case.</summary>
    public bool TakeImages { get; set; }

    /// <summary>Folder of a built OHIF viewer, shown at <c>/images</c>; null for none. It signs people in as the public application <c>viewer</c>.</summary>
    public string? Viewer { get; set; }

    /// <summary>Encodes pictures of images; null gives none. The host has the library.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public Services.Imaging.Web.PictureWriter? Pictures { get; set; }

    /// <summary>Folders into which the system administrator may have backups made from elsewhere; on the machine itself <c>yunnao backup create</c> takes any.</summary>
    public IReadOnlyList<string> BackupPlaces { get; set; } = [];

    /// <summary>Beginnings of the addresses that an import of FHIR may fetch files from, for example <c>https://his.example/bulk/</c>; none: from nowhere.</summary>
    public IReadOnlyList<string> FhirImportAddresses { get; set; } = [];

    /// <summary>Buckets into which exports may be pushed, by the names that orders use.</summary>
    public IReadOnlyDictionary<string, ExportPlaceOptions> ExportPlaces { get; set; } = new Dictionary<string, ExportPlaceOptions>();

    /// <summary>An OpenID Connect provider by which people may sign in; null for none.</summary>
    public ExternalProvider? External { get; set; }

    /// <summary>Connections at a time.</summary>
    [Range(1, 1_000_000)]
    public int MostConnections { get; set; } = 20_000;

    /// <summary>Most bytes of an uploaded file.</summary>
    [Range(1, long.MaxValue)]
    public long LargestUpload { get; set; } = 64L << 30;

    /// <summary>Slowest body that is waited for, bytes a second.</summary>
    [Range(1, 1_000_000)]
    public int SlowestBody { get; set; } = 1_000;

    /// <summary>Memory of the embedded engine, MB; 0 for its own default.</summary>
    [Range(0, int.MaxValue)]
    public int MemoryMb { get; set; }

    /// <summary>When the lake is optimized each day, by the clock of the machine (HH:mm); empty for never.</summary>
    [RegularExpression(@"^(([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?)?$")]
    public string OptimizeAt { get; set; } = "03:00";

    /// <summary>Attempts to sign in, a minute and address.</summary>
    [Range(1, 100_000)]
    public int SignInsPerMinute { get; set; } = 30;

    /// <summary>Requests for tokens, a minute and address.</summary>
    [Range(1, 1_000_000)]
    public int TokensPerMinute { get; set; } = 600;

    /// <summary>Wrong passwords until an account is locked.</summary>
    [Range(1, 100)]
    public int WrongPasswords { get; set; } = 5;

    /// <summary>Minutes that it is locked.</summary>
    [Range(1, 10_000)]
    public int LockedMinutes { get; set; } = 15;

    /// <summary>Days after which a password must be changed at the next sign-in; 0 never. Not for those who sign in at a provider.</summary>
    [Range(0, 3650)]
    public int PasswordDays { get; set; } = 90;

    /// <summary>
    /// Networks (10.20.0.0/16) and addresses from which the three administrators may sign in and work; empty for all. By default this machine and private
    /// networks (RFC 1918, RFC 4193).
    /// </summary>
    public IReadOnlyList<string> AdministratorAddresses { get; set; } = ["127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"];

    /// <summary>Limits of the data services.</summary>
    public DataOptions Data { get; set; } = new();

    /// <summary>The certificate of <see cref="Certificate"/>, opened by the caller.</summary>
    public X509Certificate2? OpenedCertificate { get; set; }

    /// <summary>True when whoever calls reaches us by TLS.</summary>
    internal bool Https => OpenedCertificate is not null || BehindProxy;

    /// <summary>The public address, or where we listen.</summary>
    internal Uri Url => PublicUrl ?? new Uri($"{(OpenedCertificate is null ? "http" : "https")}://{(IPAddress.TryParse(Address, out var ip) && !IPAddress.IsLoopback(ip) ? Environment.MachineName.ToLowerInvariant() : "127.0.0.1")}:{Port}/");
}
