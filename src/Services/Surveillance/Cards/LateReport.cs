namespace Yunnao.Services.Surveillance.Cards;

/// <summary>A record that was reported after its time limit.</summary>
/// <param name="Limit">Id of the limit.</param>
/// <param name="Record">Record key, decimal digits.</param>
/// <param name="Code">Code that decided the limit, or empty.</param>
/// <param name="Hours">The limit.</param>
/// <param name="Minutes">What it took.</param>
public sealed record LateReport(string Limit, string Record, string Organisation, string Code, DateOnly Day, int Hours, long Minutes);
