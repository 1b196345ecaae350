namespace Yunnao.Lake.Migration;

/// <summary>The registry that the tables of a lake were made from.</summary>
/// <param name="Files">Its files as an archive, see <see cref="Yunnao.Standards.Loading.RegistrySnapshot"/>.</param>
public sealed record AppliedRegistry(string Fingerprint, DateTimeOffset Applied, byte[] Files);
