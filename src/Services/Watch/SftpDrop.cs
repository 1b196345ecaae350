using System.Globalization;
using System.Net.Sockets;
using Renci.SshNet;
using Renci.SshNet.Common;
using Yunnao.Kernel;
using Yunnao.Standards.Feeds;

namespace Yunnao.Services.Watch;

/// <summary>A folder of an SFTP server. The server must show the key that the description of the feed names.</summary>
public sealed class SftpDrop : IDrop
{
    private const int MostFolders = 10_000;
    private readonly Feed _feed;
    private readonly SftpClient _client;
    private string? _shown;

    /// <summary>Prepares the connection; it is opened when it is needed, and opened again when it was lost.</summary>
    private SftpDrop(Feed feed, AuthenticationMethod method)
    {
        _feed = feed;
        _client = new SftpClient(new ConnectionInfo(feed.Host!, feed.Port, feed.User!, method) { Timeout = TimeSpan.FromSeconds(30) });
        _client.KeepAliveInterval = TimeSpan.FromSeconds(30);
        _client.HostKeyReceived += (_, key) =>
        {
            _shown = "SHA256:" + key.FingerPrintSHA256;
            key.CanTrust = _shown == feed.HostKey;
        };
    }

    /// <summary>Problems: <c>watch.key-file</c>.</summary>
    /// <param name="secret">The account's password, or the passphrase of its key file.</param>
    public static Result<SftpDrop> Open(Feed feed, string? secret)
    {
        if (feed.KeyFile is not { } file) return new SftpDrop(feed, new PasswordAuthenticationMethod(feed.User!, secret ?? ""));
        try
        {
            return new SftpDrop(feed, new PrivateKeyAuthenticationMethod(feed.User!, new PrivateKeyFile(file, secret)));
        }
        catch (Exception e) when (e is SshException or IOException or UnauthorizedAccessException)
        {
            return new Problem(ProblemKind.Incorrect, "watch.key-file", "The key file cannot be read: it is not there, not a private key of OpenSSH, or its passphrase is wrong.", new(file));
        }
    }

    /// <inheritdoc/>
    public string Place => $"sftp://{_feed.User}@{_feed.Host}:{_feed.Port}/{_feed.Folder}";

    /// <inheritdoc/>
    public bool AppearsWhole => false;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DropFile>> ListAsync(CancellationToken cancellation)
    {
        await ConnectAsync(cancellation).ConfigureAwait(false);
        var files = new List<DropFile>();
        var folders = new Queue<string>([""]);
        for (var looked = 0; looked < MostFolders && folders.TryDequeue(out var folder); looked++)
        {
            await foreach (var entry in _client.ListDirectoryAsync(PathOf(folder), cancellation).ConfigureAwait(false))
            {
                if (entry.Name.StartsWith('.')) continue;
                var name = folder.Length == 0 ? entry.Name : $"{folder}/{entry.Name}";
                if (entry.IsDirectory && name is not (DropNames.Done or DropNames.Failed)) folders.Enqueue(name);
                else if (entry.IsRegularFile) files.Add(new(name, entry.Length, entry.LastWriteTimeUtc.Ticks.ToString(CultureInfo.InvariantCulture)));
            }
        }

        return files;
    }

    /// <inheritdoc/>
    public async Task<string> FetchAsync(DropFile file, string folder, CancellationToken cancellation)
    {
        await ConnectAsync(cancellation).ConfigureAwait(false);
        var path = LocalCopy.PathOf(folder, file.Name);
        var copy = File.Create(path);
        await using (copy.ConfigureAwait(false)) await _client.DownloadFileAsync(PathOf(file.Name), copy, cancellation).ConfigureAwait(false);
        return path;
    }

    /// <inheritdoc/>
    public async Task MoveAsync(DropFile file, string name, CancellationToken cancellation)
    {
        await ConnectAsync(cancellation).ConfigureAwait(false);
        var number = 1;
        while (await _client.ExistsAsync(PathOf(DropNames.Numbered(name, number)), cancellation).ConfigureAwait(false)) number++;
        var to = DropNames.Numbered(name, number);
        var parts = to.Split('/');
        for (var depth = 1; depth < parts.Length; depth++)
        {
            var folder = PathOf(string.Join('/', parts[..depth]));
            if (!await _client.ExistsAsync(folder, cancellation).ConfigureAwait(false)) await _client.CreateDirectoryAsync(folder, cancellation).ConfigureAwait(false);
        }

        await _client.RenameFileAsync(PathOf(file.Name), PathOf(to), cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Problem? Explain(Exception exception) => exception switch
    {
        _ when _shown is not null && _shown != _feed.HostKey => new(
            ProblemKind.Forbidden, "watch.host-key",
            $"The server shows the key {_shown}, and the description of the feed names {_feed.HostKey ?? "none"}. Ask the server's operator for the fingerprint; where it is this one, write it as host_key.", new(_feed.File)),
        SshAuthenticationException => new(ProblemKind.Forbidden, "watch.login", "The server does not accept this account, its password or its key.", new(_feed.File)),
        SftpPathNotFoundException or SftpPermissionDeniedException => new(ProblemKind.NotFound, "watch.folder", "The folder or a file in it is not there, or may not be read or moved by this account.", new(Place)),
        SshException or SocketException or IOException or TimeoutException or ObjectDisposedException =>
            new(ProblemKind.Unavailable, "watch.connect", "The server does not answer as it should, or the connection was lost. It is tried again at the next look.", new(Place)),
        _ => null,
    };

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task ConnectAsync(CancellationToken cancellation) => _client.IsConnected ? Task.CompletedTask : _client.ConnectAsync(cancellation);

    private string PathOf(string name) => name.Length == 0 ? _feed.Folder : $"{_feed.Folder.TrimEnd('/')}/{name}";
}
