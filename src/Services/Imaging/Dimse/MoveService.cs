using Yunnao.Formats.Dicom.Network;
using Yunnao.Services.Imaging.Index;

namespace Yunnao.Services.Imaging.Dimse;

/// <summary>C-MOVE (PS3.4, C.4.2): sends to an application entity that is configured, over an association of its own for each study.</summary>
internal static class MoveService
{
    public static async Task ServeAsync(
        Association association, ImageArchive archive, DimseRequest request, DimseReach reach, DimseAudit audit, DimseOptions options, DimseCounts counts, Func<bool> isCancelled, CancellationToken cancellation)
    {
        var (context, command) = (request.Context, request.Command);
        if (command.MoveDestination is not { } title || !options.Peers.TryGetValue(title, out var destination))
        {
            await association.SendAsync(context, command.Respond(DimseStatus.MoveDestinationUnknown, "the destination is not configured here")).ConfigureAwait(false);
            return;
        }

        if (request.Level is null || !Selection.IsNamed(request.Keys))
        {
            await association.SendAsync(context, command.Respond(DimseStatus.IdentifierMismatch, "level or unique key is missing")).ConfigureAwait(false);
            return;
        }

        var studies = await reach.StudiesAsync(archive.Index, request.Keys).ConfigureAwait(false);
        var progress = new SubOperations(studies.Sum(s => s.Instances.Count));
        foreach (var (study, instances) in studies)
        {
            if (!await audit.RetrievedAsync(study, instances.Count, "C-MOVE", title).ConfigureAwait(false))
            {
                instances.ForEach(i => progress.Add(i.Uid, DimseStatus.ProcessingFailure));
                continue;
            }

            var sender = new InstanceSender(archive, options.AeTitle, options.Limits) { Originator = (association.Peer.CallingAe, command.MessageId) };
            await foreach (var (instance, status) in sender.SendAsync(destination, instances, cancellation).ConfigureAwait(false))
            {
                progress.Add(instance.Uid, status);
                if (DimseStatus.IsDone(status)) counts.AddSent();
                if (isCancelled())
                {
                    await association.SendAsync(context, progress.Write(command.Respond(DimseStatus.Cancelled))).ConfigureAwait(false);
                    return;
                }

                if (progress.IsTimeToTell) await association.SendAsync(context, progress.Write(command.Respond(DimseStatus.Pending))).ConfigureAwait(false);
            }
        }

        await progress.AnswerAsync(association, request).ConfigureAwait(false);
    }
}
