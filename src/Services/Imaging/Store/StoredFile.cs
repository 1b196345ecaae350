using Yunnao.Lake.Objects;

namespace Yunnao.Services.Imaging.Store;

/// <summary>Bytes of a stored file, read where they are: in a pack, or an object of the store, whose encrypted ranges are read without the rest.</summary>
internal sealed class StoredFile(PackFolder packs, PackPlace place, FileObjectStore? objects, string id)
{
    /// <summary>Length in bytes.</summary>
    public long Length => place.Length;

    /// <summary>A stretch of the file, read in one go.</summary>
    public byte[] Read(long offset, int length)
    {
        var bytes = new byte[length];
        if (objects is null)
        {
            using var packed = packs.Open(place);
            packed.Read(offset, bytes);
            return bytes;
        }

        using var file = OpenObject();
        file.Position = offset;
        file.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>A seekable stream over the file from an offset on.</summary>
    public Stream Open(long offset = 0, long? length = null)
    {
        var until = length is { } some ? offset + some : Length;
        if (objects is null) return new PackStream(packs.Open(place), offset, until);
        var file = OpenObject();
        return offset == 0 && length is null ? file : new StretchStream(file, offset, until);
    }

    public static StoredFile Of(PackFolder packs, FileObjectStore objects, PackPlace place, byte[] hash) =>
        new(packs, place, place.IsObject ? objects : null, Convert.ToHexStringLower(hash));

    /// <exception cref="InvalidDataException">It is damaged, or gone.</exception>
    /// <exception cref="UnauthorizedAccessException">Its key is not there, which is no damage.</exception>
    private Stream OpenObject()
    {
        if (objects!.Open(id).Try(out var file, out var problem)) return file;
        throw problem.Code == "keys.unknown" ? new UnauthorizedAccessException(problem.Message.ToString()) : new InvalidDataException($"An object that the index names cannot be read ({problem.Code}).");
    }
}
