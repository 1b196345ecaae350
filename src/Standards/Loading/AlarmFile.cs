namespace Yunnao.Standards.Loading;

/// <summary>A file of <c>alarms/</c> with what its head says of all entries in it.</summary>
internal sealed record AlarmFile(YamlMap Root, string Version, Status Status, string Source);
