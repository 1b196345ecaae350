using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Yunnao.Tests.EndToEnd.Imaging;

/// <summary>Clients that are slow, broken or mean harm nobody else, and cost no memory.</summary>
public sealed class Hostile_client_tests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-hostile-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Others_are_served_while_hundreds_of_connections_misbehave()
    {
        await using var archive = await ArchiveProcess.Start(_folder, "--associations", "300");
        var before = archive.PeakMemory();
        var clients = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 250; i++)
            {
                var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, archive.Dicom, TestContext.Current.CancellationToken);
                clients.Add(client);
                await client.GetStream().WriteAsync(Nonsense(i), TestContext.Current.CancellationToken);
            }

            await Peer.Must("echoscu", "-aec", ArchiveProcess.Title, "127.0.0.1", $"{archive.Dicom}");
            Assert.Equal(HttpStatusCode.OK, (await Stow.Send(archive.Http, TestImages.Bytes(1, 1))).Status);
            Assert.InRange(archive.PeakMemory() - before, 0, 150L << 20);
        }
        finally
        {
            foreach (var client in clients) client.Dispose();
        }

        await Peer.Must("echoscu", "-aec", ArchiveProcess.Title, "127.0.0.1", $"{archive.Dicom}");
    }

    [Fact]
    public async Task Random_bytes_never_stop_the_archive()
    {
        await using var archive = await ArchiveProcess.Start(_folder);
        var random = new Random(3);
        for (var i = 0; i < 200; i++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, archive.Dicom, TestContext.Current.CancellationToken);
            var bytes = new byte[random.Next(1, 5000)];
            random.NextBytes(bytes);
            if (i % 2 == 0) bytes[0] = (byte)random.Next(1, 8);
            if (i % 4 == 0 && bytes.Length > 6) BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(2), (uint)bytes.Length - 6);
            try
            {
                await client.GetStream().WriteAsync(bytes, TestContext.Current.CancellationToken);
            }
            catch (IOException)
            {
                // It was closed in the middle, which is its right.
            }
        }

        await Peer.Must("echoscu", "-aec", ArchiveProcess.Title, "127.0.0.1", $"{archive.Dicom}");
    }

    /// <summary>Silence, half a header, a length of four gigabytes, a request that never ends.</summary>
    private static byte[] Nonsense(int kind) => (kind % 5) switch
    {
        0 => [1],
        1 => [1, 0, 0xFF, 0xFF, 0xFF, 0xFF],
        2 => [4, 0, 0, 1, 0, 0, 0, 0, 0, 9],
        3 => [1, 0, 0, 0x0F, 0, 0, .. new byte[1000]],
        _ => "GET / HTTP/1.1\r\n\r\n"u8.ToArray(),
    };
}
