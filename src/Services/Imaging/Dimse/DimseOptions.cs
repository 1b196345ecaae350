using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Yunnao.Services.Imaging.Dimse;

/// <summary>How and for whom the archive listens for DICOM associations.</summary>
public sealed class DimseOptions
{
    /// <summary>Our own title; a caller that asks for another is refused.</summary>
    [StringLength(16, MinimumLength = 1)]
    public string AeTitle { get; init; } = "YUNNAO";

    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>0 takes a free one.</summary>
    [Range(0, 65535)]
    public int Port { get; init; } = 11112;

    /// <summary>Associations at once; one more is refused as a transient limit.</summary>
    [Range(1, 10_000)]
    public int MaxAssociations { get; init; } = 128;

    /// <summary>Who is let in, and for what; empty for everyone and everything, which is allowed on the loopback address only.</summary>
    public IReadOnlyList<AllowedPeer> Allowed { get; init; } = [];

    /// <summary>Where C-MOVE and storage commitment may go, by title.</summary>
    public IReadOnlyDictionary<string, DimsePeer> Peers { get; init; } = new Dictionary<string, DimsePeer>();

    /// <summary>Organisation of a caller, by its title; others belong to <see cref="Organisation"/>.</summary>
    public IReadOnlyDictionary<string, string> Organisations { get; init; } = new Dictionary<string, string>();

    /// <summary>Organisation of callers that are not named: its patient numbers are other numbers than those of another organisation.</summary>
    public string Organisation { get; init; } = "local";

    /// <summary>With it connections are TLS only.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Issuer of the certificates that callers must show.</summary>
    public X509Certificate2? ClientAuthority { get; init; }

    public DimseLimits Limits { get; init; } = new();
}
