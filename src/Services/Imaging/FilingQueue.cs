using System.Data.Common;
using Microsoft.Data.Sqlite;
using Yunnao.Kernel;
using Yunnao.Services.Imaging.Index;

namespace Yunnao.Services.Imaging;

/// <summary>
/// Files that are safe in the packs and not in the index yet. Filed together they cost the index a third; so they wait until they are some, or a moment has passed, but
/// nobody who asks misses one: whoever asks the index, or sends an instance again, has all of them filed first.
/// </summary>
internal sealed class FilingQueue : IAsyncDisposable
{
    private const int Some = 32;
    private const int Most = 4 * Some;
    private const long MostBytes = 64 << 20;

    // What SQLite says where PostgreSQL has the states of class 23: a row contradicts another.
    private const int Constraint = 19;
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);
    private readonly IndexWriter _writer;
    private readonly IndexStatements _reading;
    private readonly Timer _timer;

    // Taken in this order: who works with the index, and who touches the list.
    private readonly Lock _filing = new();
    private readonly Lock _list = new();
    private readonly List<Arrival> _waiting = [];
    private bool _isBehind;

    /// <param name="reading">Another connection to the same index: what comes is judged while what waits is filed.</param>
    public FilingQueue(IndexWriter writer, IndexStatements reading)
    {
        (_writer, _reading, Known) = (writer, reading, new(reading));
        _timer = new(_ => TryFile(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What is in the index; what waits is not, see <see cref="ComesBefore"/>.</summary>
    public KnownInstances Known { get; }

    /// <summary>True when what waits must be in the index before these are judged: there is work with the index, or the same instance again; or no more may wait.</summary>
    public bool ComesBefore(List<Arrival> next)
    {
        lock (_list) return _isBehind || _waiting.Count >= Most || _waiting.Sum(w => w.File!.Length) >= MostBytes || next.Exists(n => n.File is null || _waiting.Exists(w => w.Uid == n.Uid));
    }

    /// <summary>Takes files that are safe, with their memory.</summary>
    public void Add(List<Arrival> files)
    {
        foreach (var arrival in files) arrival.File!.HandOver();
        lock (_list)
        {
            var before = _waiting.Count;
            _waiting.AddRange(files);
            if (before < Some && _waiting.Count >= Some) _timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            else if (before == 0) _timer.Change(Moment, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Files what waits.</summary>
    /// <exception cref="DbException">The index cannot be written. It waits on, and is tried again by the next who comes, and by the next opening.</exception>
    public void File()
    {
        lock (_filing)
        {
            List<Arrival> files;
            lock (_list) files = [.. _waiting];
            if (files.Count == 0) return;
            try
            {
                File(files);
                Forget(files);
            }
            catch (Exception e) when (IsOfTheFile(e))
            {
                // A defect that one file meets must not keep the others, or those that come later, from the index.
                foreach (var arrival in files)
                {
                    FileOrPutAside(arrival);
                    Forget([arrival]);
                }
            }
        }
    }

    /// <summary>As <see cref="File()"/>, where nobody can be told that the index cannot be written.</summary>
    public void TryFile()
    {
        try
        {
            File();
        }
        catch (Exception e) when (ImageArchive.IsOfTheDisk(e))
        {
            // They stay safe in the packs; whoever stores next tries again, and is told.
            lock (_list) _isBehind = true;
        }
    }

    /// <summary>Does work with the index and makes it final, or takes it back.</summary>
    /// <param name="end">Up to where the packs are in the index then.</param>
    public void Do(Action<IndexWriter> work, int pack, long end)
    {
        lock (_filing)
        {
            try
            {
                _writer.Begin();
                work(_writer);
                _writer.Complete(pack, end);
                _writer.Commit();
            }
            catch
            {
                _writer.Rollback();
                throw;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        TryFile();
        lock (_filing) Forget([.. _waiting]);
        _writer.Dispose();
        _reading.Dispose();
    }

    /// <summary>True when it is the file that the index does not take, and not the index that takes nothing.</summary>
    private static bool IsOfTheFile(Exception failure) => !ImageArchive.IsOfTheDisk(failure) || failure is SqliteException { SqliteErrorCode: Constraint } or DbException { SqlState: ['2', '3', ..] };

    private void File(IReadOnlyList<Arrival> files) => Do(
        index =>
        {
            foreach (var arrival in files)
            {
                var facts = arrival.File!.Facts!;
                var problem = Filing.Add(index, facts, arrival.Record!, arrival.Place, arrival.IsTaken);
                arrival.Outcome = StoreOutcome.Of(arrival.File, problem is null ? StoreResult.Stored : facts.Header.Ok ? StoreResult.Held : StoreResult.Unreadable, problem);
            }
        },
        files[^1].Place.Pack, files[^1].Place.Offset + files[^1].Record!.Size);

    private void FileOrPutAside(Arrival arrival)
    {
        try
        {
            File([arrival]);
        }
        catch (Exception e) when (IsOfTheFile(e))
        {
            var record = arrival.Record! with { Hash = arrival.File!.Facts!.Hash };
            Do(index => index.Quarantine("imaging.not-filed", record, arrival.Place, "", "", ""), arrival.Place.Pack, arrival.Place.Offset + record.Size);
            arrival.Outcome = StoreOutcome.Of(arrival.File, StoreResult.Held, new(ProblemKind.Fault, "imaging.not-filed", "The file is safe and could not be put among the images; it is kept aside."));
        }
    }

    /// <summary>Takes the first ones off the list and gives their memory back.</summary>
    private void Forget(List<Arrival> files)
    {
        lock (_list)
        {
            _waiting.RemoveRange(0, files.Count);
            _isBehind = false;
        }

        foreach (var arrival in files) arrival.File!.Release();
    }
}
