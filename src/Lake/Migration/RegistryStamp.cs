using Yunnao.Kernel;

namespace Yunnao.Lake.Migration;

/// <summary>The registry that a lake is opened with, to be remembered by it.</summary>
/// <param name="Files">Packs its files; asked for only when the lake does not know the registry yet.</param>
/// <param name="Guard">Judges the step from the registry that the lake remembers to this one, before any table follows; null lets it pass.</param>
public sealed record RegistryStamp(string Fingerprint, Func<byte[]> Files, Func<AppliedRegistry, Problem?> Guard);
