using System.Net;
using System.Net.Sockets;
using Yunnao.Kernel;

namespace Yunnao.Services.DataServices.Subscriptions;

/// <summary>
/// Keeps deliveries to where the operator allows them, so that nobody makes the platform call what only it can reach. The address is judged when
/// it is connected to, whatever the name meant before; redirects and proxies are not followed.
/// </summary>
internal sealed class WebhookGuard(WebhookOptions options)
{
    private readonly IPNetwork[] _networks = [.. options.AllowedHosts.Select(NetworkText.Parse).OfType<IPNetwork>()];
    private readonly HashSet<string> _names = options.AllowedHosts.Where(h => NetworkText.Parse(h) is null).ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Judges an address before anything is sent. Problems: <c>subscription.url</c>, <c>subscription.not-allowed</c>.</summary>
    public Result<Uri> Judge(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttps && !(options.AllowHttp && url.Scheme == Uri.UriSchemeHttp) || url.UserInfo.Length > 0 || url.Fragment.Length > 0)
            return new Problem(ProblemKind.Incorrect, "subscription.url", "The address is an absolute one of https, without user, password and fragment.", new(Path: "url"));

        // Of a name that stands in no list its address decides, when it is connected to.
        var address = IPAddress.TryParse(url.IdnHost, out var ip) ? ip : null;
        return _names.Contains(url.IdnHost) || (address is null ? _networks.Length > 0 : Holds(address)) ? url : NotAllowed;
    }

    /// <summary>A handler that connects to allowed addresses only.</summary>
    public SocketsHttpHandler Handler() => new()
    {
        AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(options.AnswerSeconds), PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        ConnectCallback = async (context, cancellation) =>
        {
            var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
            var addresses = IPAddress.TryParse(host, out var ip) ? [ip] : await Dns.GetHostAddressesAsync(host, cancellation).ConfigureAwait(false);
            if (!_names.Contains(host)) addresses = [.. addresses.Where(Holds)];
            if (addresses.Length == 0) throw new WebhookRefusedException();
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(addresses, port, cancellation).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    private static Problem NotAllowed { get; } = new(
        ProblemKind.Forbidden, "subscription.not-allowed", "Deliveries do not go to this host: the operator names hosts and networks in data.webhooks.allowedHosts.", new(Path: "url"));

    private bool Holds(IPAddress address) => Array.Exists(_networks, n => n.Holds(address));
}
