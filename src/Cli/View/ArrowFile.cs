using Apache.Arrow.Ipc;
using Yunnao.Kernel;
using Yunnao.Lake.Queries;

namespace Yunnao.Cli.View;

/// <summary>Writes rows as an Arrow stream into a file, which is whole or not there.</summary>
internal static class ArrowFile
{
    /// <summary>The number of rows written. Problem: <c>export.file</c>.</summary>
    public static async Task<Result<long>> WriteAsync(RowStream rows, string file, CancellationToken cancellation)
    {
        var unfinished = $"{file}.part";
        try
        {
            var count = 0L;
            var stream = File.Create(unfinished);
            await using (stream.ConfigureAwait(false))
            {
                using var writer = new ArrowStreamWriter(stream, rows.Schema);
                await writer.WriteStartAsync(cancellation).ConfigureAwait(false);
                await foreach (var batch in rows.Batches.WithCancellation(cancellation).ConfigureAwait(false))
                {
                    using (batch) await writer.WriteRecordBatchAsync(batch, cancellation).ConfigureAwait(false);
                    count += batch.Length;
                }

                await writer.WriteEndAsync(cancellation).ConfigureAwait(false);
            }

            File.Move(unfinished, file, overwrite: true);
            return count;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Problem(ProblemKind.Unavailable, "export.file", $"{file} cannot be written.");
        }
        finally
        {
            if (File.Exists(unfinished)) File.Delete(unfinished);
        }
    }
}
