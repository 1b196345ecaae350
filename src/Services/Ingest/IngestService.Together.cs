using Yunnao.Kernel;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Ingest;

/// <summary>What a caller waits for: bytes that came by an interface, each a batch, in one transaction.</summary>
public sealed partial class IngestService
{
    private const int LandedAtOnce = 4;
    private const long SmallGroup = 8 << 20;

    // What is decoded ahead waits in memory, with buffers of half a megabyte.
    private const int MostAhead = 64, LargestAhead = 1 << 20;

    private int _ahead;

    /// <summary>The mapping of this id, or null.</summary>
    internal SourceMapping? Mapping(string id) => _registry.Mappings.GetValueOrDefault(id);

    /// <summary>
    /// Takes the bytes of a file in and decodes them while other groups are still loaded, unless very much waits already. Whoever calls this has the file loaded
    /// together with others afterwards, or disposes of it.
    /// </summary>
    internal async Task PrepareAsync(GroupFile file, CancellationToken cancellation)
    {
        if (file.Bytes.Length > LargestAhead || !_decodings.Of(file.File.Mapping).Try(out var decoding, out _) || !LandedFile.EncodingOf(file.File).Try(out var encoding, out _)) return;
        if (Interlocked.Increment(ref _ahead) > MostAhead)
        {
            Interlocked.Decrement(ref _ahead);
            return;
        }

        file.Released = () =>
        {
            Interlocked.Decrement(ref _ahead);
            if (file.Rows is { } rows) decoding.Return(rows, file.Bytes);
        };
        try
        {
            await LandAsync(file, cancellation).ConfigureAwait(false);
            file.Rows = await decoding.ReadAsync(file.Bytes, encoding, cancellation).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await file.DisposeAsync().ConfigureAwait(false);

            // Where the disk is full or broken, whoever loads it lands it again, and tells.
            if (e is not (IOException or UnauthorizedAccessException)) throw;
        }
    }

    private async Task LandAsync(GroupFile file, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream(file.Bytes, writable: false);
        file.Landed = await _objects.ReceiveSealedAsync(bytes, cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Loads files that are in memory as batches of one transaction: all of them, durable on return, or none. No two may have the same bytes, and none
    /// those of a batch. They are disposed of in any case. Problems: <c>batch.open</c> (something else is being loaded: try again), and that of <paramref name="judge"/>.
    /// </summary>
    /// <param name="organisation">Institution of the records that do not say theirs.</param>
    /// <param name="judge">Asked before the commit; its problem undoes everything.</param>
    /// <returns>The ledger's entries, in the order of the files.</returns>
    /// <exception cref="DuckDB.NET.Data.DuckDBException">The engine gave up; nothing was loaded.</exception>
    /// <exception cref="InvalidDataException">It gave up on the rows; nothing was loaded.</exception>
    internal async Task<Result<IReadOnlyList<BatchEntry>>> LoadTogetherAsync(
        IReadOnlyList<GroupFile> files, string organisation, Func<TogetherLoad, Problem?> judge, CancellationToken cancellation)
    {
        var ended = true;
        try
        {
            if (!_lake.BeginGroup(small: files.Sum(f => (long)f.Bytes.Length) < SmallGroup).Try(out var batch, out var problem)) return problem;
            ended = false;
            using (batch)
            {
                var together = new ParallelOptions { MaxDegreeOfParallelism = LandedAtOnce, CancellationToken = cancellation };
                if (files.Any(f => f.Landed is null)) await Parallel.ForEachAsync(files.Where(f => f.Landed is null), together, async (f, stop) => await LandAsync(f, stop).ConfigureAwait(false)).ConfigureAwait(false);
                var load = new BatchLoad(_registry, batch, _resolver, _vault);
                using var stager = new GroupStager(files, _decodings, batch, (f, o) => Header(f, o, organisation), load.Codes, load.Sets, organisation);
                var loaded = await load.RunAsync(
                    stager, () => Parallel.ForEachAsync(files, together, async (f, _) => await f.Landed!.KeepAsync().ConfigureAwait(false)), new([], files[0].File.Mapping.Id, organisation),
                    (_, _) => { }, [], cancellation, sets => judge(new(batch, files.Count, sets, _vault))).ConfigureAwait(false);
                ended = loaded.Ok;
                if (!ended) return loaded;
                await TellMergesAsync().ConfigureAwait(false);
                return loaded;
            }
        }
        finally
        {
            if (!ended) _resolver.Forget();
            foreach (var file in files) await file.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>A problem when a record would be another institution's.</summary>
    private static Problem? Foreign(DuckDbBatch batch, IReadOnlyList<StagedSet> sets, string organisation) =>
        sets.Any(s => batch.Connection.Scalar<long>($"SELECT count(*) FROM {s.Rows.From} WHERE {CheckingSql.Organisation(s.Shape, s.Rows)} IS DISTINCT FROM $1", organisation) > 0)
            ? new(ProblemKind.Forbidden, "ingest.foreign", "The file has records of another institution than the sender may write for. Nothing was loaded.")
            : null;
}
