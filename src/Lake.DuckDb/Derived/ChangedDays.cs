using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Derived;

/// <summary>
/// Notes in <c>ops.change</c> which days of which data set a transaction changed, in that transaction: what was derived from the rows of
/// those days has to be derived again. A day is that of the event time.
/// </summary>
internal static class ChangedDays
{
    /// <summary>The number under which the connection's transaction notes its changes.</summary>
    public static long Next(DuckDBConnection connection) => connection.Scalar<long>("SELECT coalesce(max(sequence), 0) + 1 FROM ops.change");

    /// <summary>The days of batches' rows, and those of the rows that they superseded. Before a batch is removed, or after it was settled.</summary>
    /// <param name="hasHistory">Whether the data set has a history table.</param>
    public static void NoteBatch(DuckDBConnection connection, TableShape shape, bool hasHistory, BatchRange batches, long sequence)
    {
        var history = hasHistory ? $" UNION SELECT _time::DATE FROM {SqlNames.History(shape)} WHERE {batches.Holds("_superseded_by")} OR {batches.Holds()}" : "";
        Note(connection, shape, $"SELECT _time::DATE AS day FROM {SqlNames.Table(shape)} WHERE {batches.Holds()} AND _rejected IS NULL{history}", sequence);
    }

    /// <summary>Days that are known already.</summary>
    /// <param name="days">By data set, each as days since 1970-01-01.</param>
    public static void NoteKnown(DuckDBConnection connection, IReadOnlyDictionary<string, SortedSet<int>> days, long sequence)
    {
        using var appender = connection.CreateAppender("ops", "change");
        foreach (var (dataSet, of) in days)
            foreach (var day in of) appender.CreateRow().AppendValue(sequence).AppendValue(dataSet).AppendValue(DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays(day)).EndRow();
    }

    /// <summary>
    /// The days of what batches have in quarantine, by data set; the empty one stands for none. Before it is removed, or after it was added.
    /// </summary>
    public static void NoteRefused(DuckDBConnection connection, BatchRange batches, long sequence) => connection.Execute(
        $"INSERT INTO ops.change SELECT DISTINCT {sequence}, coalesce(data_set, ''), day FROM ops.quarantine WHERE {batches.Holds("batch")} AND day IS NOT NULL");

    /// <summary>The days of rows of a data set.</summary>
    /// <param name="days">SQL of one column, <c>day</c>.</param>
    public static void NoteDays(DuckDBConnection connection, TableShape shape, string days, long sequence) => Note(connection, shape, days, sequence);

    /// <summary>The days of the rows of these subjects.</summary>
    /// <param name="subjects">SQL of one column.</param>
    public static void NoteSubjects(DuckDBConnection connection, TableShape shape, string subjects, long sequence) =>
        Note(connection, shape, $"SELECT _time::DATE AS day FROM {SqlNames.Table(shape)} WHERE _subject IN ({subjects}) AND _rejected IS NULL", sequence);

    private static void Note(DuckDBConnection connection, TableShape shape, string days, long sequence) => connection.Execute(
        $"INSERT INTO ops.change SELECT DISTINCT {sequence}, $1, day FROM ({days}) WHERE day IS NOT NULL", shape.DataSet.Id);
}
