using System.Net;
using System.Net.Sockets;

namespace Yunnao.Tests.EndToEnd;

/// <summary>Ports for the servers of tests.</summary>
internal static class Ports
{
    /// <summary>
    /// A port that nobody listens at, and that the system gives to no outgoing connection (those begin at 32768): a server that is killed
    /// and started again finds it free.
    /// </summary>
    public static int Free()
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(20_000, 32_000));
            try
            {
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                // Another one has it.
            }
        }
    }
}
