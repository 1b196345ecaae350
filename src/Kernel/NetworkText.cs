using System.Net;

namespace Yunnao.Kernel;

/// <summary>Networks as they are written in settings, and whether somebody calls from one.</summary>
public static class NetworkText
{
    /// <summary>A network (10.20.0.0/16) or one address; null when the text is neither.</summary>
    public static IPNetwork? Parse(string text)
    {
        if (IPNetwork.TryParse(text, out var network)) return network;
        return IPAddress.TryParse(text, out var one) ? new IPNetwork(one, one.GetAddressBytes().Length * 8) : null;
    }

    /// <summary>True when the address is in the network, also where the system writes an IPv4 address as one of IPv6.</summary>
    public static bool Holds(this IPNetwork network, IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return network.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
    }
}
