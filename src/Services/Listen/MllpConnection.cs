using System.Threading.Channels;
using Yunnao.Formats.Hl7v2;

namespace Yunnao.Services.Listen;

/// <summary>
/// One sender: messages are read, handed to the spool in their order, and answered in their order when they are on the disk. A sender that
/// does not wait for answers may have some messages underway; one that does not take its answers is not read any more.
/// </summary>
internal sealed class MllpConnection(Stream stream, MessageSpool spool, ListenOptions options, ListenCounts counts, TimeProvider clock)
{
    private const int Underway = 64;

    private readonly Channel<(MessageHead? Head, Task Safe)> _answers = Channel.CreateBounded<(MessageHead?, Task)>(Underway);

    /// <summary>Serves the sender to its end.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var answering = AnswerAsync();
        try
        {
            await ReadAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            _answers.Writer.TryComplete();
            await answering.ConfigureAwait(false);
        }
    }

    private async Task ReadAsync(CancellationToken cancellation)
    {
        var frames = new FrameReader(stream, options);
        while (true)
        {
            await WaitForRoomAsync(cancellation).ConfigureAwait(false);
            if (await frames.NextAsync(cancellation).ConfigureAwait(false) is not { } message) break;
            var head = MessageHead.Read(message);
            var safe = head is null ? Task.FromException(new InvalidDataException()) : await spool.AppendAsync(message, CancellationToken.None).ConfigureAwait(false);
            await _answers.Writer.WriteAsync((head, safe), CancellationToken.None).ConfigureAwait(false);
        }

        if (frames.IsFaulty) await _answers.Writer.WriteAsync((null, Task.FromException(new InvalidDataException())), CancellationToken.None).ConfigureAwait(false);
    }

    private async Task WaitForRoomAsync(CancellationToken cancellation)
    {
        while (spool.WaitingBytes > options.MaxWaiting) await Task.Delay(TimeSpan.FromMilliseconds(200), clock, cancellation).ConfigureAwait(false);
    }

    private async Task AnswerAsync()
    {
        try
        {
            await foreach (var (head, safe) in _answers.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                await safe.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                foreach (var answer in Answers(head, safe.IsCompletedSuccessfully)) await SendAsync(answer).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The sender is gone or does not take its answers: it will send again what it has no answer for.
            stream.Close();
            await foreach (var _ in _answers.Reader.ReadAllAsync().ConfigureAwait(false)) counts.AddRefused();
        }
    }

    /// <summary>
    /// Original mode: AA, AE, AR. Enhanced mode: the accept acknowledgement that MSH-15 asks for (CA, CE), then the application's (MSH-16):
    /// what we do with a message that is safe is no longer the sender's business, so both say the same.
    /// </summary>
    private IEnumerable<byte[]> Answers(MessageHead? head, bool safe)
    {
        if (safe) counts.AddAccepted();
        else counts.AddRefused();
        if (head is null)
        {
            yield return Write(null, "AR", "no MSH segment, or the message is too large");
            yield break;
        }

        var text = safe ? "" : "cannot be stored now, send again";
        if (!head.IsEnhanced) yield return Write(head, safe ? "AA" : "AE", text);
        if (head.WantsAccept(safe)) yield return Write(head, safe ? "CA" : "CE", text);
        if (head.WantsApplication(safe)) yield return Write(head, safe ? "AA" : "AE", text);
    }

    private byte[] Write(MessageHead? head, string code, string text) => Acknowledgement.Write(head, code, text, clock.GetUtcNow(), counts.NextNumber());

    private async Task SendAsync(byte[] answer)
    {
        using var late = new CancellationTokenSource(options.MessageTimeout, clock);
        byte[] frame = [Mllp.Start, .. answer, Mllp.End, Mllp.Return];
        await stream.WriteAsync(frame, late.Token).ConfigureAwait(false);
        await stream.FlushAsync(late.Token).ConfigureAwait(false);
    }
}
