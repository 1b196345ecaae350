using System.Threading.Channels;
using Apache.Arrow;
using Yunnao.Lake.Queries;

namespace Yunnao.Services.Exports.Targets;

/// <summary>The rows of an answer on their way: while the target takes some, the next ones are read and encoded. Memory is a few blocks.</summary>
/// <param name="report">Told how many rows were encoded so far.</param>
internal sealed class AnswerRows(RowStream answer, Action<long> report)
{
    private const int MostWaiting = 2;
    private const int BlockBytes = 1 << 20;

    /// <summary>Rows encoded so far; all of them when the end was reached.</summary>
    public long Count { get; private set; }

    /// <summary>The columns.</summary>
    public Schema Schema => answer.Schema;

    /// <summary>True when the answer says of each row whether it is gone.</summary>
    public bool TellsDeletions => answer.Schema.FieldsList.Any(f => f.Name == ChangeRange.DeletedColumn);

    /// <summary>The rows as blocks of about a megabyte in the form of an encoder. A block is used until the next one is asked for.</summary>
    public async IAsyncEnumerable<ByteBlock> BlocksAsync(
        RowEncoder encoder, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var full = Channel.CreateBounded<ByteBlock>(MostWaiting);
        var free = Channel.CreateUnbounded<ByteBlock>();
        for (var i = 0; i < MostWaiting + 2; i++) free.Writer.TryWrite(new ByteBlock(BlockBytes));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var encoding = Task.Run(() => EncodeAsync(encoder, free.Reader, full.Writer, end.Token), CancellationToken.None);
        try
        {
            await foreach (var block in full.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
            {
                yield return block;
                free.Writer.TryWrite(block);
            }

            await encoding.ConfigureAwait(false);
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            await ((Task)encoding).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task EncodeAsync(RowEncoder encoder, ChannelReader<ByteBlock> free, ChannelWriter<ByteBlock> full, CancellationToken cancellation)
    {
        try
        {
            var block = await free.ReadAsync(cancellation).ConfigureAwait(false);
            block.Clear();
            encoder.Begin(block);
            await foreach (var batch in answer.Batches.WithCancellation(cancellation).ConfigureAwait(false))
            {
                using (batch) Encode(encoder, batch, block);
                if (block.Length < BlockBytes) continue;
                await full.WriteAsync(block, cancellation).ConfigureAwait(false);
                block = await free.ReadAsync(cancellation).ConfigureAwait(false);
                block.Clear();
            }

            encoder.End(block);
            await full.WriteAsync(block, cancellation).ConfigureAwait(false);
            full.Complete();
        }
        catch (Exception e)
        {
            full.Complete(e);
        }
    }

    private void Encode(RowEncoder encoder, RecordBatch batch, ByteBlock block)
    {
        encoder.Encode(batch, block);
        Count += batch.Length;
        report(Count);
    }
}
