using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Yunnao.Services.Web;

namespace Yunnao.Server.Local;

/// <summary>
/// The Unix domain socket by which the command line reaches a running server: <c>yunnao.sock</c> in the data folder, readable by its owner
/// only. Who can open it can read the folder, and is the local administrator.
/// </summary>
public static class LocalSocket
{
    // Of sockaddr_un, less than the smallest limit (104 bytes on BSD).
    private const int LongestPath = 100;
    private static readonly object s_mark = new();

    /// <summary>The local administrator.</summary>
    public static ClaimsPrincipal Administrator { get; } = new(new ClaimsIdentity(
        [new("sub", $"local:{Environment.UserName}"), new(CallerId.LocalClaim, "true")], "socket", "sub", "role"));

    /// <summary>Path of the socket of a data folder; beside the temporary files where the folder's own path is too long for a socket.</summary>
    public static string PathOf(string folder)
    {
        var near = Path.Combine(Path.GetFullPath(folder), "yunnao.sock");
        if (Encoding.UTF8.GetByteCount(near) <= LongestPath) return near;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(near)))[..16];
        return Path.Combine(Path.GetTempPath(), $"yunnao-{Environment.UserName}-{hash}", "yunnao.sock");
    }

    /// <summary>Listens on the socket; what comes by it is marked.</summary>
    internal static void Listen(KestrelServerOptions kestrel, string folder)
    {
        var path = PathOf(folder);
        var parent = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(parent))
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(parent);
            else Directory.CreateDirectory(parent, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        File.Delete(path);
        kestrel.ListenUnixSocket(path, listen => listen.Use(next => connection =>
        {
            connection.Items[s_mark] = true;
            return next(connection);
        }));
    }

    /// <summary>Takes the socket away from everybody but its owner.</summary>
    internal static void Close(string folder)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(PathOf(folder), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>True of a request that came by the socket.</summary>
    internal static bool IsLocal(HttpContext http) => http.Features.Get<IConnectionItemsFeature>()?.Items.ContainsKey(s_mark) == true;
}
