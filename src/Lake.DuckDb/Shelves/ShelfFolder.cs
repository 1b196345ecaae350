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
/// The files of the shelves, and <c>ops.shelf</c>, which says of each data set which file holds its rows as they were at which mark. A file that is not named there says nothing:
/// one of another lake, one of before a backup was restored, one that was not finished.
/// </summary>
internal sealed class ShelfFolder(string path)
{
    private const string Table = "ops.shelf", OnShelf = "_rejected IS NULL AND _subject IS NOT NULL";

    /// <summary>What <c>ops.shelf</c> says of a data set; null when it says nothing.</summary>
    public static (ulong Token, LakeMark Mark)? Named(DuckDBConnection connection, TableShape shape) => connection.Rows(
        r => ((ulong, LakeMark)?)(r.GetFieldValue<ulong>(0), new LakeMark(r.GetInt32(1), r.GetInt64(2))), $"SELECT token, batch, move FROM {Table} WHERE data_set = $1", shape.DataSet.Id).FirstOrDefault();

    /// <summary>Makes the shelf of a data set good for nothing once the transaction is committed: its rows change in a way that neither batches nor moved records tell.</summary>
    public static void Forget(DuckDBConnection connection, TableShape shape) => connection.Execute($"DELETE FROM {Table} WHERE data_set = $1", shape.DataSet.Id);

    /// <summary>The same of all data sets.</summary>
    public static void ForgetAll(DuckDBConnection connection) => connection.Execute($"DELETE FROM {Table}");

    /// <summary>The shelf of a data set, or null when there is none that holds.</summary>
    public ShelfFile? Open(TableShape shape, ulong token, IReadOnlyList<ShelfColumn> columns) => ShelfFile.Open(PathOf(shape, token), new(token, columns));

    /// <summary>True when a shelf can be read: it need not be written again.</summary>
    public bool Has(DuckDBConnection connection, TableShape shape, IReadOnlyList<ShelfColumn> columns)
    {
        if (Named(connection, shape) is not var (token, _)) return false;
        using var file = Open(shape, token, columns);
        return file is not null;
    }

    /// <summary>
    /// Writes the shelf of a table whose rows are in the order of persons; nothing is written to data sets meanwhile. Durable before the lake names it. When the disk does not take it, there is none.
    /// </summary>
    public void Write(DuckDBConnection connection, TableShape shape, IReadOnlyList<ShelfColumn> columns, CancellationToken cancellation)
    {
        if (connection.Scalar<int>($"SELECT 1 FROM {SqlNames.Table(shape)} WHERE {OnShelf} LIMIT 1") == 0) return;
        var token = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        var unfinished = Durability.UnfinishedOf(PathOf(shape, token));
        try
        {
            Directory.CreateDirectory(path);
            var mark = MovedRecords.Mark(connection);
            Fill(unfinished, new(token, columns), connection, shape, cancellation);
            File.Move(unfinished, PathOf(shape, token));
            Durability.FlushFolder(path);
            using var transaction = connection.BeginTransaction();
            Forget(connection, shape);
            connection.Execute($"INSERT INTO {Table} VALUES ($1, $2, $3, $4)", shape.DataSet.Id, token, mark.Batch, mark.Move);
            transaction.Commit();
            Tidy(shape, token);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without it the engine answers.
            Tidy(shape, Named(connection, shape)?.Token);
        }
        catch
        {
            Tidy(shape, Named(connection, shape)?.Token);
            throw;
        }
    }

    /// <summary>Deletes a file. Who reads it reads on.</summary>
    public void Delete(TableShape shape, ulong token) => Delete(PathOf(shape, token));

    /// <summary>Deletes the files of a data set but one.</summary>
    private void Tidy(TableShape shape, ulong? but)
    {
        if (!Directory.Exists(path)) return;
        foreach (var file in Directory.EnumerateFiles(path, $"{shape.DataSet.Id}-*").Where(f => but is not { } token || f != PathOf(shape, token)).ToList()) Delete(file);
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

    private static void Fill(string file, ShelfLayout layout, DuckDBConnection connection, TableShape shape, CancellationToken cancellation)
    {
        var sql = $"SELECT {SqlNames.List(layout.Columns.Select(c => c.Name))} FROM {SqlNames.Table(shape)} WHERE {OnShelf}";
        using var writer = new ShelfWriter(file, layout);
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

    private string PathOf(TableShape shape, ulong token) => Path.Combine(path, string.Create(CultureInfo.InvariantCulture, $"{shape.DataSet.Id}-{token:x16}.shelf"));
}
