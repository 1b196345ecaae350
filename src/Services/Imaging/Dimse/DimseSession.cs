using Microsoft.Extensions.Logging;
using Yunnao.Formats.Dicom;
using Yunnao.Formats.Dicom.Network;

namespace Yunnao.Services.Imaging.Dimse;

/// <summary>Serves one association: takes its messages in order and hands each to its service.</summary>
internal sealed class DimseSession(Association association, ImageArchive archive, DimseCaller caller, DimseGate gate, DimseAudit audit, DimseOptions options, DimseCounts counts, ILogger log)
{
    private Task<DimseMessage?>? _next;

    public async Task RunAsync(CancellationToken cancellation)
    {
        var storing = new StoreService(association, archive, caller, counts, log);
        try
        {
            while (await NextAsync().ConfigureAwait(false) is { } message)
            {
                _next = null;
                var served = await ServeAsync(message, storing, cancellation).ConfigureAwait(false);
                if (!served) break;
            }
        }
        finally
        {
            await storing.FinishAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The next message; also that which was read ahead, to see a cancellation while a request is served.</summary>
    private Task<DimseMessage?> NextAsync() => _next ??= association.ReceiveAsync();

    /// <summary>True when the peer has asked to stop serving a request. Looks ahead; only for requests whose data set was read.</summary>
    private bool IsCancelled(ushort messageId)
    {
        var next = NextAsync();
        if (!next.IsCompletedSuccessfully) return false;
#pragma warning disable RS0030 // The task has completed.
        var message = next.Result;
#pragma warning restore RS0030
        if (message is null) return true;
        if (message.Command.Field != DimseField.CancelRequest) return false;
        _next = null;
        return message.Command.MessageId == messageId;
    }

    private async Task<bool> ServeAsync(DimseMessage message, StoreService storing, CancellationToken cancellation)
    {
        var (context, command) = (message.Context, message.Command);
        switch (command.Field)
        {
            case DimseField.EchoRequest:
                await association.SendAsync(context, command.Respond(DimseStatus.Success)).ConfigureAwait(false);
                return true;
            case DimseField.StoreRequest when command.HasDataSet && SopClass.IsStorage(context.SopClass) && caller.Rights.HasFlag(DimseRights.Store):
                return await storing.ServeAsync(message).ConfigureAwait(false);
            case DimseField.CancelRequest:
                return true;
        }

        if (Needed(command.Field) is var needed && !caller.Rights.HasFlag(needed)) return await RefuseAsync(message, needed).ConfigureAwait(false);

        var data = command.HasDataSet ? await association.ReadDataSetAsync(message).ConfigureAwait(false) : [];
        if (data is null) return false;
        if (command.IsResponse) return true;
        var syntax = TransferSyntax.FindOrAssume(context.TransferSyntax);
        if (!DicomReader.Read(data, new DicomReadOptions { Syntax = syntax, DataSetOnly = true }).Try(out var read, out _))
        {
            await association.SendAsync(context, command.Respond(DimseStatus.CannotUnderstand, "the identifier cannot be read")).ConfigureAwait(false);
            return true;
        }

        var request = new DimseRequest(context, command, read.DataSet, syntax);
        var reach = DimseReach.All;
        if (Needed(command.Field) is DimseRights.Find or DimseRights.Retrieve && !(await gate.OpenAsync(caller, cancellation).ConfigureAwait(false)).Try(out reach, out var refused))
        {
            DimseLog.Refuses(log, caller.AeTitle, caller.Address, refused.Code);
            await association.SendAsync(context, command.Respond(DimseStatus.NotAuthorised, refused.Code)).ConfigureAwait(false);
            return true;
        }

        switch (command.Field, context.SopClass)
        {
            case (DimseField.FindRequest, SopClass.PatientRootFind or SopClass.StudyRootFind):
                await FindService.ServeAsync(association, archive.Index, request, reach, audit, options.AeTitle, () => IsCancelled(command.MessageId)).ConfigureAwait(false);
                return true;
            case (DimseField.MoveRequest, SopClass.PatientRootMove or SopClass.StudyRootMove):
                await MoveService.ServeAsync(association, archive, request, reach, audit, options, counts, () => IsCancelled(command.MessageId), cancellation).ConfigureAwait(false);
                return true;
            case (DimseField.GetRequest, SopClass.PatientRootGet or SopClass.StudyRootGet):
                await GetService.ServeAsync(association, archive, request, reach, caller.AeTitle, audit, counts).ConfigureAwait(false);
                return true;
            case (DimseField.ActionRequest, SopClass.StorageCommitment):
                await CommitmentService.ServeAsync(association, archive.Index, request, options, cancellation).ConfigureAwait(false);
                return true;
            default:
                await association.SendAsync(context, command.Respond(DimseStatus.UnrecognisedOperation)).ConfigureAwait(false);
                return true;
        }
    }
    private static DimseRights Needed(DimseField field) => field switch
    {
        DimseField.StoreRequest or DimseField.ActionRequest => DimseRights.Store,
        DimseField.FindRequest => DimseRights.Find,
        DimseField.MoveRequest or DimseField.GetRequest => DimseRights.Retrieve,
        _ => DimseRights.None,
    };

    /// <summary>Answers that the caller may not do this; its data set is read to the end and let go.</summary>
    private async Task<bool> RefuseAsync(DimseMessage message, DimseRights right)
    {
        if (message.Command.HasDataSet && !await association.ReadDataSetAsync(message, _ => ValueTask.CompletedTask).ConfigureAwait(false)) return false;
        DimseLog.NotAllowed(log, caller.AeTitle, caller.Address, right);
        await audit.RefusedAsync(right).ConfigureAwait(false);
        await association.SendAsync(message.Context, message.Command.Respond(DimseStatus.NotAuthorised, $"{caller.AeTitle} may not {right.ToString().ToLowerInvariant()} here")).ConfigureAwait(false);
        return true;
    }
}
