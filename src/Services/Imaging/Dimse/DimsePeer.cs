using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Yunnao.Services.Imaging.Dimse;

/// <summary>Another application entity and where it listens. Written <c>TITLE=HOST:PORT</c>.</summary>
public sealed record DimsePeer(string AeTitle, string Host, int Port)
{
    /// <summary>Reads the written form.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out DimsePeer? peer)
    {
        peer = null;
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var colon = text.LastIndexOf(':');
        if (equals is < 1 or > 16 || colon < equals + 2) return false;
        if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535) return false;
        peer = new(text[..equals], text[(equals + 1)..colon].Trim('[', ']'), port);
        return true;
    }
}
