using System.Security.Cryptography;
using System.Text;

namespace Yunnao.Standards.Loading;

/// <summary>All files of a registry's folder, read once, side by side. Files of other names (README.md) are not part of the registry.</summary>
internal sealed class RegistryFiles
{
    private static readonly (string Folder, string Pattern)[] Places =
        [("", "*.csv"), ("codes", "*.csv"), ("items", "*.csv"), ("mappings", "*.yaml"), ("mappings/codes", "*.csv"), ("alarms", "*.yaml"), ("policies", "*.csv"), ("quality", "*.yaml"), (ProfileReader.Folder, "*.json")];

    private readonly Dictionary<string, RegistryFile> _files;

    private RegistryFiles(IEnumerable<RegistryFile> files) => _files = files.ToDictionary(f => f.Path);

    /// <summary>All files by path.</summary>
    public IEnumerable<RegistryFile> All => _files.Values.OrderBy(f => f.Path, StringComparer.Ordinal);

    public RegistryFile? this[string path] => _files.GetValueOrDefault(path);

    /// <summary>The files of a folder by name; an empty folder name means the files beside each other at the top.</summary>
    public IEnumerable<RegistryFile> In(string folder) =>
        _files.Values.Where(f => FolderOf(f.Path) == folder).OrderBy(f => f.Path, StringComparer.Ordinal);

    /// <summary>Files that are in memory already.</summary>
    public static RegistryFiles Of(IEnumerable<RegistryFile> files) => new(files);

    public static RegistryFiles Read(string directory)
    {
        var paths = Places.SelectMany(p => List(directory, p.Folder, p.Pattern)).ToArray();
        var files = new RegistryFile[paths.Length];
        Parallel.For(0, paths.Length, i =>
        {
            var content = File.ReadAllBytes(Path.Combine(directory, paths[i]));
            files[i] = new(paths[i], content, SHA256.HashData(content));
        });
        return new(files);
    }

    /// <summary>A hash over the names and contents of all files, in 32 hexadecimal digits.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in All)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(file.Path));
            hash.AppendData(file.Hash);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    private static IEnumerable<string> List(string directory, string folder, string pattern)
    {
        var full = Path.Combine(directory, folder);
        if (!Directory.Exists(full)) return [];
        return Directory.EnumerateFiles(full, pattern).Select(p => folder.Length == 0 ? Path.GetFileName(p) : $"{folder}/{Path.GetFileName(p)}");
    }

    private static string FolderOf(string path)
    {
        var slash = path.LastIndexOf('/');
        return slash < 0 ? "" : path[..slash];
    }
}
