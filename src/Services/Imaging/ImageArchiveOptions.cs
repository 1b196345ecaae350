using System.ComponentModel.DataAnnotations;
using Yunnao.Trust.Keys;

namespace Yunnao.Services.Imaging;

/// <summary>Where the archive keeps images and their index.</summary>
public sealed class ImageArchiveOptions
{
    /// <summary>The data folder of the platform.</summary>
    public required string Folder { get; init; }

    /// <summary>Connection string of a PostgreSQL database for the index; null keeps it in a SQLite file of the data folder.</summary>
    public string? PostgreSql { get; init; }

    /// <summary>The keys of the platform; null opens those of the data folder.</summary>
    public KeyRing? Keys { get; init; }

    /// <summary>Longer files become objects of their own instead of going into a pack (bytes).</summary>
    [Range(64 << 10, 64 << 20)]
    public int LargestPacked { get; init; } = 4 << 20;

    /// <summary>A pack of this length is followed by another (bytes).</summary>
    [Range(1 << 20, 1L << 40)]
    public long PackSize { get; init; } = 1L << 30;

    /// <summary>The most zeros that are written behind the end of the last pack while nobody stores, so that the next images are written, and flushed, in half of the time (bytes); 0 for none.</summary>
    [Range(0, 1L << 40)]
    public long RoomAhead { get; init; } = 256 << 20;

    /// <summary>False acknowledges what a power cut may still lose (a killed process never does).</summary>
    public bool FlushToDisk { get; init; } = true;

    /// <summary>True opens an archive that another process may write to, for reading only.</summary>
    public bool ReadOnly { get; init; }
}
