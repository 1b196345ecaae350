using System.Net;
using Yunnao.Kernel;

namespace Yunnao.Services.Imaging.Dimse;

/// <summary>
/// Who may ask for an association, and for what: an AE title, an address or a network, or both, and what it may do. Written <c>TITLE</c>,
/// <c>@ADDRESS</c>, <c>TITLE@NETWORK/BITS</c>, each with <c>=store,find,retrieve</c> behind it; without that it may store.
/// </summary>
/// <param name="AeTitle">Null for any.</param>
/// <param name="Network">Null for any.</param>
public sealed record AllowedPeer(string? AeTitle, IPNetwork? Network)
{
    /// <summary>What the caller may do.</summary>
    public DimseRights Rights { get; init; } = DimseRights.Store;

    /// <summary>Reads the written form.</summary>
    public static bool TryParse(string text, out AllowedPeer peer)
    {
        peer = new(null, null);
        var parts = text.Split('=', 2);
        var rights = DimseRights.Store;
        if (parts.Length == 2 && !TryRights(parts[1], out rights)) return false;
        text = parts[0];
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var title = at < 0 ? text : text[..at];
        var network = at < 0 ? null : NetworkText.Parse(text[(at + 1)..]);
        if (at >= 0 && network is null) return false;
        if (title.Length > 16 || (title.Length == 0 && network is null)) return false;
        peer = new(title.Length == 0 ? null : title, network) { Rights = rights };
        return true;
    }

    /// <summary>True when this entry lets the caller in.</summary>
    public bool Matches(string aeTitle, IPAddress address) =>
        (AeTitle is null || AeTitle == aeTitle) && (Network is not { } network || network.Holds(address));

    private static bool TryRights(string text, out DimseRights rights)
    {
        rights = DimseRights.None;
        foreach (var word in text.Split(','))
        {
            DimseRights one = word switch { "store" => DimseRights.Store, "find" => DimseRights.Find, "retrieve" => DimseRights.Retrieve, _ => DimseRights.None };
            if (one == DimseRights.None) return false;
            rights |= one;
        }

        return true;
    }
}
