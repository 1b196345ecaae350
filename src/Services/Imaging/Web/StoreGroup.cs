using System.Buffers;
using Yunnao.Services.Imaging.Store;

namespace Yunnao.Services.Imaging.Web;

/// <summary>Instances of one request that are made safe together.</summary>
internal sealed class StoreGroup(StoreOrigin origin)
{
    private readonly PackRun _run = origin.Archive.BeginRun();
    private readonly List<(IncomingFile File, bool HasRoom)> _files = [];

    public int Count => _files.Count;

    /// <summary>Bytes that are held in memory.</summary>
    public long Bytes { get; private set; }

    /// <summary>Reads a part to its end.</summary>
    /// <param name="expected">How long it may be.</param>
    /// <returns>Its length in bytes.</returns>
    public async Task<long> TakeAsync(PartReader part, long expected, CancellationToken cancellation)
    {
        var (file, hasRoom) = (origin.Archive.Receive(expected, _run), true);
        try
        {
            // Where there is no room, the rest of the part is read and let go, so that the caller can be answered.
            for (ReadOnlySequence<byte> bytes; !(bytes = await part.ReadAsync(cancellation).ConfigureAwait(false)).IsEmpty;)
                foreach (var piece in bytes) hasRoom = hasRoom && await file.TryAppendAsync(piece).ConfigureAwait(false);
        }
        catch
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        _files.Add((file, hasRoom));
        if (hasRoom) file.Complete();
        if (!file.IsObject) Bytes += file.Length;
        return file.Length;
    }

    /// <summary>Keeps what was taken; the outcomes are in the order of the parts. Nothing more is taken after it.</summary>
    public async Task<StoreOutcome[]> KeepAsync()
    {
        try
        {
            var kept = new Queue<StoreOutcome>(await origin.Archive.StoreAsync([.. _files.Where(f => f.HasRoom).Select(f => f.File)], origin.Organisation, "STOW-RS").ConfigureAwait(false));
            return [.. _files.Select(f => f.HasRoom ? kept.Dequeue() : StoreOutcome.NotKept(f.File))];
        }
        finally
        {
            _run.Dispose();
            foreach (var (file, _) in _files) await file.DisposeAsync().ConfigureAwait(false);
        }
    }
}
