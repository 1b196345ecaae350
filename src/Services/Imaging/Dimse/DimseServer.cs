using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Yunnao.Formats.Dicom;
using Yunnao.Formats.Dicom.Network;
using Yunnao.Kernel;
using Yunnao.Services.Listen.Sockets;
using Yunnao.Trust.Audit;

namespace Yunnao.Services.Imaging.Dimse;

/// <summary>Takes DICOM associations (PS3.8), each on its own connection.</summary>
/// <param name="gate">Who reads what, and where reading is noted.</param>
public sealed class DimseServer(DimseOptions options, ImageArchive archive, DimseGate gate, AuditLog audit, ILogger<DimseServer> log)
{
    private SocketListener? _listener;

    /// <summary>What was done so far.</summary>
    public DimseCounts Counts { get; } = new();

    /// <summary>Listens until cancelled; then ends the associations that are open. Problems: <c>imaging.address</c>, <c>imaging.open-door</c>.</summary>
    /// <param name="listening">Told the end point once connections are taken.</param>
    public async Task<Problem?> RunAsync(Action<IPEndPoint> listening, CancellationToken cancellation)
    {
        if (options.Allowed.Count == 0 && !IPAddress.IsLoopback(options.Address))
            return new(ProblemKind.Forbidden, "imaging.open-door", "Outside of this machine the archive is opened only to callers that are named: give a list of those who are allowed.");
        using var listener = SocketListener.At(options.Address, options.Port);
        if (listener is null) return new(ProblemKind.Unavailable, "imaging.address", "The address and port cannot be listened at: they are in use, not of this machine, or not allowed.");
        _listener = listener;

        // As many threads as processors may be waiting for the data of those who send (PduReader); the others find theirs at once.
        ThreadPool.GetMinThreads(out var workers, out var ports);
        ThreadPool.SetMinThreads(Math.Max(workers, 2 * Environment.ProcessorCount), ports);
        listening(listener.EndPoint);
        var security = new ConnectionSecurity(options.Certificate, options.ClientAuthority, options.Limits.Artim);
        await listener.RunAsync(security, int.MaxValue, ServeAsync, e => DimseLog.Broken(log, e.GetType().Name), cancellation).ConfigureAwait(false);
        return null;
    }

    private async Task ServeAsync(Stream stream, IPAddress address, CancellationToken cancellation)
    {
        try
        {
            await AssociateAsync(stream, address, cancellation).ConfigureAwait(false);
        }
        catch (Exception bug) when (bug is not (IOException or SocketException or OperationCanceledException or ObjectDisposedException))
        {
            // A defect of ours ends one association, not the archive. The message of an exception may hold a value of a patient.
            DimseLog.Fault(log, bug.GetType().Name, bug.StackTrace);
        }
    }

    private async Task AssociateAsync(Stream stream, IPAddress address, CancellationToken cancellation)
    {
        var reader = new PduReader(stream, options.Limits.MaxPdu, options.Limits.ReceivePatience, cancellation);
        var (type, body, _) = await reader.ReadAsync(options.Limits.Artim).ConfigureAwait(false);
        var request = type == PduType.AssociateRequest ? AssociatePdu.Read(body.Span, isRequest: true) : null;
        if (request is null || Refuse(request, address) is not null)
        {
            var unit = request is null ? Pdu.Abort(byProvider: true, AbortReason.UnexpectedPdu) : Pdu.Reject(Refuse(request, address)!.Value);
            DimseLog.Refused(log, request is null ? "no A-ASSOCIATE-RQ" : Refuse(request, address)!.Value.ToString(), address);
            Counts.AddRefused();
            await stream.WriteAsync(unit, cancellation).ConfigureAwait(false);

            // ARTIM: the caller closes, or is closed. What it still sends is not read into anything.
            await reader.ReadAsync(TimeSpan.FromSeconds(2)).ConfigureAwait(false);
            reader.Dispose();
            return;
        }

        var (answers, agreed) = Negotiation.Answer(request);
        var window = Negotiation.Window(request, options.Limits.Window);
        var answer = new AssociatePdu
        {
            CalledAe = request.CalledAe,
            CallingAe = request.CallingAe,
            Contexts = answers,
            MaxLength = options.Limits.MaxPdu,
            ImplementationClass = DicomWriter.ImplementationClassUid,
            ImplementationVersion = DicomWriter.ImplementationVersionName,
            Window = window,
            Roles = Negotiation.Roles(request, agreed),
        };
        await stream.WriteAsync(answer.Write(isRequest: false), cancellation).ConfigureAwait(false);
        Counts.AddAccepted();
        var association = new Association(stream, reader, options.Limits, request, agreed, cancellation) { Window = window?.Invoked ?? 1 };
        await using (association.ConfigureAwait(false))
        {
            var caller = Caller(request.CallingAe, address);
            await new DimseSession(association, archive, caller, gate, new(audit, caller), options, Counts, log).RunAsync(cancellation).ConfigureAwait(false);
            DimseLog.Ended(log, request.CallingAe, association.End);
        }
    }

    private DimseCaller Caller(string aeTitle, IPAddress address)
    {
        var isNamed = options.Allowed.Count > 0;
        var rights = isNamed ? options.Allowed.Where(a => a.Matches(aeTitle, address)).Aggregate(DimseRights.None, (all, one) => all | one.Rights) : DimseRights.All;
        return new(aeTitle, address, rights, options.Organisations.GetValueOrDefault(aeTitle) ?? options.Organisation, isNamed);
    }

    private Rejection? Refuse(AssociatePdu request, IPAddress address)
    {
        if (_listener?.Open > options.MaxAssociations) return Rejection.LocalLimit;
        if (!request.IsVersionOne) return Rejection.ProtocolVersion;
        if (request.ApplicationContext != AssociatePdu.DicomContext) return Rejection.ApplicationContext;
        if (request.CalledAe != options.AeTitle) return Rejection.CalledAeTitle;
        return options.Allowed.Count == 0 || options.Allowed.Any(a => a.Matches(request.CallingAe, address)) ? null : Rejection.CallingAeTitle;
    }
}
