using Yunnao.Lake.Objects;

namespace Yunnao.Services.Imaging.Store;

/// <summary>Bytes of a stored file, read where they are.</summary>
internal sealed class StoredFile(PackFolder packs, PackPlace place, string? objectPath)
{
    /// <summary>Length in bytes.</summary>
    public long Length => place.Length;

    /// <summary>A stretch of the file, read in one go.</summary>
    public byte[] Read(long offset, int length)
    {
        var bytes = new byte[length];
        if (objectPath is null)
        {
            packs.Read(place, offset, bytes);
            return bytes;
        }

        using var file = File.OpenHandle(objectPath, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        var filled = 0;
        while (filled < length)
        {
            var read = RandomAccess.Read(file, bytes.AsSpan(filled), offset + filled);
            if (read == 0) throw new EndOfStreamException("An object is shorter than the index says.");
            filled += read;
        }

        return bytes;
    }

    /// <summary>A seekable stream over the file from an offset on.</summary>
    public Stream Open(long offset = 0, long? length = null)
    {
        var until = length is { } some ? offset + some : Length;
        if (objectPath is null) return new PackStream(packs, place, offset, until);
        var file = new FileStream(objectPath, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
        return offset == 0 && length is null ? file : new StretchStream(file, offset, until);
    }

    public static StoredFile Of(PackFolder packs, FileObjectStore objects, PackPlace place, byte[] hash) =>
        new(packs, place, place.IsObject ? objects.PathOf(Convert.ToHexStringLower(hash)) : null);
}
