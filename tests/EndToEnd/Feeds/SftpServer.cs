using System.Diagnostics;

namespace Yunnao.Tests.EndToEnd.Feeds;

/// <summary>A real OpenSSH server on this machine only, with keys of its own and one account: who runs the test.</summary>
internal sealed class SftpServer : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("yunnao-sftp-");
    private readonly Process _process;

    public SftpServer()
    {
        var (server, keygen) = (PeerProcess.Find("sshd"), PeerProcess.Find("ssh-keygen"));
        Port = Ports.Free();
        foreach (var key in (string[])["host", "client"]) PeerProcess.Run(keygen, "-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(_folder.FullName, key));
        HostKey = PeerProcess.Run(keygen, "-l", "-f", Path.Combine(_folder.FullName, "host.pub")).Split(' ')[1];
        Directory.CreateDirectory(Drop);
        var configuration = Path.Combine(_folder.FullName, "sshd_config");
        File.WriteAllText(configuration, $"""
            ListenAddress 127.0.0.1
            Port {Port}
            HostKey {Path.Combine(_folder.FullName, "host")}
            AuthorizedKeysFile {Path.Combine(_folder.FullName, "client.pub")}
            PidFile none
            UsePAM no
            StrictModes no
            PasswordAuthentication no
            PermitRootLogin yes
            Subsystem sftp internal-sftp

            """);
        if (Environment.UserName == "root") Directory.CreateDirectory("/run/sshd");
        _process = PeerProcess.Serve(Port, server, "-D", "-e", "-f", configuration);
    }

    public int Port { get; }

    /// <summary>Fingerprint of the server's key.</summary>
    public string HostKey { get; }

    /// <summary>The folder that is served.</summary>
    public string Drop => Path.Combine(_folder.FullName, "drop");

    public string ClientKey => Path.Combine(_folder.FullName, "client");

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder.FullName, recursive: true);
    }
}
