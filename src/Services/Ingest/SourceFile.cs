using Yunnao.Standards;

namespace Yunnao.Services.Ingest;

/// <summary>A file to load and the mapping to read it with.</summary>
/// <param name="Name">Name used in messages and matched against a mapping's file patterns.</param>
public sealed record SourceFile(string Path, string Name, long Bytes, SourceMapping Mapping)
{
    /// <summary>Whose numbering the local patient numbers follow; null where it is that of each record's institution.</summary>
    /// <param name="sender">The organisation that the load names.</param>
    public string? Numbering(string? sender) => Mapping.NumberedBySender ? sender ?? Mapping.Id : null;
}
