namespace Yunnao.Services.Surveillance.Counts;

/// <summary>
/// So many cases of a day, as a source reported them.
/// </summary>
/// <param name="Key">Identity of the report at its source: one sent again replaces the earlier one.</param>
/// <param name="Day">Day of the cases (onset or diagnosis).</param>
/// <param name="Region">Code of the administrative division.</param>
/// <param name="Cases">Number of cases; negative takes cases back.</param>
/// <param name="Version">Higher replaces lower; of the same version the later in the list counts.</param>
public readonly record struct CaseReport(string Key, DateOnly Day, string Region, double Cases, long Version = 0);
