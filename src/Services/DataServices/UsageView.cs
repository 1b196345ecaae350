namespace Yunnao.Services.DataServices;

/// <summary>What a caller took on a day, and what it may take.</summary>
/// <param name="Caller">Client id or account id.</param>
/// <param name="Day">Day in UTC.</param>
/// <param name="Requests">Requests of the day so far.</param>
/// <param name="Rows">Rows of the day so far.</param>
public sealed record UsageView(string Caller, DateOnly Day, long Requests, long Rows, DataLimits Limits);
