using System.IO.Compression;
using System.Security.Cryptography;

namespace Yunnao.Standards.Loading;

/// <summary>All files of a registry in one archive (ZIP), so that a lake can keep the registry that its tables were made from.</summary>
public static class RegistrySnapshot
{
    // The first time that the format can hold.
    private static readonly DateTimeOffset s_noTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Packs the files that the loader reads.</summary>
    public static byte[] Pack(string directory)
    {
        using var buffer = new MemoryStream();
        using (var archive = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var file in RegistryFiles.Read(directory).All)
            {
                // The same files are the same archive, whenever it is made.
                var entry = archive.CreateEntry(file.Path, CompressionLevel.Fastest);
                entry.LastWriteTime = s_noTime;
                using var content = entry.Open();
                content.Write(file.Content);
            }
        }

        return buffer.ToArray();
    }

    /// <summary>Reads a registry out of its archive.</summary>
    /// <param name="name">What to call it in problems, in place of its folder.</param>
    public static RegistryLoad Load(byte[] archive, string name)
    {
        using var zip = new ZipArchive(new MemoryStream(archive), ZipArchiveMode.Read);
        var files = zip.Entries.Select(entry =>
        {
            using var stream = entry.Open();
            using var content = new MemoryStream();
            stream.CopyTo(content);
            return new RegistryFile(entry.FullName, content.ToArray(), SHA256.HashData(content.ToArray()));
        });
        return RegistryLoader.Read(RegistryFiles.Of(files), name);
    }
}
