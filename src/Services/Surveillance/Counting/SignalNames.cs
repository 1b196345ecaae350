using Yunnao.Standards;

namespace Yunnao.Services.Surveillance.Counting;

/// <summary>Names of signals, triggers and regions for people.</summary>
public sealed class SignalNames
{
    private const string Divisions = "GB2260";

    private readonly Registry _registry;
    private readonly Dictionary<string, string> _families;

    public SignalNames(Registry registry)
    {
        _registry = registry;
        _families = Families();
    }

    /// <summary>The name of a signal with its code, of a rule with codes as a whole, or of a trigger; the id itself where there is none.</summary>
    public Names Signal(string id)
    {
        if (_registry.Alarms.Triggers.TryGetValue(id, out var trigger)) return trigger.Name;
        var point = id.IndexOf('.');
        if (!_registry.Alarms.Signals.TryGetValue(point < 0 ? id : id[..point], out var rule)) return new(id, id);
        if (point < 0 || rule.Each is not { } each) return rule.Name;
        var code = _registry.ValueSets[each.ValueSet].Codes.GetValueOrDefault(id[(point + 1)..]);
        return code is null ? new(id, id) : new($"{rule.Name.Zh}:{code.Name.Zh}", $"{rule.Name.En}: {code.Name.En}");
    }

    /// <summary>True when a signal, a rule or a trigger has this id.</summary>
    public bool Knows(string id) => _registry.Alarms.Signals.ContainsKey(id) || Signal(id).En != id;

    /// <summary>
    /// What a signal is about, whatever way it was seen: the trigger that it belongs to by itself or by its code, else its code with the
    /// value set, else the signal itself.
    /// </summary>
    public string Topic(string id) =>
        _families.GetValueOrDefault(Code(id)) ?? (_registry.Alarms.Triggers.ContainsKey(id) ? id : Code(id));

    private string Code(string id)
    {
        var point = id.IndexOf('.');
        return point > 0 && _registry.Alarms.Signals.TryGetValue(id[..point], out var rule) && rule.Each is { } each ? $"{each.ValueSet}:{id[(point + 1)..]}" : id;
    }

    private Dictionary<string, string> Families()
    {
        var families = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var trigger in _registry.Alarms.Triggers.Values.OrderBy(t => t.Id, StringComparer.Ordinal))
            foreach (var condition in trigger.Conditions) families.TryAdd(Code(condition.Signal), trigger.Id);
        return families;
    }

    /// <summary>The name of a region; its code where it has no name here, such as streets and institutions.</summary>
    public Names Region(string region)
    {
        if (region.Length == 0) return new("全部地区", "all regions");
        if (_registry.ValueSets.TryGetValue(Divisions, out var set) && region.Length <= 6 && set.Codes.TryGetValue(region.PadRight(6, '0'), out var code))
            return code.Name;
        return region.Length == 9 && set is not null && set.Codes.TryGetValue(region[..6], out var county)
            ? new($"{county.Name.Zh} {region}", $"{county.Name.En} {region}")
            : new(region, region);
    }
}
