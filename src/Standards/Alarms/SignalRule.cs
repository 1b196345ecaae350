namespace Yunnao.Standards.Alarms;

/// <summary>Which records of a data set are cases of what. One rule may stand for many signals, one a code (<see cref="Each"/>).</summary>
/// <param name="Id">Id of the signal; with <see cref="Each"/> its beginning: <c>card</c> gives <c>card.C01</c>.</param>
/// <param name="Where">Condition on the items of a record, or null for all records.</param>
/// <param name="Onset">Item with the day on which the illness began, or null.</param>
/// <param name="Age">Item with the age in years, or null: from the person's date of birth.</param>
/// <param name="Region">Item with the division, or null: the person's residence, else the institution's place.</param>
/// <param name="Once">A person counts again only after this many days without such a record; 0: once a day.</param>
/// <param name="Levels">Region levels at which the signal is watched.</param>
/// <param name="Fixed">Code (of a signal without codes: its id) → cases in a week that are an alarm by themselves.</param>
public sealed record SignalRule(
    string Id, string Version, Status Status, Names Name, string DataSet, CodeOfRecord? Each, string? Where, string? Onset, string? Age,
    string? Region, int Once, IReadOnlyList<RegionLevel> Levels, IReadOnlyDictionary<string, int> Fixed, string Source, SourceLine At);
