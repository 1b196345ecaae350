using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Yunnao.Services.Listen;

/// <summary>How to listen for messages.</summary>
public sealed class ListenOptions
{
    /// <summary>Address to listen at. Messages hold patients' data: without a certificate it should be this machine or a protected network.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Port; 0: any that is free.</summary>
    [Range(0, 65535)]
    public int Port { get; init; }

    /// <summary>Id of the source mapping.</summary>
    public required string Source { get; init; }

    /// <summary>With it, connections are TLS 1.2 or 1.3 only.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>With it, a sender must show a certificate that this authority issued.</summary>
    public X509Certificate2? ClientAuthority { get; init; }

    /// <summary>Connections at a time; more are closed at once.</summary>
    [Range(1, 100_000)]
    public int MaxConnections { get; init; } = 1000;

    /// <summary>Bytes of a message; a longer one is refused and its connection closed.</summary>
    [Range(1024, 128 << 20)]
    public int MaxMessage { get; init; } = 16 << 20;

    /// <summary>How long a message that has begun may take to arrive, and an answer to be taken. A connection may be idle between messages for ever.</summary>
    public TimeSpan MessageTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A batch is closed and loaded when it is so old …</summary>
    public TimeSpan BatchAge { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>… or so large, in bytes.</summary>
    [Range(1024, 1 << 30)]
    public long BatchBytes { get; init; } = 16 << 20;

    /// <summary>Bytes that may wait to be loaded. Above it, messages are not read any more until some are loaded: senders wait, nothing is lost.</summary>
    [Range(1 << 20, long.MaxValue)]
    public long MaxWaiting { get; init; } = 4L << 30;
}
