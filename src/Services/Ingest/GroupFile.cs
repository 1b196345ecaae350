using Yunnao.Lake.Objects;

namespace Yunnao.Services.Ingest;

/// <summary>A small file of a group, with all of its bytes.</summary>
internal sealed class GroupFile(SourceFile file, byte[] bytes)
{
    public SourceFile File { get; } = file;

    public byte[] Bytes { get; } = bytes;

    /// <summary>Its bytes on their way to the object store, once they are.</summary>
    public ReceivedObject? Landed { get; set; }

    /// <summary>Number of its batch, once it has one.</summary>
    public int Batch { get; set; }
}
