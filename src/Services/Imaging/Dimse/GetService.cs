using Yunnao.Formats.Dicom.Network;
using Yunnao.Services.Imaging.Index;

namespace Yunnao.Services.Imaging.Dimse;

/// <summary>C-GET (PS3.4, C.4.3): sends over the same association, on the contexts for which the peer took the role of the receiver.</summary>
internal static class GetService
{
    public static async Task ServeAsync(Association association, ImageArchive archive, DimseRequest request, DimseReach reach, string title, DimseAudit audit, DimseCounts counts)
    {
        var (context, command) = (request.Context, request.Command);
        if (request.Level is null || !Selection.IsNamed(request.Keys))
        {
            await association.SendAsync(context, command.Respond(DimseStatus.IdentifierMismatch, "level or unique key is missing")).ConfigureAwait(false);
            return;
        }

        var receiving = association.Peer.Roles.Where(r => r.Scp).Select(r => r.SopClass).ToHashSet(StringComparer.Ordinal);
        var contexts = association.Contexts.Where(c => receiving.Contains(c.SopClass)).ToList();
        var studies = await reach.StudiesAsync(archive.Index, request.Keys).ConfigureAwait(false);
        var progress = new SubOperations(studies.Sum(s => s.Instances.Count));
        foreach (var (study, instances) in studies)
        {
            var isAudited = await audit.RetrievedAsync(study, instances.Count, "C-GET", title).ConfigureAwait(false);
            foreach (var instance in instances)
            {
                var status = isAudited ? await SendAsync(association, archive, contexts, instance).ConfigureAwait(false) : DimseStatus.ProcessingFailure;
                if (status is null) return;
                if (status == DimseStatus.Cancelled)
                {
                    await association.SendAsync(context, progress.Write(command.Respond(DimseStatus.Cancelled))).ConfigureAwait(false);
                    return;
                }

                progress.Add(instance.Uid, status.Value);
                if (DimseStatus.IsDone(status.Value)) counts.AddSent();
                if (progress.IsTimeToTell) await association.SendAsync(context, progress.Write(command.Respond(DimseStatus.Pending))).ConfigureAwait(false);
            }
        }

        await progress.AnswerAsync(association, request).ConfigureAwait(false);
    }

    /// <summary>The peer's status; Cancelled when it asked to stop; null when the association ended.</summary>
    private static async Task<ushort?> SendAsync(Association association, ImageArchive archive, List<AgreedContext> contexts, InstanceRow instance)
    {
        var prepared = OutgoingInstance.Prepare(archive, instance, contexts);
        if (prepared is null) return DimseStatus.SopClassNotSupported;
        var cancelled = false;
        await using (prepared.ConfigureAwait(false))
        {
            await association.SendAsync(prepared.Context, prepared.Request(association.NextMessageId()), prepared.Data).ConfigureAwait(false);
            while (await association.ReceiveAsync().ConfigureAwait(false) is { } message)
            {
                cancelled |= message.Command.Field == DimseField.CancelRequest;
                if (message.Command.HasDataSet && await association.ReadDataSetAsync(message).ConfigureAwait(false) is null) return null;
                if (message.Command.Field == DimseField.StoreResponse) return cancelled ? DimseStatus.Cancelled : message.Command.Status ?? DimseStatus.ProcessingFailure;
            }
        }

        return null;
    }
}
