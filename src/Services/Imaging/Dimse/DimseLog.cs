using System.Net;
using Microsoft.Extensions.Logging;

namespace Yunnao.Services.Imaging.Dimse;

/// <summary>Log lines of the DICOM network: titles, addresses, counts; never a value of a patient.</summary>
internal static partial class DimseLog
{
    [LoggerMessage(7101, LogLevel.Information, "Association refused: {Reason} ({Address})")]
    public static partial void Refused(ILogger logger, string reason, IPAddress address);

    [LoggerMessage(7102, LogLevel.Debug, "Association of {CallingAe} ended: {End}")]
    public static partial void Ended(ILogger logger, string callingAe, AssociationEnd end);

    [LoggerMessage(7103, LogLevel.Debug, "Connection broken: {Kind}")]
    public static partial void Broken(ILogger logger, string kind);

    [LoggerMessage(7105, LogLevel.Error, "Defect in an association: {Kind}\n{Stack}")]
    public static partial void Fault(ILogger logger, string kind, string? stack);

    [LoggerMessage(7104, LogLevel.Warning, "Instance not stored, status {Status:X4}: {Code}")]
    public static partial void NotStored(ILogger logger, ushort status, string code);

    [LoggerMessage(7107, LogLevel.Information, "{CallingAe} ({Address}) reads nothing: {Code}")]
    public static partial void Refuses(ILogger logger, string callingAe, IPAddress address, string code);

    [LoggerMessage(7106, LogLevel.Information, "{CallingAe} ({Address}) may not {Right}: name it with --allow and that right")]
    public static partial void NotAllowed(ILogger logger, string callingAe, IPAddress address, DimseRights right);
}
