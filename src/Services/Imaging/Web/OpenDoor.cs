using Microsoft.AspNetCore.Http;
using Yunnao.Kernel;
using Yunnao.Trust.Audit;

namespace Yunnao.Services.Imaging.Web;

/// <summary>Whoever reaches the endpoints sees everything: the archive alone, on the loopback address. What is read is audited as of this machine.</summary>
internal sealed class OpenDoor(ImageArchive archive, AuditLog audit, Readings readings, string organisation) : IImageDoor
{
    private const string What = "images";
    private const string Purpose = "care";

    public async Task<Result<ArchiveView>> ReadAsync(HttpContext http, string? study)
    {
        var who = $"dicomweb:{http.Connection.RemoteIpAddress}";
        if (study is null)
            return new ArchiveView(archive) { Searched = found => audit.AppendAsync(new(AuditKind.Read, who) { Purpose = Purpose, What = What, Rows = found }, CancellationToken.None) };
        if (readings.IsOpened(who, Purpose, study) && archive.Index.FindStudy(study) is not null)
            await audit.AppendAsync(new(AuditKind.Read, who) { Purpose = Purpose, What = What, Details = new Dictionary<string, string> { ["study"] = study } }, CancellationToken.None).ConfigureAwait(false);
        return new ArchiveView(archive) { Study = study };
    }

    public Task<Result<StoreOrigin>> StoreAsync(HttpContext http) => Task.FromResult<Result<StoreOrigin>>(new StoreOrigin(archive, organisation, (_, _) => Task.CompletedTask));
}
