namespace Yunnao.Services.Imaging.Web;

/// <summary>Where what is stored comes from.</summary>
/// <param name="Archive">Takes it.</param>
/// <param name="Organisation">Code of the institution whose patient numbers it has.</param>
/// <param name="Done">Told how many were kept and how many were not, before the caller is.</param>
internal sealed record StoreOrigin(ImageArchive Archive, string Organisation, Func<int, int, Task> Done);
