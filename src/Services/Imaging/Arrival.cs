using Yunnao.Services.Imaging.Index;
using Yunnao.Services.Imaging.Store;

namespace Yunnao.Services.Imaging;

/// <summary>A file that has come whole, on its way into the packs and from there into the index; or other work with the index, for its turn.</summary>
internal sealed class Arrival(IncomingFile? file, PackRecord? record)
{
    private string? _uid;

    public IncomingFile? File => file;

    public PackRecord? Record => record;

    public Action<IndexWriter>? Work { get; init; }

    /// <summary>Where it was appended.</summary>
    public PackPlace Place { get; set; }

    /// <summary>An instance of its UID is there, with other bytes.</summary>
    public bool IsTaken { get; set; }

    /// <summary>It is on the disk, or the work is done.</summary>
    public bool IsSafe { get; set; }

    /// <summary>What became of it; null until it is known.</summary>
    public StoreOutcome? Outcome { get; set; }

    public Exception? Failure { get; set; }

    /// <summary>Nobody need wait for it any more.</summary>
    public bool IsDone => IsSafe || Outcome is not null || Failure is not null;

    /// <summary>The instance that it says it is; null for other work, and where it cannot be read.</summary>
    public string? Uid => _uid ??= File?.Facts is { } facts && facts.Header.Try(out var header, out _) ? header.InstanceUid : null;
}
