using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Yunnao.Server.Local;

namespace Yunnao.Server.Hosting;

/// <summary>Where the server listens and what it bears: slow, endless and giant requests are let go.</summary>
internal static class KestrelSetup
{
    private const int MostHeaders = 32 << 10, LargestBody = 1 << 20;

    public static void Set(KestrelServerOptions kestrel, ServerOptions options)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        limits.MaxConcurrentConnections = options.MostConnections;
        limits.MaxRequestBodySize = LargestBody;
        limits.MaxRequestHeadersTotalSize = MostHeaders;
        limits.MaxRequestHeaderCount = 64;
        limits.MaxRequestLineSize = 8 << 10;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
        limits.MinRequestBodyDataRate = new(options.SlowestBody, TimeSpan.FromSeconds(5));
        limits.MinResponseDataRate = new(options.SlowestBody, TimeSpan.FromSeconds(10));
        limits.Http2.MaxStreamsPerConnection = 100;
        kestrel.Listen(IPAddress.Parse(options.Address), options.Port, listen =>
        {
            if (options.OpenedCertificate is { } certificate) listen.UseHttps(certificate);
        });
        LocalSocket.Listen(kestrel, options.Folder);
    }
}
