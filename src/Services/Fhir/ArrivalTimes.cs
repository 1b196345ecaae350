using System.Collections.Concurrent;
using System.Globalization;
using Yunnao.Lake;
using Yunnao.Lake.Queries;
using Yunnao.Trust.Rights;

namespace Yunnao.Services.Fhir;

/// <summary>
/// When a version of a record came: the moment at which its batch was committed. Numbers of batches are in the order of commits, so that a
/// condition on the moment is one on the number.
/// </summary>
public sealed class ArrivalTimes(ILakeEngine engine)
{
    private const int MostKept = 100_000;

    private readonly ConcurrentDictionary<int, (DateTime Committed, long Rows)> _known = new();

    /// <summary>The number of the first batch that was committed at or after a moment; after all batches the greatest number there is.</summary>
    /// <param name="utc">UTC.</param>
    public async Task<int> FirstAsync(DateTime utc, CancellationToken cancellation)
    {
        var at = utc.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
        await foreach (var (number, _, _) in RowsAsync($"SELECT min(number) AS number, min(committed) AS committed, 0::BIGINT AS received FROM ops.batch WHERE committed >= TIMESTAMP '{at}'", cancellation).ConfigureAwait(false)) return number;
        return int.MaxValue;
    }

    /// <summary>Makes the moments of these batches known.</summary>
    public async Task KnowAsync(IEnumerable<int> batches, CancellationToken cancellation)
    {
        var wanted = batches.Where(b => !_known.ContainsKey(b)).Distinct().ToList();
        if (wanted.Count == 0) return;
        if (_known.Count > MostKept) _known.Clear();
        await foreach (var (number, committed, rows) in RowsAsync($"SELECT number, committed, received FROM ops.batch WHERE number IN ({string.Join(", ", wanted)})", cancellation).ConfigureAwait(false)) _known[number] = (committed, rows);
    }

    /// <summary>Notes the moment of a batch that was just committed, as the ledger keeps it: to the microsecond.</summary>
    /// <param name="rows">Rows that it brought.</param>
    public void Note(int batch, DateTimeOffset committed, long rows)
    {
        if (_known.Count > MostKept) _known.Clear();
        _known[batch] = (new(committed.UtcTicks - (committed.UtcTicks % TimeSpan.TicksPerMicrosecond), DateTimeKind.Utc), rows);
    }

    /// <summary>The moment at which a batch was committed, UTC; null when it is not known.</summary>
    public DateTime? Of(int batch) => _known.TryGetValue(batch, out var known) ? known.Committed : null;

    /// <summary>How many rows a batch brought; null when it is not known.</summary>
    public long? RowsOf(int batch) => _known.TryGetValue(batch, out var known) ? known.Rows : null;

    /// <summary>True when records of an institution ever came.</summary>
    public async Task<bool> HasSentAsync(string organisation, CancellationToken cancellation)
    {
        var text = Standards.Compile.Sql.Text(organisation);
        await foreach (var _ in RowsAsync($"SELECT min(number) AS number, min(committed) AS committed, 0::BIGINT AS received FROM ops.batch WHERE number IN (SELECT batch FROM ops.batch_org WHERE org = {text})", cancellation).ConfigureAwait(false)) return true;
        return false;
    }

    /// <summary>The moment as FHIR writes an instant, to the microsecond that the ledger keeps.</summary>
    public static string Text(DateTime utc) => utc.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private async IAsyncEnumerable<(int Number, DateTime Committed, long Rows)> RowsAsync(string sql, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        // The ledger tells of no record; who asks is already let in.
        var rows = (await engine.RunSqlAsync(LocalAdministrator.ScopeOver([], "fhir"), sql, cancellation).ConfigureAwait(false)).Value;
        await using (rows.ConfigureAwait(false))
        {
            await foreach (var batch in rows.Batches.WithCancellation(cancellation).ConfigureAwait(false))
            {
                using (batch)
                {
                    for (var row = 0; row < batch.Length; row++)
                    {
                        if (ArrowCell.Text(batch.Column(0), row) is { } number && ArrowCell.Text(batch.Column(1), row) is { } committed && ArrowCell.Text(batch.Column(2), row) is { } rowsOf)
                            yield return (int.Parse(number, CultureInfo.InvariantCulture), DateTime.SpecifyKind(DateTime.Parse(committed, CultureInfo.InvariantCulture), DateTimeKind.Utc), long.Parse(rowsOf, CultureInfo.InvariantCulture));
                    }
                }
            }
        }
    }
}
