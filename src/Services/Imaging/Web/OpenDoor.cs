using Microsoft.AspNetCore.Http;
using Yunnao.Kernel;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Rights;

namespace Yunnao.Services.Imaging.Web;

/// <summary>
/// The door of the archive alone, on the loopback address: who reaches it has the right of whoever runs the program on this machine, and sees
/// everything. Each study that is opened and each search is in the audit under that name.
/// </summary>
internal sealed class OpenDoor(ImageArchive archive, string organisation, AuditLog audit, TimeProvider time) : IImageDoor
{
    private const string Purpose = "imaging serve";
    private const string What = "images";
    private readonly Readings _readings = new(time);

    public async Task<Result<ArchiveView>> ReadAsync(HttpContext http, string? study)
    {
        if (study is null) return new ArchiveView(archive) { Searched = found => audit.AppendAsync(Reading() with { Rows = found }, CancellationToken.None) };
        if (study.Length == 0) return new Problem(ProblemKind.Incorrect, "imaging.query-parameter", "WADO-URI needs requestType=WADO, studyUID, seriesUID and objectUID.");
        if (!_readings.GoesOn(LocalAdministrator.Name, Purpose, study))
        {
            if (archive.Index.FindStudy(study) is null) return new ArchiveView(archive) { Study = study };
            await audit.AppendAsync(Reading() with { Details = new Dictionary<string, string> { ["study"] = study } }, CancellationToken.None).ConfigureAwait(false);
        }

        _readings.Opened(LocalAdministrator.Name, Purpose, study);
        return new ArchiveView(archive) { Study = study };
    }

    /// <summary>What comes is noted with its sender in the packs.</summary>
    public Task<Result<StoreOrigin>> StoreAsync(HttpContext http) => Task.FromResult<Result<StoreOrigin>>(new StoreOrigin(archive, organisation, (_, _) => Task.CompletedTask));

    private static AuditEvent Reading() => new(AuditKind.Read, LocalAdministrator.Name) { Purpose = Purpose, What = What };
}
