using Microsoft.AspNetCore.Http;
using Yunnao.Kernel;

namespace Yunnao.Services.Imaging.Web;

/// <summary>Whoever reaches the endpoints sees everything: the archive alone, on the loopback address.</summary>
internal sealed class OpenDoor(ImageArchive archive, string organisation) : IImageDoor
{
    public Task<Result<ArchiveView>> ReadAsync(HttpContext http, string? study) => Task.FromResult<Result<ArchiveView>>(new ArchiveView(archive) { Study = study });

    public Task<Result<StoreOrigin>> StoreAsync(HttpContext http) => Task.FromResult<Result<StoreOrigin>>(new StoreOrigin(archive, organisation, (_, _) => Task.CompletedTask));
}
