using Yunnao.Formats.Dicom;
using Yunnao.Formats.Dicom.Network;
using Yunnao.Services.Imaging.Index;

namespace Yunnao.Services.Imaging.Dimse;

/// <summary>
/// Storage commitment, push model (PS3.4, annex J): says which of the named instances are safely kept. The report goes to the peer over an
/// association of its own when the peer is configured, else over the one that asked.
/// </summary>
internal static class CommitmentService
{
    private const ushort RequestCommitment = 1;
    private const ushort AllCommitted = 1;
    private const ushort SomeFailed = 2;
    private static readonly DicomTag Transaction = new(0x0008_1195);
    private static readonly DicomTag FailureReason = new(0x0008_1197);

    public static async Task ServeAsync(Association association, ImageIndex index, DimseRequest request, DimseOptions options, CancellationToken cancellation)
    {
        var (context, command) = (request.Context, request.Command);
        if (command.ActionType != RequestCommitment)
        {
            await association.SendAsync(context, command.Respond(DimseStatus.NoSuchAction)).ConfigureAwait(false);
            return;
        }

        var report = Report(index, request.Identifier, out var eventType);
        await association.SendAsync(context, command.Respond(DimseStatus.Success)).ConfigureAwait(false);
        if (!options.Peers.TryGetValue(association.Peer.CallingAe, out var peer))
        {
            await association.SendAsync(context, Event(association.NextMessageId(), eventType), DicomWriter.WriteDataSet(report, request.Syntax).Value).ConfigureAwait(false);
            return;
        }

        PresentationContext[] contexts = [new(1, SopClass.StorageCommitment, [TransferSyntax.ExplicitLittle.Uid, TransferSyntax.ImplicitLittle.Uid])];
        var connected = await DimseClient.ConnectAsync(peer, options.AeTitle, contexts, options.Limits, null, cancellation, new RoleSelection(SopClass.StorageCommitment, Scu: false, Scp: true)).ConfigureAwait(false);
        if (!connected.Try(out var reporting, out _)) return;
        await using (reporting.ConfigureAwait(false))
        {
            if (reporting.Contexts.FirstOrDefault() is { } agreed)
            {
                await reporting.SendAsync(agreed, Event(reporting.NextMessageId(), eventType), DicomWriter.WriteDataSet(report, TransferSyntax.FindOrAssume(agreed.TransferSyntax)).Value).ConfigureAwait(false);
                await reporting.ReceiveAsync().ConfigureAwait(false);
            }

            await reporting.ReleaseAsync().ConfigureAwait(false);
        }
    }

    private static DimseCommand Event(ushort messageId, ushort eventType) => new()
    {
        Field = DimseField.EventReportRequest,
        MessageId = messageId,
        SopClass = SopClass.StorageCommitment,
        SopInstance = SopClass.StorageCommitmentInstance,
        EventType = eventType,
        HasDataSet = true,
    };

    private static DicomDataSet Report(ImageIndex index, DicomDataSet asked, out ushort eventType)
    {
        var (kept, missing) = (new List<DicomDataSet>(), new List<DicomDataSet>());
        foreach (var item in asked.GetItems(Tags.ReferencedSopSequence))
        {
            var (sopClass, instance) = (item.GetString(Tags.ReferencedSopClassUid) ?? "", item.GetString(Tags.ReferencedSopInstanceUid) ?? "");
            var reference = new DicomBuilder().Set(Tags.ReferencedSopClassUid, sopClass).Set(Tags.ReferencedSopInstanceUid, instance);
            if (index.Has(sopClass, instance)) kept.Add(reference.Build());
            else missing.Add(reference.Set(FailureReason, (long)DimseStatus.NoSuchInstance).Build());
        }

        var report = new DicomBuilder().Set(Transaction, asked.GetString(Transaction) ?? "");
        if (kept.Count > 0) report.SetItems(Tags.ReferencedSopSequence, kept);
        if (missing.Count > 0) report.SetItems(Tags.FailedSopSequence, missing);
        eventType = missing.Count == 0 ? AllCommitted : SomeFailed;
        return report.Build();
    }
}
