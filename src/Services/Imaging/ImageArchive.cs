using System.Collections.Concurrent;
using System.Data.Common;
using Yunnao.Kernel;
using Yunnao.Lake.Objects;
using Yunnao.Services.Imaging.Index;
using Yunnao.Services.Imaging.Store;
using Yunnao.Trust.Keys;

namespace Yunnao.Services.Imaging;

/// <summary>
/// The archive of images: packs that hold the files as they came, large files as objects, and an index over both. A file is acknowledged when
/// it is on the disk; files that come at the same time share one flush. The index is derived and follows at once: whoever asks it finds all that was
/// acknowledged before, and what it lacks after a crash is read from the packs when the archive is opened.
/// </summary>
public sealed class ImageArchive : IAsyncDisposable
{
    private const int MostTogether = 512;
    private const long MostBytesTogether = 64 << 20;
    private readonly ImageArchiveOptions _options;
    private readonly PackFolder _packs;
    private readonly FileObjectStore _objects;
    private readonly FileStream? _owner;
    private readonly FilingQueue? _filing;
    private readonly IndexCipher _cipher;
    private readonly KeyRing _keys;
    private readonly TimeProvider _clock;

    // Whoever has the turn commits for all who wait: a single sender goes from one thread to none, and many share a flush.
    private readonly ConcurrentQueue<Arrival> _waiting = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private bool _closed;

    private ImageArchive(ImageArchiveOptions options, PackFolder packs, FileObjectStore objects, ImageIndex index, FilingQueue? filing, FileStream? owner, IndexCipher cipher, KeyRing keys, TimeProvider clock)
    {
        (_options, _packs, _objects, Index, _filing, _owner, _cipher, _keys, _clock) = (options, packs, objects, index, filing, owner, cipher, keys, clock);
        if (filing is not null) Index.BeforeAsking = filing.TryFile;
    }

    /// <summary>True when nothing can be stored through this one.</summary>
    public bool IsReadOnly => _filing is null;

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
        var owner = options.ReadOnly ? null : TryOwn(folder);
        if (owner is null && !options.ReadOnly) return new Problem(ProblemKind.Busy, "imaging.busy", "Another process writes to this archive; stop it, or send to it.");
        IndexDialect dialect = options.PostgreSql is { } connection ? new PostgreSqlDialect(connection) : new SqliteDialect(Path.Combine(folder, "index.db"));
        IndexWriter? writer = null;
        try
        {
            var writing = dialect.Connect(forWriting: true);
            if (!IndexSchema.Open(writing, dialect, cipher.KeyId, !options.ReadOnly))
            {
                await writing.DisposeAsync().ConfigureAwait(false);
                return new Problem(ProblemKind.Conflict, "imaging.index-version", "The index is of another version or key. It is made again from the packs when the archive is opened for writing: start `yunnao imaging serve` once.");
            }

            var index = new ImageIndex(dialect, cipher);
            writer = new IndexWriter(writing, index.Codes, cipher, clock);
            var packs = PackFolder.Open(Path.Combine(folder, "packs"), options.PackSize, keys, options.ReadOnly ? 0 : options.RoomAhead, options.FlushToDisk && !options.ReadOnly);
            var objects = FileObjectStore.Open(Path.Combine(options.Folder, "objects"), new ObjectCipher(keys));
            if (!options.ReadOnly)
            {
                await Recovery.RunAsync(packs, objects, writer, cancellation).ConfigureAwait(false);
                return new ImageArchive(options, packs, objects, index, new(writer, new(dialect.Connect(forWriting: false))), owner, cipher, keys, clock);
            }

            // What a process that was killed has not filed any more; one that lives does it itself.
            if (Recovery.IsBehind(packs, writer) && (owner = TryOwn(folder)) is not null)
            {
                await Recovery.RunAsync(packs, objects, writer, cancellation).ConfigureAwait(false);
                await owner.DisposeAsync().ConfigureAwait(false);
            }

            writer.Dispose();
            return new ImageArchive(options, packs, objects, index, null, null, cipher, keys, clock);
        }
        catch (UnauthorizedAccessException e)
        {
            writer?.Dispose();
            if (owner is not null) await owner.DisposeAsync().ConfigureAwait(false);
            return new Problem(ProblemKind.Unavailable, "keys.unknown", $"{e.Message}");
        }
        catch (DbException e)
        {
            if (owner is not null) await owner.DisposeAsync().ConfigureAwait(false);
            return new Problem(ProblemKind.Unavailable, "imaging.index", $"The index cannot be opened ({e.GetType().Name}, code {e.ErrorCode}).");
        }
    }

    /// <summary>Files that will come one after another and be kept together: each is received with it.</summary>
    internal PackRun BeginRun() => _packs.Tail.Begin();

    /// <summary>A file that will be handed over piece by piece.</summary>
    /// <param name="expected">How long it may be (bytes): that of the one before from the same sender.</param>
    /// <param name="run">The files with which it will be kept.</param>
    internal IncomingFile Receive(long expected = 0, PackRun? run = null) => new(_objects, _keys, _options.LargestPacked, expected, run);

    /// <summary>The file is whole: keeps it. The outcome is there when it is safe, or is not.</summary>
    /// <param name="organisation">Code of the institution whose patient numbers it has.</param>
    /// <param name="sender">Who sent it: an AE title or the name of an interface.</param>
    internal async Task<StoreOutcome> StoreAsync(IncomingFile file, string organisation, string sender) => (await StoreAsync([file], organisation, sender).ConfigureAwait(false))[0];

    /// <summary>The files are whole: keeps them, with one flush for all. The outcomes are in their order.</summary>
    /// <param name="untilFiled">True waits until they are in the index too: only then an outcome can say that a file contradicts what is there.</param>
    internal async Task<StoreOutcome[]> StoreAsync(IReadOnlyList<IncomingFile> files, string organisation, string sender, bool untilFiled = false)
    {
        var group = new Arrival?[files.Count];
        for (var i = 0; i < group.Length; i++) group[i] = await PrepareAsync(files[i], organisation, sender).ConfigureAwait(false);
        await InTurnAsync([.. group.OfType<Arrival>()]).ConfigureAwait(false);
        if (untilFiled) _filing!.TryFile();
        return [.. group.Select((arrival, i) => OutcomeOf(arrival, files[i]))];
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
        cancellation.ThrowIfCancellationRequested();
        var arrival = new Arrival(null, null) { Work = work };
        await InTurnAsync([arrival]).ConfigureAwait(false);
        if (arrival.Failure is { } failure) throw IsOfTheDisk(failure) ? new IOException("The archive cannot be written.", failure) : Defect(failure);
    }

    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        _closed = true;
        _turn.Release();
        if (_filing is not null) await _filing.DisposeAsync().ConfigureAwait(false);
        Index.Dispose();
        _cipher.Dispose();
        _packs.Dispose();
        if (_owner is not null) await _owner.DisposeAsync().ConfigureAwait(false);
        if (_options.Keys is null) _keys.Dispose();
    }

    /// <summary>What is to be appended of a file; null when there was no room for it.</summary>
    private async Task<Arrival?> PrepareAsync(IncomingFile file, string organisation, string sender)
    {
        try
        {
            var facts = await file.ReadAsync().ConfigureAwait(false);
            await file.KeepAsync().ConfigureAwait(false);
            return new(file, new(file.IsObject, IsErased: false, file.Length, file.IsObject ? facts.Hash : [], _clock.GetUtcNow().UtcTicks, organisation, sender) { IsSealed = !file.IsObject });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The mark of the one process that writes; null while another has it.</summary>
    private static FileStream? TryOwn(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, "owner"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static StoreOutcome OutcomeOf(Arrival? arrival, IncomingFile file)
    {
        if (arrival is null) return StoreOutcome.NotKept(file);
        if (arrival.Failure is { } failure) return IsOfTheDisk(failure) ? StoreOutcome.NotKept(file) : throw Defect(failure);
        return arrival.Outcome ?? StoreOutcome.Safe(file);
    }

    /// <summary>True when the disk or the database failed, and not the program.</summary>
    internal static bool IsOfTheDisk(Exception failure) => failure is IOException or UnauthorizedAccessException or DbException or ObjectDisposedException;

    private static InvalidOperationException Defect(Exception failure) => new("A defect in keeping a file.", failure);

    /// <summary>Waits for the turn; by then the files may be committed with the group of another.</summary>
    private async Task InTurnAsync(IReadOnlyList<Arrival> group)
    {
        foreach (var arrival in group) _waiting.Enqueue(arrival);
        if (group.Count == 0) return;
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            while (!group.All(p => p.IsDone))
            {
                if (_closed) foreach (var arrival in group) arrival.Failure ??= new ObjectDisposedException(nameof(ImageArchive));
                else Commit(TakeGroup());
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private List<Arrival> TakeGroup()
    {
        var (group, uids, bytes) = (new List<Arrival>(), new HashSet<string>(StringComparer.Ordinal), 0L);
        while (group.Count < MostTogether && bytes < MostBytesTogether && _waiting.TryPeek(out var next))
        {
            // The same instance twice in one group: the second is judged when the first is there.
            if (next.Uid is { } uid && !uids.Add(uid)) break;
            _waiting.TryDequeue(out _);
            group.Add(next);
            bytes += next.Record?.StoredLength ?? 0;
        }

        return group;
    }

    /// <summary>Writes the files of a group behind each other and waits for the disk; then they are safe, and are filed a moment later.</summary>
    private void Commit(List<Arrival> group)
    {
        var (pack, end) = (_packs.Tail.Pack, _packs.Tail.End);
        var appended = false;
        try
        {
            if (_filing!.ComesBefore(group)) _filing.File();
            foreach (var arrival in group) Do(arrival);
            var fresh = group.FindAll(p => !p.IsDone);
            if (fresh.Count == 0) return;
            appended = true;
            var places = _packs.Tail.Append([.. fresh.Select(f => new PackEntry(f.Record!, f.File!.Sealed, f.File.Ahead))]);
            for (var i = 0; i < places.Length; i++) fresh[i].Place = places[i];
            if (_options.FlushToDisk) _packs.Tail.Flush();
            _filing.Add(fresh);
            foreach (var arrival in fresh) arrival.IsSafe = true;
        }
        catch (Exception e)
        {
            // Whatever it is, nobody of the group may wait for ever; the one who waits tells a defect from a full disk.
            if (appended) TryCutBack(pack, end);
            foreach (var arrival in group.Where(p => !p.IsDone)) arrival.Failure = e;
        }
    }

    /// <summary>Does the work of one that is no file; of a file, tells whether it is there already.</summary>
    private void Do(Arrival arrival)
    {
        if (arrival.File is { } file)
        {
            if (_filing!.Known.Has(file.Facts!, out var isTaken)) arrival.Outcome = StoreOutcome.Of(file, StoreResult.Already, null);
            arrival.IsTaken = isTaken;
            return;
        }

        try
        {
            _filing!.Do(arrival.Work!, _packs.Tail.Pack, _packs.Tail.End);
            arrival.IsSafe = true;
        }
        catch (Exception e)
        {
            arrival.Failure = e;
        }
    }

    /// <summary>What is left behind the end is found unacknowledged at the next opening, and is filed then: nothing is lost by it.</summary>
    private void TryCutBack(int pack, long end)
    {
        try
        {
            _packs.Tail.CutBack(pack, end);
        }
        catch (IOException)
        {
            // The disk is broken.
        }
    }
}
