using Microsoft.AspNetCore.Http;
using Yunnao.Kernel;

namespace Yunnao.Services.Imaging.Web;

/// <summary>Decides for each request what its caller sees of the archive, and where what it stores belongs. The endpoints reach the archive by it alone.</summary>
internal interface IImageDoor
{
    /// <summary>What the caller sees.</summary>
    /// <param name="study">The study that the request names; null for a search over all.</param>
    Task<Result<ArchiveView>> ReadAsync(HttpContext http, string? study);

    /// <summary>Whose patient numbers are in what the caller stores.</summary>
    Task<Result<StoreOrigin>> StoreAsync(HttpContext http);
}
