using Yunnao.Standards.Alarms;

namespace Yunnao.Standards.Loading;

/// <summary>Reads the files of <c>alarms/</c>; which file holds what is the author's choice.</summary>
internal sealed class AlarmReader(RegistryFiles files, MappingContext registry, ProblemList problems)
{
    private const string Words = "words";
    private const string Signals = "signals";
    private const string Triggers = "triggers";
    private const string Reporting = "reporting";

    public AlarmRules Read()
    {
        var found = files.In("alarms").Select(Head).OfType<AlarmFile>().Where(f => f.Status != Status.Superseded).ToList();
        var words = new Versions<WordList>("word list", problems);
        var context = new AlarmContext(registry, words, problems);
        foreach (var (file, entry) in In(found, Words)) Add(words, WordListOf(file, entry, context));
        var signals = new Versions<SignalRule>("signal", problems);
        var signalReader = new SignalRuleReader(context, problems);
        foreach (var (file, entry) in In(found, Signals)) Add(signals, signalReader.Read(file, entry));
        var current = signals.Current();
        var triggers = new Versions<TriggerRule>("trigger", problems);
        var triggerReader = new TriggerRuleReader(context, current, problems);
        foreach (var (file, entry) in In(found, Triggers)) Add(triggers, triggerReader.Read(file, entry));
        var population = One(found, "population", (_, map) => PopulationOf(map, context));
        if (current.Count > 0 && population is null)
            problems.Add("standards.missing-key", current.Values.First().At, "signals need a 'population' in one of the files of alarms/");
        return new(
            current, words.Current(), One(found, "negation", (_, map) => NegationOf(map)), triggers.Current(),
            [.. In(found, Reporting).Select(e => LimitOf(e.File, e.Entry, context)).OfType<ReportingLimit>()], population);
    }

    private AlarmFile? Head(RegistryFile file)
    {
        if (YamlMap.Of(file, problems) is not { } root) return null;
        root.Only("version", "status", "source", "population", "negation", Words, Signals, Triggers, Reporting);
        var (version, status) = root.VersionAndStatus();
        return new(root, version, status, root.Text("source", required: true) ?? "");
    }

    private static IEnumerable<(AlarmFile File, YamlMap Entry)> In(List<AlarmFile> files, string key) =>
        files.SelectMany(f => f.Root.Maps(key, required: false).Select(e => (f, e)));

    private T? One<T>(List<AlarmFile> files, string key, Func<AlarmFile, YamlMap, T?> read) where T : class
    {
        var maps = files.Select(f => (File: f, Map: f.Root.Map(key))).Where(m => m.Map is not null).ToList();
        foreach (var (file, _) in maps.Skip(1))
            problems.Add("standards.duplicate-id", file.Root.AtKey(key), $"'{key}' is in {maps[0].File.Root.At.File} already");
        return maps.Count == 0 ? null : read(maps[0].File, maps[0].Map!);
    }

    private static WordList WordListOf(AlarmFile file, YamlMap entry, AlarmContext context)
    {
        entry.Only("id", "name", "any", "not");
        return new(
            context.Id(entry, "word list"), file.Version, file.Status, entry.Names(), entry.Texts("any", required: true), entry.Texts("not"), entry.At);
    }

    private static Negation NegationOf(YamlMap map)
    {
        map.Only("words", "except", "until");
        return new(map.Texts("words", required: true), map.Texts("except"), map.Text("until", required: true) ?? "", map.At);
    }

    private Population? PopulationOf(YamlMap map, AlarmContext context)
    {
        map.Only("age_bands", "persons", "residence", "birth", "institutions", "place");
        var bands = map.Texts("age_bands", required: true).Select(t => int.TryParse(t, out var age) ? age : -1).ToList();
        if (bands.Count == 0 || bands[0] != 0 || bands.Zip(bands.Skip(1)).Any(p => p.First >= p.Second))
            problems.Add("standards.bad-value", map.AtKey("age_bands"), "age_bands are ages in years, ascending from 0");
        var (persons, institutions) = (context.DataSet(map, "persons"), context.DataSet(map, "institutions"));
        var residence = context.Item(map, "residence", persons, required: true);
        var birth = context.Item(map, "birth", persons, required: true);
        var place = context.Item(map, "place", institutions, required: true);
        return persons is null || institutions is null || residence is null || birth is null || place is null
            ? null
            : new(bands, persons, residence, birth, institutions, place, map.At);
    }

    private ReportingLimit? LimitOf(AlarmFile file, YamlMap entry, AlarmContext context)
    {
        entry.Only("id", "name", "dataset", "from", "to", "code", "valueset", "hours_of_code", "hours", "source");
        var id = context.Id(entry, "reporting limit");
        var dataSet = context.DataSet(entry, "dataset");
        var (valueSet, attribute) = context.ValueSet(entry, "valueset", "hours_of_code", required: false);
        var (from, to) = (context.Item(entry, "from", dataSet, required: true), context.Item(entry, "to", dataSet, required: true));
        var code = context.Item(entry, "code", dataSet, required: valueSet is not null);
        var hours = entry.Whole("hours", 1, 24, required: true);
        if (code is not null && (valueSet is null || attribute is null))
            problems.Add("standards.missing-key", entry.At, "a limit by 'code' also names its 'valueset' and 'hours_of_code'");
        return dataSet is null || from is null || to is null
            ? null
            : new(id, file.Version, file.Status, entry.Names(), dataSet, from, to, code, valueSet, attribute, hours, entry.Text("source") ?? file.Source, entry.At);
    }

    private static void Add(Versions<WordList> lists, WordList list) => lists.Add(list.Id, list.Version, list.Status, list, list.At);

    private static void Add(Versions<SignalRule> rules, SignalRule? rule)
    {
        if (rule is not null) rules.Add(rule.Id, rule.Version, rule.Status, rule, rule.At);
    }

    private static void Add(Versions<TriggerRule> rules, TriggerRule? rule)
    {
        if (rule is not null) rules.Add(rule.Id, rule.Version, rule.Status, rule, rule.At);
    }
}
