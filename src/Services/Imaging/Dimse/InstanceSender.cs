using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Yunnao.Formats.Dicom;
using Yunnao.Formats.Dicom.Network;
using Yunnao.Services.Imaging.Index;

namespace Yunnao.Services.Imaging.Dimse;

/// <summary>Sends instances to another application entity by C-STORE; several at once where the peer agrees.</summary>
internal sealed class InstanceSender(ImageArchive archive, string callingAe, DimseLimits limits)
{
    /// <summary>Who asked by C-MOVE, and with which message.</summary>
    public (string Title, ushort MessageId)? Originator { get; init; }

    /// <summary>With it the connection is TLS, trusted when this authority issued the peer's certificate.</summary>
    public X509Certificate2? Authority { get; init; }

    /// <summary>Sends the instances and gives the status of each. What could not be sent has a status of failure.</summary>
    public async IAsyncEnumerable<(InstanceRow Instance, ushort Status)> SendAsync(
        DimsePeer peer, IReadOnlyList<InstanceRow> instances, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var group in Groups(instances))
        {
            var connected = await DimseClient.ConnectAsync(peer, callingAe, Contexts(group), limits, Authority, cancellation).ConfigureAwait(false);
            if (!connected.Try(out var association, out _))
            {
                foreach (var instance in group) yield return (instance, DimseStatus.OutOfResources);
                continue;
            }

            await using (association.ConfigureAwait(false))
            {
                var underway = new Dictionary<ushort, (InstanceRow Instance, OutgoingInstance Outgoing)>();
                foreach (var instance in group)
                {
                    var prepared = association.End == AssociationEnd.None ? OutgoingInstance.Prepare(archive, instance, association.Contexts) : null;
                    if (prepared is null || !await TrySendAsync(association, prepared, underway).ConfigureAwait(false))
                    {
                        yield return (instance, association.End == AssociationEnd.None ? DimseStatus.SopClassNotSupported : DimseStatus.ProcessingFailure);
                        continue;
                    }

                    if (underway.Count >= association.Window && await AnswerAsync(association, underway).ConfigureAwait(false) is { } answered) yield return answered;
                }

                while (underway.Count > 0 && await AnswerAsync(association, underway).ConfigureAwait(false) is { } answered) yield return answered;
                foreach (var (instance, outgoing) in underway.Values)
                {
                    await outgoing.DisposeAsync().ConfigureAwait(false);
                    yield return (instance, DimseStatus.ProcessingFailure);
                }

                await association.ReleaseAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>An association has at most 128 contexts; instances are sent in as many associations as that needs.</summary>
    private static IEnumerable<List<InstanceRow>> Groups(IReadOnlyList<InstanceRow> instances)
    {
        var (group, seen) = (new List<InstanceRow>(), new HashSet<(string, string)>());
        foreach (var instance in instances)
        {
            if (seen.Add((instance.SopClass, instance.TransferSyntax)) && seen.Count > 60)
            {
                yield return group;
                (group, seen) = ([], [(instance.SopClass, instance.TransferSyntax)]);
            }

            group.Add(instance);
        }

        if (group.Count > 0) yield return group;
    }

    /// <summary>For each class and syntax a context of its own, and for uncompressed ones another with the plain syntaxes.</summary>
    private static List<PresentationContext> Contexts(List<InstanceRow> instances)
    {
        var contexts = new List<PresentationContext>();
        foreach (var (sopClass, syntax) in instances.Select(i => (i.SopClass, i.TransferSyntax)).Distinct())
        {
            contexts.Add(new((byte)(contexts.Count * 2 + 1), sopClass, [syntax]));
            if (syntax != TransferSyntax.ImplicitLittle.Uid) contexts.Add(new((byte)(contexts.Count * 2 + 1), sopClass, [TransferSyntax.ExplicitLittle.Uid, TransferSyntax.ImplicitLittle.Uid]));
        }

        return contexts;
    }

    private async Task<bool> TrySendAsync(Association association, OutgoingInstance outgoing, Dictionary<ushort, (InstanceRow, OutgoingInstance)> underway)
    {
        var id = association.NextMessageId();
        try
        {
            await association.SendAsync(outgoing.Context, outgoing.Request(id, Originator), outgoing.Data).ConfigureAwait(false);
            underway[id] = (outgoing.Instance, outgoing);
            return true;
        }
        catch (IOException)
        {
            await outgoing.DisposeAsync().ConfigureAwait(false);
            await association.AbortAsync(AbortReason.NotSpecified, AssociationEnd.Lost).ConfigureAwait(false);
            return false;
        }
    }

    private static async Task<(InstanceRow Instance, ushort Status)?> AnswerAsync(Association association, Dictionary<ushort, (InstanceRow Instance, OutgoingInstance Outgoing)> underway)
    {
        while (await association.ReceiveAsync().ConfigureAwait(false) is { } message)
        {
            if (message.Command.HasDataSet && await association.ReadDataSetAsync(message).ConfigureAwait(false) is null) return null;
            if (message.Command.Field != DimseField.StoreResponse || !underway.Remove(message.Command.MessageId, out var sent)) continue;
            await sent.Outgoing.DisposeAsync().ConfigureAwait(false);
            return (sent.Instance, message.Command.Status ?? DimseStatus.ProcessingFailure);
        }

        return null;
    }
}
