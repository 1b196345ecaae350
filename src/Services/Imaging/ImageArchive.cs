using System.Data.Common;
using System.Threading.Channels;
using Yunnao.Kernel;
using Yunnao.Lake.Objects;
using Yunnao.Services.Imaging.Index;
using Yunnao.Services.Imaging.Store;
using Yunnao.Trust.Keys;

namespace Yunnao.Services.Imaging;

/// <summary>
/// The archive of images: packs that hold the files as they came, large files as objects, and an index over both. A file is acknowledged when
/// it is on the disk and in the index; files that come at the same time share one flush. The index is derived: what it lacks after a power
/// cut is read from the packs when the archive is opened.
/// </summary>
public sealed class ImageArchive : IAsyncDisposable
{
    private const int MostTogether = 512;
    private const long MostBytesTogether = 64 << 20;
    private readonly ImageArchiveOptions _options;
    private readonly PackFolder _packs;
    private readonly FileObjectStore _objects;
    private readonly FileStream? _owner;
    private readonly IndexWriter? _writer;
    private readonly IndexCipher _cipher;
    private readonly KeyRing? _ownKeys;
    private readonly TimeProvider _clock;
    private readonly Channel<Pending> _waiting = Channel.CreateBounded<Pending>(1024);
    private readonly Task _committing;

    private ImageArchive(ImageArchiveOptions options, PackFolder packs, FileObjectStore objects, ImageIndex index, IndexWriter? writer, FileStream? owner, IndexCipher cipher, KeyRing keys, TimeProvider clock)
    {
        (_options, _packs, _objects, Index, _writer, _owner, _cipher, _clock) = (options, packs, objects, index, writer, owner, cipher, clock);
        _ownKeys = options.Keys is null ? keys : null;
        _committing = writer is null ? Task.CompletedTask : Task.Run(CommitAsync);
    }

    /// <summary>True when nothing can be stored through this one.</summary>
    public bool IsReadOnly => _writer is null;

    /// <summary>What is in the archive.</summary>
    internal ImageIndex Index { get; }

    /// <summary>
    /// Opens the archive of a data folder, made if absent, and brings the index up to the packs. Problems: <c>imaging.busy</c>,
    /// <c>imaging.index</c>, <c>imaging.index-version</c>, <c>keys.*</c>.
    /// </summary>
    public static async Task<Result<ImageArchive>> OpenAsync(ImageArchiveOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        if (!(options.Keys is { } given ? given : KeyRing.Open(options.Folder)).Try(out var keys, out var problem)) return problem;
        var cipher = new IndexCipher(keys.Current(KeyUse.ImageIndex, Suite.Aes));
        var folder = Path.Combine(options.Folder, "imaging");
        Directory.CreateDirectory(folder);
        FileStream? owner = null;
        try
        {
            if (!options.ReadOnly) owner = new FileStream(Path.Combine(folder, "owner"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return new Problem(ProblemKind.Busy, "imaging.busy", "Another process writes to this archive; stop it, or send to it.");
        }

        IndexDialect dialect = options.PostgreSql is { } connection ? new PostgreSqlDialect(connection) : new SqliteDialect(Path.Combine(folder, "index.db"));
        try
        {
            var writing = dialect.Connect(forWriting: true);
            if (!IndexSchema.Open(writing, dialect, cipher.KeyId, !options.ReadOnly))
            {
                await writing.DisposeAsync().ConfigureAwait(false);
                return new Problem(ProblemKind.Conflict, "imaging.index-version", "The index is of another version or key. It is made again from the packs when the archive is opened for writing: start `yunnao imaging serve` once.");
            }

            var index = new ImageIndex(dialect, cipher);
            IndexWriter? writer = null;
            if (options.ReadOnly) await writing.DisposeAsync().ConfigureAwait(false);
            else writer = new IndexWriter(writing, index.Codes, cipher, clock);
            var packs = PackFolder.Open(Path.Combine(folder, "packs"), options.PackSize);
            var objects = FileObjectStore.Open(Path.Combine(options.Folder, "objects"), new ObjectCipher(keys));
            if (writer is not null) await Recovery.RunAsync(packs, objects, writer, cancellation).ConfigureAwait(false);
            return new ImageArchive(options, packs, objects, index, writer, owner, cipher, keys, clock);
        }
        catch (DbException e)
        {
            if (owner is not null) await owner.DisposeAsync().ConfigureAwait(false);
            return new Problem(ProblemKind.Unavailable, "imaging.index", $"The index cannot be opened ({e.GetType().Name}, code {e.ErrorCode}).");
        }
    }

    /// <summary>A file that will be handed over piece by piece.</summary>
    internal IncomingFile Receive() => new(_objects, _options.LargestPacked);

    /// <summary>The file is whole: keeps it. The outcome is there when it is safe, or is not.</summary>
    /// <param name="organisation">Code of the institution whose patient numbers it has.</param>
    /// <param name="sender">Who sent it: an AE title or the name of an interface.</param>
    internal async Task<StoreOutcome> StoreAsync(IncomingFile file, string organisation, string sender, CancellationToken cancellation)
    {
        try
        {
            var facts = await file.ReadAsync(cancellation).ConfigureAwait(false);
            await file.KeepAsync().ConfigureAwait(false);
            var record = new PackRecord(file.IsObject, IsErased: false, file.Length, facts.Hash, _clock.GetUtcNow().UtcTicks, organisation, sender);
            var pending = new Pending(file, record, new(TaskCreationOptions.RunContinuationsAsynchronously));
            await _waiting.Writer.WriteAsync(pending, cancellation).ConfigureAwait(false);
            return await pending.Done.Task.ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DbException or ChannelClosedException)
        {
            return NotKept(file);
        }
    }

    /// <summary>The bytes of an instance.</summary>
    internal StoredFile Open(InstanceRow instance) => StoredFile.Of(_packs, _objects, instance.Place, instance.Hash);

    /// <summary>The bytes of a file in quarantine.</summary>
    internal StoredFile Open(QuarantineRow row) => StoredFile.Of(_packs, _objects, row.Place, row.Hash);

    /// <summary>Erases instances: out of the index, then their bytes. An object that another instance has too stays.</summary>
    internal async Task EraseAsync(StudyRow study, SeriesRow series, IReadOnlyList<InstanceRow> instances, CancellationToken cancellation)
    {
        await WorkAsync(index => index.Remove(study, series, instances), cancellation).ConfigureAwait(false);
        foreach (var instance in instances)
        {
            _packs.Erase(instance.Place);
            if (instance.Place.IsObject) await _objects.DeleteAsync(Convert.ToHexStringLower(instance.Hash), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Does something else with the index, in its turn and in a transaction.</summary>
    internal async Task WorkAsync(Action<IndexWriter> work, CancellationToken cancellation)
    {
        var done = new TaskCompletionSource<StoreOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _waiting.Writer.WriteAsync(new Pending(null!, null!, done) { Work = work }, cancellation).ConfigureAwait(false);
        await done.Task.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _committing.ConfigureAwait(false);
        _writer?.Dispose();
        Index.Dispose();
        _cipher.Dispose();
        _packs.Dispose();
        if (_owner is not null) await _owner.DisposeAsync().ConfigureAwait(false);
        _ownKeys?.Dispose();
    }

    /// <summary>The outcome of a file for which there was no room.</summary>
    internal static StoreOutcome NotKept(IncomingFile file) =>
        Outcome(file, StoreResult.NotKept, new(ProblemKind.Unavailable, "imaging.not-kept", "The file could not be written: the disk is full or broken."));

    private static StoreOutcome Outcome(IncomingFile file, StoreResult result, Problem? problem) =>
        file.Facts is { } facts && facts.Header.Try(out var header, out _)
            ? new(result, problem, header.SopClass, header.InstanceUid, header.StudyUid, header.SeriesUid)
            : new(result, problem, "", "", "", "");

    private async Task CommitAsync()
    {
        var group = new List<Pending>();
        Pending? carried = null;
        while (carried is not null || await _waiting.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            group.Clear();
            var uids = new HashSet<string>(StringComparer.Ordinal);
            long bytes = 0;
            while (group.Count < MostTogether && bytes < MostBytesTogether && (carried ?? (_waiting.Reader.TryRead(out var next) ? next : null)) is { } pending)
            {
                carried = null;

                // The same instance twice in one group: the second is judged when the first is there.
                if (pending.Uid is { } uid && !uids.Add(uid))
                {
                    carried = pending;
                    break;
                }

                group.Add(pending);
                bytes += pending.Record is { IsObject: false } record ? record.Length : 0;
            }

            if (group.Count > 0) Commit(group);
        }
    }

    private void Commit(List<Pending> group)
    {
        var (pack, end) = (_packs.LastPack, _packs.End);
        try
        {
            _writer!.Begin();
            var fresh = new List<Pending>(group.Count);
            var outcomes = new StoreOutcome?[group.Count];
            for (var i = 0; i < group.Count; i++)
            {
                group[i].Work?.Invoke(_writer);
                outcomes[i] = group[i].Work is not null ? WorkDone : Filing.Known(_writer, group[i].File.Facts!) ? Outcome(group[i].File, StoreResult.Already, null) : null;
                if (outcomes[i] is null) fresh.Add(group[i]);
            }

            var places = fresh.Count == 0 ? [] : _packs.Append([.. fresh.Select(f => (f.Record, (IReadOnlyList<ReadOnlyMemory<byte>>)[f.File.Bytes]))], _options.FlushToDisk);
            var filed = 0;
            for (var i = 0; i < group.Count; i++)
            {
                if (outcomes[i] is not null) continue;
                var (file, record) = (group[i].File, group[i].Record);
                var problem = Filing.Add(_writer, file.Facts!, record, places[filed++]);
                var result = problem is null ? StoreResult.Stored : file.Facts!.Header.Ok ? StoreResult.Held : StoreResult.Unreadable;
                outcomes[i] = Outcome(file, result, problem);
            }

            _writer.Commit(_packs.LastPack, _packs.End);
            for (var i = 0; i < group.Count; i++) group[i].Done.SetResult(outcomes[i]!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DbException)
        {
            _writer!.Rollback();
            TryCutBack(pack, end);
            foreach (var pending in group) pending.Done.TrySetException(new IOException("The archive cannot be written.", e));
        }
    }

    /// <summary>What is left behind the end is found unacknowledged at the next opening, and is filed then: nothing is lost by it.</summary>
    private void TryCutBack(int pack, long end)
    {
        try
        {
            _packs.CutBack(pack, end);
        }
        catch (IOException)
        {
            // The disk is broken.
        }
    }

    private static readonly StoreOutcome WorkDone = new(StoreResult.Stored, null, "", "", "", "");

    private sealed record Pending(IncomingFile File, PackRecord Record, TaskCompletionSource<StoreOutcome> Done)
    {
        public Action<IndexWriter>? Work { get; init; }

        public string? Uid => File?.Facts is { } facts && facts.Header.Try(out var header, out _) ? header.InstanceUid : null;
    }
}
