using System.Globalization;
using Yunnao.Standards.Expressions;
using Yunnao.Standards.Quality;

namespace Yunnao.Standards.Loading;

/// <summary>Reads the files of <c>quality/</c>; which file holds what is the author's choice.</summary>
internal sealed class QualityReader(RegistryFiles files, MappingContext registry, ProblemList problems)
{
    private readonly HashSet<string> _dimensions = new(StringComparer.Ordinal);

    private sealed record QualityFile(YamlMap Root, string Version, Status Status, string Source);

    public QualityRules Read()
    {
        var found = files.In("quality").Select(Head).OfType<QualityFile>().Where(f => f.Status != Status.Superseded).ToList();
        if (found.Count == 0) return QualityRules.None;
        var dimensions = found.SelectMany(f => f.Root.Maps("dimensions", required: false)).Select(Dimension).ToList();
        if (dimensions.Count == 0) problems.Add("standards.missing-key", found[0].Root.At, "measures need 'dimensions' in one of the files of quality/");
        var measures = new Versions<QualityMeasure>("measure", problems);
        foreach (var (file, entry) in found.SelectMany(f => f.Root.Maps("measures", required: false).Select(e => (f, e))))
        {
            var measure = Measure(file, entry);
            measures.Add(measure.Id, measure.Version, measure.Status, measure, measure.At);
        }

        return new(
            dimensions, measures.Current(), Weights(found, "derived", (key, at) =>
            {
                if (!DerivedMeasure.Kinds.Contains(key)) problems.AddUnknown("standards.unknown-key", at, "kind of derived measure", key, DerivedMeasure.Kinds);
            }),
            Weights(found, "rules", CheckRule), DataSetWeights(found), One(found, "person", Person), One(found, "institution", Institution));
    }

    private QualityFile? Head(RegistryFile file)
    {
        if (YamlMap.Of(file, problems) is not { } root) return null;
        root.Only("version", "status", "source", "dimensions", "derived", "rules", "data_sets", "person", "institution", "measures");
        var (version, status) = root.VersionAndStatus();
        return new(root, version, status, root.Text("source", required: true) ?? "");
    }

    private T? One<T>(List<QualityFile> found, string key, Func<YamlMap, T?> read)
        where T : class
    {
        var maps = found.Select(f => (File: f, Map: f.Root.Map(key))).Where(m => m.Map is not null).ToList();
        foreach (var (file, _) in maps.Skip(1)) problems.Add("standards.duplicate-id", file.Root.AtKey(key), $"'{key}' is in {maps[0].File.Root.At.File} already");
        return maps.Count == 0 ? null : read(maps[0].Map!);
    }

    private QualityDimension Dimension(YamlMap entry)
    {
        entry.Only("id", "name", "weight");
        var id = entry.Text("id", required: true) ?? "";
        if (id.Length > 0 && Identifiers.IdFault(id) is { } fault) problems.Add("standards.name", entry.AtKey("id"), $"dimension id '{id}' {fault}");
        if (!_dimensions.Add(id)) problems.Add("standards.duplicate-id", entry.AtKey("id"), $"dimension '{id}' is there already");
        return new(id, entry.Names(), Weight(entry), entry.At);
    }

    private double Weight(YamlMap entry)
    {
        var text = entry.Text("weight", required: true);
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var weight) && weight <= 1e6) return weight;
        if (text is not null) problems.Add("standards.bad-value", entry.AtKey("weight"), $"weight is '{text}'; it is a number from 0");
        return 0;
    }

    private MeasureWeight Counts(YamlMap entry)
    {
        var dimension = entry.Text("dimension", required: true) ?? "";
        if (dimension.Length > 0 && !_dimensions.Contains(dimension)) problems.AddUnknown("standards.unknown-dimension", entry.AtKey("dimension"), "dimension", dimension, _dimensions);
        return new(dimension, Weight(entry));
    }

    private Dictionary<string, MeasureWeight> Weights(List<QualityFile> found, string key, Action<string, SourceLine> check)
    {
        var weights = new Dictionary<string, MeasureWeight>(StringComparer.Ordinal);
        foreach (var (name, _, map, at) in found.SelectMany(f => f.Root.Map(key)?.Entries() ?? []))
        {
            check(name, at);
            if (map is null) problems.Add("standards.bad-yaml", at, $"'{name}' is a mapping with 'dimension' and 'weight'");
            else if (!weights.TryAdd(name, Counts(map.Only("dimension", "weight")))) problems.Add("standards.duplicate-id", at, $"'{name}' is there already");
        }

        return weights;
    }

    private void CheckRule(string id, SourceLine at)
    {
        var rules = registry.DataSets.Values.SelectMany(d => d.Rules).Select(r => r.Id).ToHashSet(StringComparer.Ordinal);
        if (!rules.Contains(id)) problems.AddUnknown("standards.unknown-check", at, "check", id, rules);
    }

    private Dictionary<string, double> DataSetWeights(List<QualityFile> found)
    {
        var weights = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (id, text, _, at) in found.SelectMany(f => f.Root.Map("data_sets")?.Entries() ?? []))
        {
            if (!registry.AllDataSets.Knows(id)) problems.AddUnknown("standards.unknown-data-set", at, "data set", id, registry.AllDataSets.Ids);
            if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var weight)) weights[id] = weight;
            else problems.Add("standards.bad-value", at, $"the weight of '{id}' is a number from 0");
        }

        return weights;
    }

    private PersonFacts? Person(YamlMap map)
    {
        map.Only("dataset", "birth", "sex");
        return DataSet(map, "dataset") is { } set && Item(map, "birth", set) is { } birth && Item(map, "sex", set) is { } sex ? new(set, birth, sex) : null;
    }

    private InstitutionFacts? Institution(YamlMap map)
    {
        map.Only("dataset", "name");
        return DataSet(map, "dataset") is { } set && Item(map, "name", set) is { } name ? new(set, name) : null;
    }

    private QualityMeasure Measure(QualityFile file, YamlMap entry)
    {
        entry.Only("id", "name", "dimension", "weight", "dataset", "where", "holds", "beside", "exists", "unique", "source");
        var id = entry.Text("id", required: true) ?? "";
        if (id.Length > 0 && Identifiers.IdFault(id) is { } fault) problems.Add("standards.name", entry.AtKey("id"), $"measure id '{id}' {fault}");
        var dataSets = entry.Texts("dataset", required: true);
        var every = dataSets is [QualityMeasure.EveryDataSet];
        if (!every)
        {
            foreach (var unknown in dataSets.Where(d => !registry.AllDataSets.Knows(d)))
                problems.AddUnknown("standards.unknown-data-set", entry.AtKey("dataset"), "data set", unknown, registry.AllDataSets.Ids);
        }

        var exists = entry.Map("exists") is { } map ? Link(map, dataSets) : null;
        var beside = entry.Map("beside") is { } other ? Link(other, dataSets) : null;
        var (where, holds) = (Condition(entry, "where", dataSets, null), Condition(entry, "holds", dataSets, beside));
        var unique = entry.Texts("unique");
        foreach (var item in unique) CheckItem(entry.AtKey("unique"), dataSets, item, orSubject: true);
        if (new[] { entry.Has("holds"), entry.Has("exists"), entry.Has("unique") }.Count(h => h) != 1)
            problems.Add("standards.bad-value", entry.At, $"measure '{id}' says what a good row is by exactly one of 'holds', 'exists' and 'unique'");
        if (entry.Has("beside") && !entry.Has("holds")) problems.Add("standards.bad-value", entry.AtKey("beside"), $"measure '{id}' has 'beside', with which 'holds' compares, and no 'holds'");
        if (every && (exists is not null || beside is not null || unique.Count > 0)) problems.Add("standards.bad-value", entry.AtKey("dataset"), "a measure of all data sets has 'holds' alone");
        return new(
            id, file.Version, file.Status, entry.Names(), Counts(entry), dataSets, where, holds, exists, beside, unique,
            entry.Text("source") ?? file.Source, entry.At);
    }

    private RecordLink? Link(YamlMap map, IReadOnlyList<string> from)
    {
        map.Only("dataset", "on", "days");
        var to = DataSet(map, "dataset");
        var on = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (item, other, _, at) in map.Map("on", required: true)?.Entries() ?? [])
        {
            CheckItem(at, from, item, orSubject: true);
            if (other is null) problems.Add("standards.bad-yaml", at, $"'{item}' names an item of the other data set");
            else
            {
                CheckItem(at, to is null ? [] : [to], other, orSubject: true);
                on[item] = other;
            }
        }

        int? days = map.Has("days") ? map.Whole("days", 0, 0) : null;
        return to is null || on.Count == 0 ? null : new(to, on, days);
    }

    private string? DataSet(YamlMap entry, string key)
    {
        if (entry.Text(key, required: true) is not { } id) return null;
        if (!registry.AllDataSets.Knows(id)) problems.AddUnknown("standards.unknown-data-set", entry.AtKey(key), "data set", id, registry.AllDataSets.Ids);
        return registry.DataSets.ContainsKey(id) ? id : null;
    }

    private string? Item(YamlMap entry, string key, string dataSet)
    {
        if (entry.Text(key, required: true) is not { } name) return null;
        CheckItem(entry.AtKey(key), [dataSet], name, orSubject: false);
        return name;
    }

    private string? Condition(YamlMap entry, string key, IReadOnlyList<string> dataSets, RecordLink? beside)
    {
        if (entry.Text(key) is not { } text) return null;
        if (!RuleExpression.Parse(text).Try(out var expression, out var mistake))
        {
            problems.Add(mistake.Code, entry.AtKey(key), mistake.Message);
            return null;
        }

        foreach (var (_, set) in expression.InSets.Where(s => !registry.AllValueSets.Knows(s.ValueSet)))
            problems.AddUnknown("standards.unknown-value-set", entry.AtKey(key), "value set", set, registry.AllValueSets.Ids);
        if (expression.Mentions.Any()) problems.Add("standards.bad-expression", entry.AtKey(key), "mentions() is for the rules of alarms/, not for measures");
        foreach (var item in expression.Items.Where(i => !MeasureWords.All.Contains(i)))
        {
            if (beside is not null && item.StartsWith(MeasureWords.Other, StringComparison.Ordinal)) CheckItem(entry.AtKey(key), [beside.DataSet], item[MeasureWords.Other.Length..], orSubject: false);
            else CheckItem(entry.AtKey(key), dataSets, item, orSubject: false);
        }

        return text;
    }

    /// <param name="dataSets">Those that all have the item. One that is not there is reported where it is named.</param>
    private void CheckItem(SourceLine at, IReadOnlyList<string> dataSets, string name, bool orSubject)
    {
        if (dataSets is [QualityMeasure.EveryDataSet])
            problems.AddUnknown("standards.unknown-item", at, "word for all data sets", name, MeasureWords.All);
        foreach (var set in dataSets.Select(d => registry.DataSets.GetValueOrDefault(d)).OfType<DataSet>())
        {
            if (set.Find(name) is not { } item)
                problems.AddUnknown("standards.unknown-item", at, $"item of data set '{set.Id}'", name, set.Items.Select(i => i.Name));
            else if (item.InVault && !(orSubject && item.Roles.HasFlag(Roles.Subject)))
                problems.Add("standards.bad-value", at, $"item '{name}' of '{set.Id}' is kept in the vault, where measures do not look");
        }
    }
}
