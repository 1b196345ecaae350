using Yunnao.Formats.Dicom;
using Yunnao.Formats.Dicom.Network;
using Yunnao.Services.Imaging.Index;

namespace Yunnao.Services.Imaging.Dimse;

/// <summary>C-FIND (PS3.4, C.4.1): patient and study root, with relational keys. Matches are sent as they are found, until the peer cancels.</summary>
internal static class FindService
{
    // So many answers are one event of the audit, which is on the disk before the first of them goes out.
    private const int AuditedTogether = 256;

    public static async Task ServeAsync(Association association, ImageIndex index, DimseRequest request, DimseReach reach, DimseAudit audit, string aeTitle, Func<bool> isCancelled)
    {
        var (context, command) = (request.Context, request.Command);
        if (request.Level is not { } level)
        {
            await association.SendAsync(context, command.Respond(DimseStatus.IdentifierMismatch, "Query/Retrieve Level (0008,0052) is missing or not of this model")).ConfigureAwait(false);
            return;
        }

        var keys = request.Keys;
        if (level == QueryLevel.Image && !Selection.IsNamed(keys))
        {
            await association.SendAsync(context, command.Respond(DimseStatus.IdentifierMismatch, "the IMAGE level needs a patient, study, series or instance")).ConfigureAwait(false);
            return;
        }

        var query = new ImageQuery(level, keys) { Bound = reach.Bound };
        if (index.Refuse(query) is not null)
        {
            await association.SendAsync(context, command.Respond(DimseStatus.IdentifierMismatch, "too wide: add a patient number or days, begin names in clear")).ConfigureAwait(false);
            return;
        }

        var status = keys.Exists(k => KeyColumn.Of(k.Tag) is null) ? DimseStatus.PendingKeysIgnored : DimseStatus.Pending;
        var wanted = request.Identifier.Select(e => e.Tag).ToHashSet();
        (uint, string, string)[] more =
        [
            (Tags.QueryRetrieveLevel.Value, "CS", request.Identifier.GetString(Tags.QueryRetrieveLevel)!), (Tags.RetrieveAeTitle.Value, "AE", aeTitle),
            (Tags.InstanceAvailability.Value, "CS", "ONLINE"), (Tags.SpecificCharacterSet.Value, "CS", "ISO_IR 192"),
        ];
        wanted.Add(Tags.RetrieveAeTitle);
        wanted.Add(Tags.SpecificCharacterSet);
        var answers = new AnswerBlock(level, wanted.Contains);
        foreach (var chunk in index.Search(query).Chunk(AuditedTogether))
        {
            var together = await reach.OfAsync(chunk).ConfigureAwait(false);
            if (together.Count > 0 && !await audit.FoundAsync(together.Count, level).ConfigureAwait(false))
            {
                await association.SendAsync(context, command.Respond(DimseStatus.ProcessingFailure, "the audit cannot be written")).ConfigureAwait(false);
                return;
            }

            foreach (var answer in together)
            {
                if (isCancelled())
                {
                    await association.SendAsync(context, command.Respond(DimseStatus.Cancelled)).ConfigureAwait(false);
                    return;
                }

                if (association.End != AssociationEnd.None) return;
                var block = answers.Of(answer, more);
                var data = Identifier(block, wanted, request.Syntax);
                await association.SendAsync(context, command.Respond(status) with { HasDataSet = true }, data).ConfigureAwait(false);
            }
        }

        await association.SendAsync(context, command.Respond(DimseStatus.Success)).ConfigureAwait(false);
    }

    /// <summary>The data set of an answer: what is asked for, empty where there is no value.</summary>
    private static byte[] Identifier(HeaderBlock block, HashSet<DicomTag> wanted, TransferSyntax syntax)
    {
        var found = DicomJson.Read(AnswerBlock.ToJson(block)).Value[0];
        var builder = DicomBuilder.From(found);
        foreach (var tag in wanted)
            if (!builder.Contains(tag)) Empty(builder, tag);
        return DicomWriter.WriteDataSet(builder.Build(), syntax).Value;
    }

    /// <summary>An element that is asked for and has no value. One that the dictionary does not know comes as it would be unknown.</summary>
    private static void Empty(DicomBuilder builder, DicomTag tag)
    {
        if (tag.IsPrivateCreator || DicomDictionary.Find(tag) is not null) builder.SetEmpty(tag);
        else builder.SetBytes(tag, Vr.UN, default);
    }
}
