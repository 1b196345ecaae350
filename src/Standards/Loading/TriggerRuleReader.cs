using System.Globalization;
using Yunnao.Standards.Alarms;

namespace Yunnao.Standards.Loading;

/// <summary>Reads one entry of <c>triggers</c>.</summary>
internal sealed class TriggerRuleReader(AlarmContext context, IReadOnlyDictionary<string, SignalRule> signals, ProblemList problems)
{
    public TriggerRule Read(AlarmFile file, YamlMap entry)
    {
        entry.Only("id", "name", "level", "days", "needs", "conditions", "source");
        var id = context.Id(entry, "trigger");
        var level = entry.OneOf("level", "standards.bad-value", t => SignalRuleReader.Level(t) is not null, $"{SignalRuleReader.LevelWords}");
        var conditions = entry.Maps("conditions").Select(Condition).OfType<TriggerCondition>().ToList();
        var needs = entry.Whole("needs", 1, conditions.Count);
        if (needs > conditions.Count)
            problems.Add("standards.bad-value", entry.AtKey("needs"), $"needs is {needs}; there are {conditions.Count} conditions");
        return new(
            id, file.Version, file.Status, entry.Names(), SignalRuleReader.Level(level ?? "county") ?? RegionLevel.County,
            entry.Whole("days", 1, 7), needs, conditions, entry.Text("source") ?? file.Source, entry.At);
    }

    private TriggerCondition? Condition(YamlMap entry)
    {
        entry.Only("signal", "cases", "ratio");
        if (entry.Text("signal", required: true) is not { } signal) return null;
        if (!Known(signal)) problems.AddUnknown("standards.unknown-signal", entry.AtKey("signal"), "signal", signal, signals.Keys);
        var ratio = entry.OneOf(
            "ratio", "standards.bad-value", t => double.TryParse(t, CultureInfo.InvariantCulture, out var number) && number > 0, "a number above zero", required: false);
        return new(signal, entry.Whole("cases", 1, 1, required: true), ratio is null ? null : double.Parse(ratio, CultureInfo.InvariantCulture));
    }

    private bool Known(string signal)
    {
        if (signals.TryGetValue(signal, out var whole)) return whole.Each is null;
        return signals.Values.Any(s => s.Each is { } each && signal.StartsWith(s.Id + ".", StringComparison.Ordinal)
            && context.HasCode(each.ValueSet, signal[(s.Id.Length + 1)..]));
    }
}
