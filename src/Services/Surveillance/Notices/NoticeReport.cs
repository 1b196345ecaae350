namespace Yunnao.Services.Surveillance.Notices;

/// <summary>What a round of notices did.</summary>
/// <param name="Waiting">Notices that failed and are tried again in a later round.</param>
public sealed record NoticeReport(int Delivered, int Waiting, IReadOnlyList<string> Problems);
