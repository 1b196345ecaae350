namespace Yunnao.Services.Exports;

/// <summary>An export as its recipient and the security officer see it.</summary>
public sealed record ExportView(
    string Id, string Who, ExportOrder Order, ExportState State, DateTimeOffset Created, string? DecidedBy, string? Reason, string? Job, DateTimeOffset? Expires, ExportManifest? Manifest)
{
    public static ExportView Of(Export e)
    {
        ArgumentNullException.ThrowIfNull(e);
        return new(e.Id, e.Who, e.Order, e.State, e.Created, e.DecidedBy, e.Reason, e.Job, e.Expires, e.Manifest);
    }
}
