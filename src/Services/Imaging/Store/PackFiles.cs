using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Yunnao.Services.Imaging.Store;

/// <summary>The files of a folder of packs, opened for reading when they are asked for.</summary>
/// <param name="folder">Where they are; it is there.</param>
internal sealed class PackFiles(string folder) : IDisposable
{
    private const int OpenAtOnce = 256;
    private readonly ConcurrentDictionary<int, SafeFileHandle> _open = new();

    public string Folder => folder;

    /// <summary>Number of the last pack; 1 when there is none.</summary>
    public int Last() => Directory.EnumerateFiles(folder, "*.pack").Select(f => int.Parse(Path.GetFileNameWithoutExtension(f), CultureInfo.InvariantCulture)).DefaultIfEmpty(1).Max();

    public string PathOf(int pack) => Path.Combine(folder, pack.ToString("D8", CultureInfo.InvariantCulture) + ".pack");

    /// <summary>A pack that is there, for reading.</summary>
    public SafeFileHandle Open(int pack)
    {
        if (_open.TryGetValue(pack, out var handle)) return handle;

        // They are kept until the end; there are as many as packs are asked for, at most some hundred in a process that lives long.
        if (_open.Count >= OpenAtOnce && _open.Keys.FirstOrDefault() is var idle and not 0) _open.TryRemove(idle, out _);
        return _open.GetOrAdd(pack, number => File.OpenHandle(PathOf(number), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous));
    }

    /// <summary>The pack is there no more.</summary>
    public void Forget(int pack) => _open.TryRemove(pack, out _);

    public void Dispose()
    {
        foreach (var handle in _open.Values) handle.Dispose();
    }
}
