namespace Yunnao.Services.Surveillance.Counting;

/// <summary>A record behind a count. Who the person is stays in the vault; <c>yunnao show record</c> shows the record.</summary>
/// <param name="Record">Record key, decimal digits.</param>
/// <param name="Age">Years, or null.</param>
public sealed record CaseRecord(string Signal, string DataSet, string Record, string? Organisation, DateOnly Seen, DateOnly? Onset, string Region, int? Age);
