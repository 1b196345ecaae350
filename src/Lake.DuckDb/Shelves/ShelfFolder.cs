using System.Globalization;
using System.Security.Cryptography;
using DuckDB.NET.Data;
using DuckDB.NET.Native;
using Yunnao.Lake.DuckDb.Derived;
using Yunnao.Lake.DuckDb.Queries;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.Objects;
using Yunnao.Lake.Queries;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Shelves;

/// <summary>
/// The files of the shelves, two of a data set: its rows by their persons, and the person of each record. <c>ops.shelf</c> says of each data set which ones hold its rows as they were
/// at which mark. A file that is not named there says nothing: one of another lake, one of before a backup was restored, one that was not finished.
/// </summary>
internal sealed class ShelfFolder(string path)
{
    private const string Table = "ops.shelf", OnShelf = "_rejected IS NULL AND _subject IS NOT NULL", Rows = "shelf", Records = "records";

    /// <summary>What <c>ops.shelf</c> says of a data set; null when it says nothing.</summary>
    public static (ulong Token, LakeMark Mark)? Named(DuckDBConnection connection, TableShape shape) => connection.Rows(
        r => ((ulong, LakeMark)?)(r.GetFieldValue<ulong>(0), new LakeMark(r.GetInt32(1), r.GetInt64(2))), $"SELECT token, batch, move FROM {Table} WHERE data_set = $1", shape.DataSet.Id).FirstOrDefault();

    /// <summary>Makes the shelf of a data set good for nothing once the transaction is committed: its rows change in a way that neither batches nor moved records tell.</summary>
    public static void Forget(DuckDBConnection connection, TableShape shape) => connection.Execute($"DELETE FROM {Table} WHERE data_set = $1", shape.DataSet.Id);

    /// <summary>The same of all data sets.</summary>
    public static void ForgetAll(DuckDBConnection connection) => connection.Execute($"DELETE FROM {Table}");

    /// <summary>The rows of a data set, or null when there are none that hold.</summary>
    public ShelfFile? Open(TableShape shape, ulong token, IReadOnlyList<ShelfColumn> columns) => ShelfFile.Open(PathOf(shape, token, Rows), ShelfLayout.OfRows(token, columns));

    /// <summary>The persons of the records of a data set, or null when there are none that hold.</summary>
    public ShelfFile? OpenRecords(TableShape shape, ulong token) => ShelfFile.Open(PathOf(shape, token, Records), ShelfLayout.OfRecords(token));

    /// <summary>True when a shelf can be read: it need not be written again.</summary>
    public bool Has(DuckDBConnection connection, TableShape shape, IReadOnlyList<ShelfColumn> columns)
    {
        if (Named(connection, shape) is not var (token, _)) return false;
        using var rows = Open(shape, token, columns);
        using var records = OpenRecords(shape, token);
        return rows is not null && records is not null;
    }

    /// <summary>
    /// Writes the shelf of a table whose rows are in the order of persons; nothing is written to data sets meanwhile. Durable before the lake names it. When the disk does not take it, there is none.
    /// </summary>
    /// <returns>True when there is one now.</returns>
    public bool Write(DuckDBConnection connection, TableShape shape, IReadOnlyList<ShelfColumn> columns, CancellationToken cancellation)
    {
        if (connection.Scalar<int>($"SELECT 1 FROM {SqlNames.Table(shape)} WHERE {OnShelf} LIMIT 1") == 0) return false;
        var token = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        try
        {
            Directory.CreateDirectory(path);
            var mark = MovedRecords.Mark(connection);
            var from = $"FROM {SqlNames.Table(shape)} WHERE {OnShelf}";
            Fill(PathOf(shape, token, Rows), ShelfLayout.OfRows(token, columns), connection, $"SELECT {SqlNames.List(columns.Select(c => c.Name))} {from}", cancellation);
            Fill(PathOf(shape, token, Records), ShelfLayout.OfRecords(token), connection, $"SELECT (_record & {ulong.MaxValue}::UHUGEINT)::UBIGINT AS half, _subject {from} ORDER BY half", cancellation);
            Durability.FlushFolder(path);
            using var transaction = connection.BeginTransaction();
            Forget(connection, shape);
            connection.Execute($"INSERT INTO {Table} VALUES ($1, $2, $3, $4)", shape.DataSet.Id, token, mark.Batch, mark.Move);
            transaction.Commit();
            Tidy(shape, token);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without it the engine answers.
            Tidy(shape, Named(connection, shape)?.Token);
            return false;
        }
        catch
        {
            Tidy(shape, Named(connection, shape)?.Token);
            throw;
        }
    }

    /// <summary>Deletes both files. Who reads them reads on.</summary>
    public void Delete(TableShape shape, ulong token)
    {
        Delete(PathOf(shape, token, Rows));
        Delete(PathOf(shape, token, Records));
    }

    /// <summary>Deletes the files of a data set but one.</summary>
    private void Tidy(TableShape shape, ulong? but)
    {
        if (!Directory.Exists(path)) return;
        foreach (var file in Directory.EnumerateFiles(path, $"{shape.DataSet.Id}-*").Where(f => but is not { } token || (f != PathOf(shape, token, Rows) && f != PathOf(shape, token, Records))).ToList()) Delete(file);
    }

    private static void Delete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nobody takes it for what it is not; the next time.
        }
    }

    /// <param name="sql">Gives the columns of the layout in the order of its key.</param>
    private static void Fill(string file, ShelfLayout layout, DuckDBConnection connection, string sql, CancellationToken cancellation)
    {
        var unfinished = Durability.UnfinishedOf(file);
        using (var writer = new ShelfWriter(unfinished, layout)) Fill(writer, connection, sql, cancellation);
        File.Move(unfinished, file);
    }

    private static void Fill(ShelfWriter writer, DuckDBConnection connection, string sql, CancellationToken cancellation)
    {
        using var statement = new PreparedStatement(connection.NativeConnection, sql);
        var result = statement.Run([]);
        try
        {
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                using var chunk = NativeMethods.Query.DuckDBFetchChunk(result);
                if (chunk.IsInvalid) break;
                writer.Add(chunk.DangerousGetHandle());
            }

            if (NativeMethods.Query.DuckDBResultError(ref result) is { Length: > 0 } message) throw new EngineException(message, NativeMethods.Query.DuckDBResultErrorType(ref result));
        }
        finally
        {
            result.Close();
        }

        writer.Finish();
    }

    private string PathOf(TableShape shape, ulong token, string kind) => Path.Combine(path, string.Create(CultureInfo.InvariantCulture, $"{shape.DataSet.Id}-{token:x16}.{kind}"));
}
