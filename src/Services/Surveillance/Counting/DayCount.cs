namespace Yunnao.Services.Surveillance.Counting;

/// <summary>Cases of a signal on a day in the smallest region known, by institution.</summary>
internal readonly record struct DayCount(string Signal, string Region, string Organisation, DateOnly Day, long Cases);
