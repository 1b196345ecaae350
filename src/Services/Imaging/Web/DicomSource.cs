using Yunnao.Services.Imaging.Store;

namespace Yunnao.Services.Imaging.Web;

/// <summary>A file to be given out.</summary>
/// <param name="Kept">As it is kept.</param>
/// <param name="Syntax">UID of its transfer syntax.</param>
/// <param name="Changed">What is given instead; null when it is given as it is kept.</param>
internal sealed record DicomSource(StoredFile Kept, string Syntax, byte[]? Changed)
{
    public Stream Open() => Changed is null ? Kept.Open() : new MemoryStream(Changed, writable: false);
}
