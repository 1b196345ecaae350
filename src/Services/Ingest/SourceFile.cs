using Yunnao.Standards;

namespace Yunnao.Services.Ingest;

/// <summary>A file to load and the mapping to read it with.</summary>
/// <param name="Name">Name used in messages and matched against a mapping's file patterns.</param>
public sealed record SourceFile(string Path, string Name, long Bytes, SourceMapping Mapping);
