using System.Net;

namespace Yunnao.Services.Imaging.Dimse;

/// <summary>Who may ask for an association: an AE title, an address or a network, or both. Written <c>TITLE</c>, <c>@ADDRESS</c>, <c>TITLE@NETWORK/BITS</c>.</summary>
/// <param name="AeTitle">Null for any.</param>
/// <param name="Network">Null for any.</param>
public sealed record AllowedPeer(string? AeTitle, IPNetwork? Network)
{
    /// <summary>Reads the written form.</summary>
    public static bool TryParse(string text, out AllowedPeer peer)
    {
        peer = new(null, null);
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var title = at < 0 ? text : text[..at];
        IPNetwork? network = null;
        if (at >= 0)
        {
            var address = text[(at + 1)..];
            if (IPNetwork.TryParse(address, out var parsed)) network = parsed;
            else if (IPAddress.TryParse(address, out var one)) network = new(one, one.GetAddressBytes().Length * 8);
            else return false;
        }

        if (title.Length > 16 || (title.Length == 0 && network is null)) return false;
        peer = new(title.Length == 0 ? null : title, network);
        return true;
    }

    /// <summary>True when this entry lets the caller in.</summary>
    public bool Matches(string aeTitle, IPAddress address) =>
        (AeTitle is null || AeTitle == aeTitle) && (Network is not { } network || network.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address));
}
