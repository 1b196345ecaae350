using System.Data;
using System.Data.Common;
using System.Net.Sockets;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.DuckDb.Feeds;
using Yunnao.Services.Ingest;
using Yunnao.Standards.Feeds;

namespace Yunnao.Services.Pull;

/// <summary>
/// One table of a feed, from the watermark on: read as a stream in the order of the watermark, landed in chunks, each of which is a batch
/// whose commit moves the watermark. Memory does not grow with the table.
/// </summary>
internal sealed class TablePull(DuckDbLake lake, IngestService ingest, string temporaryFolder, PullRequest request, FeedTable table)
{
    private const long ChunkBytes = 256L << 20;
    private readonly List<FileOutcome> _chunks = [];
    private readonly Feed _feed = request.Feed;
    private long _read;
    private long _known;
    private long _unmarked;
    private long? _mark;
    private bool _anew = request.Full;

    public async Task<PullOutcome> RunAsync(DbConnection connection, Action<long> progress, CancellationToken cancellation)
    {
        Problem? problem;
        try
        {
            problem = await TryRunAsync(connection, progress, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DbException or SocketException or IOException or TimeoutException)
        {
            problem = DatabaseFeed.Explain(e, _feed);
        }
        catch (Exception e) when (e is OverflowException or InvalidCastException or FormatException)
        {
            problem = new(ProblemKind.Unsupported, "pull.value", "A value of the database is outside of what can be read (a number of too many digits, a date before year 1). Name the columns in a query, and cast that one to text.", new(_feed.File, Path: table.Name));
        }

        return new(_feed.Id, table.Name, _read, _known, _unmarked, _chunks, problem);
    }

    private async Task<Problem?> TryRunAsync(DbConnection connection, Action<long> progress, CancellationToken cancellation)
    {
        var position = table.Watermark is null ? new(null, []) : lake.FeedMarks.Read(_feed.Id, table.Name);
        var from = request.Full ? null : position.Mark;
        var known = request.Full ? [] : position.Seen;
        _mark = from;
        var command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            Watermark? watermark = null;
            if (from is { } mark)
            {
                // The column's type tells how to ask for its values.
                command.CommandText = $"SELECT * FROM {table.Select} WHERE 1 = 0";
                var empty = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
                await using (empty.ConfigureAwait(false))
                    if (!Watermark.Of(empty, table.Watermark!, _feed.File).Try(out watermark, out var untyped)) return untyped;
                command.Parameters.Add(watermark.From(command, mark - table.Overlap));
            }

            command.CommandText = Query(from is not null);
            var reader = await command.ExecuteReaderAsync(CommandBehavior.SingleResult, cancellation).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                if (table.Watermark is { } column && watermark is null && !Watermark.Of(reader, column, _feed.File).Try(out watermark, out var wrong)) return wrong;
                return await ReadAsync(reader, watermark, command.CommandText, known, progress, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task<Problem?> ReadAsync(
        DbDataReader reader, Watermark? watermark, string query, HashSet<UInt128> known, Action<long> progress, CancellationToken cancellation)
    {
        var zone = _feed.TimeZone is { } name ? TimeZoneInfo.FindSystemTimeZoneById(name) : null;
        var columns = new ColumnText[reader.FieldCount];
        for (var i = 0; i < columns.Length; i++)
        {
            if (!ColumnText.Of(reader, i, zone, _feed.File).Try(out var text, out var problem)) return problem;
            columns[i] = text;
        }

        var names = Enumerable.Range(0, reader.FieldCount).Select(reader.GetName).ToList();
        var more = true;
        while (more)
        {
            using var chunk = new Chunk(Path.Combine(temporaryFolder, table.Name + ".csv"), names);
            while (chunk.Rows < table.ChunkRows && chunk.Bytes < ChunkBytes && (more = await reader.ReadAsync(cancellation).ConfigureAwait(false)))
            {
                _read++;
                var mark = watermark?.Read(reader);
                if (watermark is not null && mark is null) _unmarked++;
                if (!chunk.Add(reader, columns, mark, known)) _known++;
                if ((_read & 0xFFF) == 0) progress(_read);
            }

            chunk.Close();
            if (chunk.Rows > 0 && await LoadAsync(chunk, query, cancellation).ConfigureAwait(false) is { } refused) return refused;
            progress(_read);
        }

        return null;
    }

    /// <summary>Loads a chunk; the watermark moves in the same transaction.</summary>
    private async Task<Problem?> LoadAsync(Chunk chunk, string query, CancellationToken cancellation)
    {
        var mark = (_mark, chunk.Mark) is ({ } before, { } now) ? Math.Max(before, now) : chunk.Mark ?? _mark;
        var forget = (mark ?? 0) - table.Overlap;
        var moved = new FeedProgress(_feed.Id, table.Name, query, mark, chunk.Rows, forget, mark is null ? [] : chunk.Seen(forget), _anew);
        var marks = lake.FeedMarks;
        await foreach (var outcome in ingest.IngestAsync(
            new([chunk.Path], _feed.Mapping, DryRun: request.DryRun, WithCommit: b => marks.Write(b.Connection, b.Number, moved)), null, cancellation).ConfigureAwait(false))
        {
            _chunks.Add(outcome);
            if (outcome.Problem is { } problem) return problem;
            if (outcome.AlreadyLoaded is { } batch && !request.DryRun) marks.Write(batch, moved);
        }

        (_mark, _anew) = (mark, false);
        return null;
    }

    private string Query(bool fromMark)
    {
        var column = table.Watermark;
        var order = column is null ? table.Key : [column, .. table.Key];
        var parameter = _feed.Kind == FeedKind.Odbc ? "?" : "@watermark";
        return $"SELECT * FROM {table.Select}{(fromMark ? $" WHERE {column} >= {parameter}" : "")}{(order.Count > 0 ? " ORDER BY " + string.Join(", ", order) : "")}";
    }
}
