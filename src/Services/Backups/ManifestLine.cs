namespace Yunnao.Services.Backups;

/// <summary>
/// One line of a manifest (JSON), in the order of the restore: a file of the data folder and then its pieces, the objects, and last the head.
/// Exactly one of <see cref="File"/>, <see cref="Piece"/>, <see cref="Object"/> and <see cref="Head"/> is there.
/// </summary>
internal sealed record ManifestLine
{
    /// <summary>Path in the data folder, with slashes.</summary>
    public string? File { get; init; }

    /// <summary>Ticks (100 ns, UTC) of the last change of a file that changes only with them.</summary>
    public long? Changed { get; init; }

    /// <summary>Name of the next piece of the file.</summary>
    public string? Piece { get; init; }

    /// <summary>Id of an object.</summary>
    public string? Object { get; init; }

    /// <summary>Clear bytes of the piece or object.</summary>
    public long Length { get; init; }

    public BackupHead? Head { get; init; }
}
