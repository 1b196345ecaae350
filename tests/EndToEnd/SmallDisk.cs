using Xunit;
using Yunnao.Tests.EndToEnd.Feeds;

namespace Yunnao.Tests.EndToEnd;

/// <summary>A small file system in the memory, which is full soon: mounted over a folder until it is disposed, and the folder stays. Skips the test where none can be made.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _folder;

    public SmallDisk(string folder, int megabytes)
    {
        _folder = folder;
        if (Environment.UserName != "root") Assert.Skip("A small file system can be made by root only.");
        Directory.CreateDirectory(folder);
        try
        {
            PeerProcess.Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", folder);
        }
        catch (InvalidOperationException)
        {
            Assert.Skip("A small file system cannot be made here.");
        }
    }

    /// <summary>Gives it another size; what is on it stays.</summary>
    public void Resize(int megabytes) => PeerProcess.Run("mount", "-o", $"remount,size={megabytes}m", _folder);

    public void Dispose() => PeerProcess.Run("umount", "-l", _folder);
}
