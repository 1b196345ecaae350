using Yunnao.Lake.Objects;

namespace Yunnao.Services.Ingest;

/// <summary>A small file of a group, with all of its bytes.</summary>
internal sealed class GroupFile(SourceFile file, byte[] bytes) : IAsyncDisposable
{
    public SourceFile File { get; } = file;

    public byte[] Bytes { get; } = bytes;

    /// <summary>Its bytes on their way to the object store, once they are.</summary>
    public ReceivedObject? Landed { get; set; }

    /// <summary>Its rows, where it was decoded before the turn of its group came.</summary>
    public FileRows? Rows { get; set; }

    /// <summary>Called when it is let go.</summary>
    public Action? Released { get; set; }

    /// <summary>Number of its batch, once it has one.</summary>
    public int Batch { get; set; }

    /// <summary>Lets the rows go, and the landed bytes unless they were kept.</summary>
    public async ValueTask DisposeAsync()
    {
        Released?.Invoke();
        (Released, Rows) = (null, null);
        if (Landed is not { } landed) return;
        Landed = null;
        await landed.DisposeAsync().ConfigureAwait(false);
    }
}
