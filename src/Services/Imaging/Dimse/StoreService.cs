using Microsoft.Extensions.Logging;
using Yunnao.Formats.Dicom;
using Yunnao.Formats.Dicom.Network;
using Yunnao.Services.Imaging.Store;

namespace Yunnao.Services.Imaging.Dimse;

/// <summary>
/// C-STORE (PS3.4, annex B). The data set is kept as it comes, behind a meta header of ours; the answer is given when it is safe. Where the
/// peer agreed to several operations at once, the next instance is taken while the one before is being made safe.
/// </summary>
internal sealed class StoreService(Association association, ImageArchive archive, DimseCaller caller, DimseCounts counts, ILogger log)
{
    private readonly List<Task> _underway = [];
    private long _lastLength;

    /// <summary>Takes one instance; false when the association ended in the middle of it.</summary>
    public async Task<bool> ServeAsync(DimseMessage message)
    {
        var (context, command) = (message.Context, message.Command);
        var run = archive.BeginRun();
        var file = archive.Receive(_lastLength, run);
        var (hasRoom, kept) = (true, false);
        try
        {
            await file.AppendAsync(MetaHeader(command, context)).ConfigureAwait(false);
            // Where there is no room, the rest of the instance is read and let go, so that the peer can be answered.
            var whole = await association.ReadDataSetAsync(message, async part => hasRoom = hasRoom && await file.TryAppendAsync(part).ConfigureAwait(false)).ConfigureAwait(false);
            if (!whole) return false;
            if (!hasRoom)
            {
                await AnswerAsync(message, DimseStatus.OutOfResources, "imaging.not-kept").ConfigureAwait(false);
                return true;
            }

            kept = true;
            _lastLength = file.Length;
            var storing = KeepAsync(message, file, run);
            if (association.Window == 1)
            {
                await storing.ConfigureAwait(false);
                return true;
            }

            _underway.RemoveAll(t => t.IsCompletedSuccessfully);
            _underway.Add(storing);
            if (_underway.Count >= association.Window) await (await Task.WhenAny(_underway).ConfigureAwait(false)).ConfigureAwait(false);
            return true;
        }
        finally
        {
            if (!kept)
            {
                run.Dispose();
                await file.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Waits for what is being made safe.</summary>
    public async Task FinishAsync()
    {
        foreach (var task in _underway)
        {
            try
            {
                await task.ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The peer left before its answer; it will send again.
            }
        }
    }

    /// <summary>Preamble and meta header of a file with this instance (PS3.10, 7.1). The same for the same instance, whoever sends it.</summary>
    private static byte[] MetaHeader(DimseCommand command, AgreedContext context)
    {
        var names = new DicomBuilder().Set(Tags.SopClassUid, command.SopClass ?? context.SopClass).Set(Tags.SopInstanceUid, command.SopInstance ?? "").Build();
        var file = DicomWriter.FileOf(names, TransferSyntax.FindOrAssume(context.TransferSyntax)) with { DataSet = DicomDataSet.Empty };
        return DicomWriter.Write(file).Value;
    }

    private async Task KeepAsync(DimseMessage message, IncomingFile file, PackRun run)
    {
        using (run)
        await using (file.ConfigureAwait(false))
        {
            var outcome = await archive.StoreAsync(file, caller.Organisation, caller.AeTitle).ConfigureAwait(false);
            var status = outcome.Result switch
            {
                StoreResult.Stored or StoreResult.Already or StoreResult.Held => Matches(message.Command, outcome) ? DimseStatus.Success : DimseStatus.ClassMismatch,
                StoreResult.Unreadable => DimseStatus.CannotUnderstand,
                _ => DimseStatus.OutOfResources,
            };
            await AnswerAsync(message, status, outcome.Problem?.Code).ConfigureAwait(false);
        }
    }

    /// <summary>True when the data set is of the class and instance that the command named; it is kept in either case.</summary>
    private static bool Matches(DimseCommand command, StoreOutcome outcome) => command.SopClass == outcome.SopClass && command.SopInstance == outcome.SopInstance;

    private async Task AnswerAsync(DimseMessage message, ushort status, string? code)
    {
        counts.AddStored(DimseStatus.IsDone(status));
        if (!DimseStatus.IsDone(status)) DimseLog.NotStored(log, status, code ?? "");
        await association.SendAsync(message.Context, message.Command.Respond(status, status == DimseStatus.Success ? null : code)).ConfigureAwait(false);
    }
}
