using Yunnao.Trust.Callers;

namespace Yunnao.Services.Exports;

/// <summary>Where an export is. The order of a life: requested, approved (or refused), done (or failed), expired.</summary>
public enum ExportState { Requested, Approved, Refused, Done, Failed, Expired }

/// <summary>An export that was asked for at the server.</summary>
/// <param name="Id">26 characters, in the order of requests.</param>
/// <param name="Who">The recipient: under whose right it is read, and who alone may fetch it.</param>
/// <param name="Caller">The recipient as it was when it asked; null for the local administrator.</param>
/// <param name="RightsEpoch">How often the recipient's rights had been changed by then; after another change the request is void.</param>
/// <param name="Reason">Why it was refused, or the code of what failed.</param>
/// <param name="Expires">When its files are removed.</param>
public sealed record Export(
    string Id, string Who, Caller? Caller, long RightsEpoch, ExportOrder Order, ExportState State, DateTimeOffset Created, string? DecidedBy, string? Reason, string? Job,
    DateTimeOffset? Expires, ExportManifest? Manifest);
