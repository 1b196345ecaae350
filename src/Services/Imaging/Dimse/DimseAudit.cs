using System.Data.Common;
using System.Globalization;
using Yunnao.Services.Imaging.Index;
using Yunnao.Trust.Audit;

namespace Yunnao.Services.Imaging.Dimse;

/// <summary>
/// Writes what a caller reads to the audit before the caller gets it, and what it was refused. An event that cannot be written forbids the
/// reading.
/// </summary>
internal sealed class DimseAudit(AuditLog audit, DimseCaller caller)
{
    private const string What = "images";
    private const string Care = "care";

    /// <summary>Answers to a search that are about to be sent; false when they must not be.</summary>
    public Task<bool> FoundAsync(int answers, QueryLevel level) => TryAsync(new(AuditKind.Read, Who) { Purpose = Care, What = What, Rows = answers, Details = Details(("service", "C-FIND"), ("level", level.ToString().ToLowerInvariant())) });

    /// <summary>Instances of a study that are about to be sent; false when they must not be.</summary>
    /// <param name="destination">AE title that gets them.</param>
    public Task<bool> RetrievedAsync(StudyRow study, int instances, string service, string destination) =>
        TryAsync(new(AuditKind.Read, Who) { Purpose = Care, What = What, Rows = instances, Details = Details(("service", service), ("study", study.Uid), ("destination", destination)) });

    /// <summary>A service that the caller may not use.</summary>
    public Task<bool> RefusedAsync(DimseRights right) => TryAsync(new(AuditKind.Refusal, Who) { Purpose = Care, What = What, Outcome = "imaging.not-allowed", Details = Details(("right", right.ToString().ToLowerInvariant())) });

    private string Who => caller.Id;

    private Dictionary<string, string> Details(params ReadOnlySpan<(string Name, string Value)> more)
    {
        var details = new Dictionary<string, string>(StringComparer.Ordinal) { ["address"] = string.Create(CultureInfo.InvariantCulture, $"{caller.Address}") };
        foreach (var (name, value) in more) details[name] = value;
        return details;
    }

    private async Task<bool> TryAsync(AuditEvent audited)
    {
        try
        {
            await audit.AppendAsync(audited).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is DbException or IOException or InvalidOperationException)
        {
            return false;
        }
    }
}
