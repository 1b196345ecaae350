using System.Threading.Channels;
using DuckDB.NET.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Yunnao.Kernel;
using Yunnao.Services.Ingest;

namespace Yunnao.Services.Fhir.Writing;

/// <summary>
/// Brings what requests want to write into the lake, which takes one transaction at a time: all that arrived while the last one ran goes into the next
/// one, each request as a batch of its own, and each is told when that is durable. A request whose records are refused is taken out and the others are
/// loaded without it.
/// </summary>
internal sealed partial class FhirWriter(IngestService ingest, ResourceBook book, ResourcePlaces places, ArrivalTimes arrivals, TimeProvider time, ILogger<FhirWriter> log) : BackgroundService
{
    private const int MostTogether = 1000, Waiting = 4096, Gathering = 5, Enough = 2000;
    private const long MostBytes = 64 << 20;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20), s_patience = TimeSpan.FromSeconds(30), s_turn = TimeSpan.FromMilliseconds(1);

    private readonly Channel<WriteSet> _waiting = Channel.CreateBounded<WriteSet>(new BoundedChannelOptions(Waiting) { SingleReader = true });
    private readonly Queue<WriteSet> _later = new();
    private int _resources;

    /// <summary>Writes a set; ends when it is durable, or known not to be. What became of the entries is in them. Problems: <c>fhir.refused</c> (the entries say why), <c>batch.open</c>, <c>fhir.stopping</c>, <c>fhir.fault</c>.</summary>
    public async Task<Problem?> WriteAsync(WriteSet set, CancellationToken cancellation)
    {
        // Beside the loading of others: what is decoded and landed already is not waited for.
        set.Prepared = File(set);
        await ingest.PrepareAsync(set.Prepared, cancellation).ConfigureAwait(false);
        Interlocked.Add(ref _resources, set.Entries.Count);
        try
        {
            await _waiting.Writer.WriteAsync(set, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ChannelClosedException or OperationCanceledException)
        {
            Interlocked.Add(ref _resources, -set.Entries.Count);
            await set.Prepared.DisposeAsync().ConfigureAwait(false);
            if (e is ChannelClosedException) return Stopping();
            throw;
        }

        // From here on it may be written: whoever goes away does not know, whoever stays is told.
        return await set.Done.Task.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stopping = stoppingToken.Register(() => _waiting.Writer.TryComplete());
        var (answered, took) = (0, TimeSpan.Zero);
        while (_later.Count > 0 || await _waiting.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            await GatherAsync(answered, took / Gathering, stoppingToken).ConfigureAwait(false);
            var (group, begun) = (Next(), time.GetTimestamp());
            answered = group.Count;
            try
            {
                await LoadAsync(group, stoppingToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // The message of an exception may hold a value of a record; its type and stack do not.
                Broken(e.GetType().FullName, e.StackTrace);
                foreach (var set in group)
                {
                    if (set.Prepared is { } prepared) await prepared.DisposeAsync().ConfigureAwait(false);
                    set.Done.TrySetResult(new(ProblemKind.Fault, "fhir.fault", $"A defect: {e.GetType()}. Nothing was written."));
                }
            }

            took = time.GetElapsedTime(begun);
        }
    }

    /// <summary>
    /// Those who were just answered mostly send again at once: they are waited for, a fraction of what the last group took at most, so that they and those
    /// who waited meanwhile share the next commit instead of taking turns; but not where enough is there that it is worth a commit: while that is written, theirs
    /// is prepared.
    /// </summary>
    private async Task GatherAsync(int answered, TimeSpan most, CancellationToken stopping)
    {
        var (begun, expected) = (time.GetTimestamp(), Math.Min(answered < 2 ? 0 : answered + _waiting.Reader.Count, MostTogether));
        while (_waiting.Reader.Count + _later.Count < expected && Volatile.Read(ref _resources) < Enough && time.GetElapsedTime(begun) < most && !stopping.IsCancellationRequested)
            await Task.Delay(s_turn, time, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>What can be loaded together: of one institution, and no record twice that may be there already.</summary>
    private List<WriteSet> Next()
    {
        var (group, put, bytes, later) = (new List<WriteSet>(), new HashSet<(string, string)>(), 0L, new List<WriteSet>());
        while (group.Count < MostTogether && bytes < MostBytes && (_later.TryDequeue(out var set) || _waiting.Reader.TryRead(out set)))
        {
            var keys = set.Entries.Where(e => e.MayExist).Select(e => (e.Type, e.Number!)).ToList();
            var fits = group.Count == 0 || (group[0].Organisation == set.Organisation && !set.OnlyTried && !group[0].OnlyTried && !keys.Exists(put.Contains));
            if (!fits) later.Add(set);
            else
            {
                group.Add(set);
                Interlocked.Add(ref _resources, -set.Entries.Count);
                put.UnionWith(keys);
                bytes += set.Body.Length;
            }
        }

        // In front of what came after them.
        var rest = _later.ToArray();
        _later.Clear();
        foreach (var set in later.Concat(rest)) _later.Enqueue(set);
        return group;
    }

    private async Task LoadAsync(List<WriteSet> group, CancellationToken stopping)
    {
        var begun = time.GetTimestamp();
        while (group.Count > 0)
        {
            var files = group.ConvertAll(Take);
            var failed = false;
            Problem? problem = null;
            try
            {
                var loaded = await ingest.LoadTogetherAsync(files, group[0].Organisation, load => Judge(load, group, out failed), CancellationToken.None).ConfigureAwait(false);
                if (loaded.Try(out var batches, out problem))
                {
                    for (var i = 0; i < group.Count; i++)
                    {
                        group[i].Batch = batches[i].Number;
                        arrivals.Note(batches[i].Number, batches[i].Committed, batches[i].Received);
                        group[i].Done.TrySetResult(null);
                    }

                    return;
                }
            }
            catch (Exception e) when (e is DuckDBException or InvalidDataException && group.Count > 1)
            {
                // One of them is too much for the engine: each by itself.
                foreach (var one in group) await LoadAsync([one], stopping).ConfigureAwait(false);
                return;
            }

            if (failed)
            {
                SetAside(group);
            }
            else if (problem is { Kind: ProblemKind.Busy } && !stopping.IsCancellationRequested && time.GetElapsedTime(begun) < s_patience)
            {
                await Task.Delay(s_pause, time, CancellationToken.None).ConfigureAwait(false);
            }
            else
            {
                foreach (var set in group) set.Done.TrySetResult(problem);
                return;
            }
        }
    }

    private GroupFile Take(WriteSet set)
    {
        var file = set.Prepared ?? File(set);
        set.Prepared = null;
        return file;
    }

    private GroupFile File(WriteSet set)
    {
        var mapping = ingest.Mapping(ResourceBook.Mapping)!;
        var now = time.GetUtcNow();
        var bytes = LandedBundle.Write(set.Body, set.Entries, now);
        var name = $"fhir-{now.UtcDateTime:yyyyMMdd'T'HHmmss}.json";
        return new(new(name, name, bytes.Length, mapping), bytes);
    }

    /// <summary>After a group was undone: ends the sets that are not to be loaded, and takes out of the others the entries that are not.</summary>
    private static void SetAside(List<WriteSet> group)
    {
        foreach (var set in group.ToList())
        {
            if (set.OnlyTried || (set.Together && set.Failed))
            {
                group.Remove(set);
                set.Done.TrySetResult(set.Failed ? Refused() : null);
                continue;
            }

            set.Entries.RemoveAll(e => e.Issues.Count > 0 || e is { OnlyIfNew: true, Result.Status: 200 });
            if (set.Entries.Count > 0) continue;
            group.Remove(set);
            set.Done.TrySetResult(null);
        }
    }

    /// <summary>Says of each entry what becomes of it. A problem when the group cannot be committed as it is.</summary>
    private Problem? Judge(TogetherLoad load, List<WriteSet> group, out bool failed)
    {
        foreach (var entry in group.SelectMany(s => s.Entries)) entry.Result = null;
        foreach (var row in load.Records(before: group.Exists(s => s.Entries.Exists(e => e.MayExist))))
        {
            var set = group[row.Batch - load.First];
            Take(set, set.Entries[(int)row.Record - 1], row);
        }

        var quarantined = new HashSet<SentEntry>();
        foreach (var row in load.Refused())
        {
            var entry = group[row.Batch - load.First].Entries[Math.Max(0, (int)row.Record - 1)];
            entry.Issues.AddRange(row.Reasons.Select(r => RefusedIssue.Of(book, entry, row.DataSet, r)));
            quarantined.Add(entry);
        }

        foreach (var entry in group.SelectMany(s => s.Entries))
        {
            if (entry.Issues.Count > 0) entry.Result = null;
            else if (entry.Result is null) entry.Issues.Add(new(new(ProblemKind.Unsupported, "mapping.no-row", "The mapping of FHIR makes no record of this resource."), entry.Type));
        }

        // Of a batch, what the checks refuse goes to quarantine, as with every source; all else that must not be loaded is taken out first.
        failed = group.Exists(s => s.OnlyTried || s.Entries.Exists(e => e is { OnlyIfNew: true, Result.Status: 200 } || (e.Issues.Count > 0 && (s.Together || !quarantined.Contains(e)))));
        return failed ? Refused() : null;
    }

    private void Take(WriteSet set, SentEntry entry, StagedRecord row)
    {
        if (row.Organisation != set.Organisation)
        {
            entry.Issues.Add(new(new(ProblemKind.Forbidden, "fhir.organisation", "The record would be another institution's."), entry.Type));
            return;
        }

        var source = entry.Result is null && row.Key is not null ? book.Find(entry.Type)?.Sources.FirstOrDefault(s => s.DataSet == row.DataSet) : null;
        if (source is null) return;
        var id = source.OnePerSubject ? $"{row.Subject}" : row.Key!;
        if (entry.NamedId is { } named && named != id)
        {
            entry.Issues.Add(new(new(ProblemKind.Conflict, "fhir.key-changed", "What makes the record that record was changed, its code for example: it would be another one."), entry.Type));
            return;
        }

        if (entry.IfMatch is { } wanted && WriteConditions.Version(wanted) != row.Before)
        {
            entry.Issues.Add(new(new(ProblemKind.Conflict, "fhir.version", $"The record is of version {row.Before}."), entry.Type));
            return;
        }

        places.Note(source, id, row.Batch);
        entry.Result = entry.OnlyIfNew && row.Before > 0 ? new(entry.Type, id, row.Before, 200) : new(entry.Type, id, row.Before + 1, row.Before > 0 ? 200 : 201);
    }

    private static Problem Refused() => new(ProblemKind.Unsupported, "fhir.refused", "Records were refused; nothing was written.");

    private static Problem Stopping() => new(ProblemKind.Busy, "fhir.stopping", "The server is being stopped. Nothing was written.");

    [LoggerMessage(2401, LogLevel.Error, "Writing of resources ended in a defect: {Type} {Stack}")]
    private partial void Broken(string? type, string? stack);
}
