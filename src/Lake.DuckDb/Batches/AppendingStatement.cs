using System.Text;
using DuckDB.NET.Native;
using Yunnao.Lake.DuckDb.Functions;
using Yunnao.Lake.DuckDb.Queries;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Batches;

/// <summary>
/// Adds checked rows to a data set's table and takes them back as <see cref="AppendedRow"/>s, in their order, so that nobody has to look for them in the
/// table afterwards.
/// </summary>
internal static class AppendingStatement
{
    /// <summary>SQL of the adding.</summary>
    /// <param name="insert">The INSERT.</param>
    public static string Returning(TableShape shape, string insert)
    {
        var flagged = SystemColumns.AnyCheck(shape.CheckWords);
        return $"{insert}\nRETURNING _batch, _org, _rejected IS NULL, {flagged}, _record, _time::DATE, _subject";
    }

    /// <summary>Runs it. Fails with <see cref="InvalidDataException"/> when the engine gives up.</summary>
    public static List<AppendedRow> Run(PreparedStatement statement)
    {
        var rows = new List<AppendedRow>();
        try
        {
            var result = statement.Run([]);
            try
            {
                while (true)
                {
                    using var chunk = NativeMethods.Query.DuckDBFetchChunk(result);
                    if (chunk.IsInvalid) break;
                    Read(chunk, rows);
                }

                if (NativeMethods.Query.DuckDBResultError(ref result) is { Length: > 0 } message) throw new EngineException(message, NativeMethods.Query.DuckDBResultErrorType(ref result));
                return rows;
            }
            finally
            {
                result.Close();
            }
        }
        catch (EngineException e)
        {
            throw new InvalidDataException("The engine gave up on the rows of a group.", e);
        }
    }

    private static void Read(DuckDBDataChunk chunk, List<AppendedRow> rows)
    {
        var count = (int)NativeMethods.DataChunks.DuckDBDataChunkGetSize(chunk);
        var at = chunk.DangerousGetHandle();
        var organisations = new TextVector(at, 1);
        var (batches, good, flagged) = (new FixedVector<int>(at, 0), new FixedVector<bool>(at, 2), new FixedVector<bool>(at, 3));
        var (records, days, subjects) = (new FixedVector<UInt128>(at, 4), new FixedVector<int>(at, 5), new FixedVector<ulong>(at, 6));
        var (bytes, organisation) = (Array.Empty<byte>(), (string?)null);
        for (var row = 0; row < count; row++)
        {
            // Most rows of a group are of one institution.
            if (!organisations.TryGet(row, out var text)) (bytes, organisation) = ([], null);
            else if (organisation is null || !text.SequenceEqual(bytes)) (bytes, organisation) = (text.ToArray(), Encoding.UTF8.GetString(text));
            rows.Add(new(batches[row] ?? 0, organisation, good[row] == true, flagged[row] == true, records[row], days[row], subjects[row]));
        }
    }
}
