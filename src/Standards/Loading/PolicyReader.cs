using System.Globalization;
using Yunnao.Kernel;
using Yunnao.Standards.Policies;

namespace Yunnao.Standards.Loading;

/// <summary>Reads the files of <c>policies/</c>: roles, purposes, rights, groupings of codes, anomalies.</summary>
internal sealed class PolicyReader(RegistryFiles files, MappingContext registry, ProblemList problems)
{
    private static readonly string[] s_actions = ["keep", "mask", "generalise", "redact", "pseudonym", "drop", "deid"];

    public PolicyBook Read()
    {
        var roles = Read("roles.csv", RegistryColumns.PolicyRoles, "role", RoleOf);
        var purposes = Read("purposes.csv", RegistryColumns.PolicyPurposes, "purpose", PurposeOf);
        var rights = Read("rights.csv", RegistryColumns.PolicyRights, "right", row => RightOf(row, roles, purposes));
        var anomalies = Read("anomalies.csv", RegistryColumns.PolicyAnomalies, "anomaly rule", AnomalyOf);
        return new(roles, purposes, [.. rights.Values], Groupings(), [.. anomalies.Values]);
    }

    private Dictionary<string, T> Read<T>(string name, string columns, Sentence kind, Func<CsvTable, T?> entry) where T : class
    {
        var found = new Dictionary<string, T>(StringComparer.Ordinal);
        if (files[$"policies/{name}"] is not { } file) return found;
        using var row = CsvTable.Open(file, TableColumns.Of(columns), problems);
        while (row?.Next() == true)
        {
            var id = row["id"];
            if (Identifiers.IdFault(id) is { } fault) row.Report("standards.name", $"{kind} id '{id}' {fault}");
            if (row.Status() == Status.Superseded) continue;
            if (entry(row) is { } read && !found.TryAdd(id, read)) row.Report("standards.duplicate-id", $"{kind} '{id}' is there twice");
        }

        return found;
    }

    private static PolicyRole RoleOf(CsvTable row) => new(
        row["id"], row.Status(), row["apart"].OrNull(), row.Names("name", required: true), row.Names("definition", required: false), row["source"], row.At);

    private static PolicyPurpose PurposeOf(CsvTable row)
    {
        var consent = Word(row, "consent", ("none", ConsentRule.None), ("opt-out", ConsentRule.OptOut), ("opt-in", ConsentRule.OptIn));
        return new(
            row["id"], row.Status(), consent, (int)Whole(row, "smallest_group", 0, 1_000_000), YesOrEmpty(row, "break_glass"),
            row.Names("name", required: true), row.Names("definition", required: false), row["source"], row.At);
    }

    private Right RightOf(CsvTable row, Dictionary<string, PolicyRole> roles, Dictionary<string, PolicyPurpose> purposes)
    {
        if (!roles.ContainsKey(row["role"])) row.ReportUnknown("standards.unknown-role", "role", row["role"], roles.Keys);
        if (!purposes.ContainsKey(row["purpose"])) row.ReportUnknown("standards.unknown-purpose", "purpose", row["purpose"], purposes.Keys);
        var dataSets = Words(row, "data_sets");
        if (dataSets.Count == 0) row.Report("standards.missing-key", "a right names its data_sets: ids, domain.* or *");
        foreach (var pattern in dataSets) CheckPattern(row, pattern);
        var keys = Action(row, "keys", row["keys"]);
        if (keys is not (Deid.Keep or Deid.Pseudonym or Deid.Drop)) row.Report("standards.bad-value", $"keys is '{row["keys"]}'; it is keep, pseudonym or drop");
        return new(
            row["id"], row.Status(), row["role"], row["purpose"], dataSets,
            Word(row, "organisations", ("own", Reach.Own), ("all", Reach.All)),
            Word(row, "subjects", ("named", Reach.Named), ("own", Reach.Own), ("all", Reach.All)),
            Word(row, "rows", ("aggregates", false), ("yes", true)),
            keys ?? Deid.Drop,
            [.. Enumerable.Range(1, 5).Select(level => Action(row, $"l{level}", row[$"l{level}"]))],
            [.. Words(row, "items").Select(word => ExceptionOf(row, word)).OfType<ItemException>()],
            row["source"], row.At) { FindsPersons = FindsPersons(row, keys) };
    }

    private static bool FindsPersons(CsvTable row, Deid? keys)
    {
        if (row["identity"] is not ("" or "find")) row.Report("standards.bad-value", $"identity is '{row["identity"]}'; it is 'find' or empty");
        if (row["identity"] == "find" && keys == Deid.Drop) row.Report("standards.bad-value", "who finds a person must be shown which one: keys is keep or pseudonym where identity is find");
        return row["identity"] == "find";
    }

    private void CheckPattern(CsvTable row, string pattern)
    {
        if (pattern == "*") return;
        var known = pattern.EndsWith(".*", StringComparison.Ordinal)
            ? registry.AllDataSets.Ids.Any(id => id.StartsWith(pattern[..^1], StringComparison.Ordinal))
            : registry.AllDataSets.Knows(pattern);
        if (!known) row.ReportUnknown("standards.unknown-data-set", "data set", pattern, registry.AllDataSets.Ids);
    }

    /// <summary><c>data_set.item=action</c> or <c>*.item=action</c>.</summary>
    private ItemException? ExceptionOf(CsvTable row, string word)
    {
        var (equals, point) = (word.IndexOf('=', StringComparison.Ordinal), word.LastIndexOf('.'));
        if (equals < 0 || point < 0 || point > equals)
        {
            row.Report("standards.bad-value", $"items has '{word}'; write data_set.item=action or *.item=action");
            return null;
        }

        var (set, item) = (word[..point], word[(point + 1)..equals]);
        if (set == "*" ? !registry.DataSets.Values.Any(d => d.Find(item) is not null) : registry.DataSets.GetValueOrDefault(set)?.Find(item) is null)
        {
            row.ReportUnknown("standards.unknown-item", "item", $"{set}.{item}", registry.DataSets.Values.SelectMany(d => d.Items.Select(i => $"{d.Id}.{i.Name}")));
        }

        return new(set, item, Action(row, "items", word[(equals + 1)..]));
    }

    private static AnomalyRule AnomalyOf(CsvTable row)
    {
        var kind = Word(
            row, "counts", ("events", AnomalyKind.Events), ("rows", AnomalyKind.Rows), ("subjects", AnomalyKind.Subjects), ("related", AnomalyKind.Related));
        if (kind == AnomalyKind.Related && row["group"].Length == 0) row.Report("standards.missing-key", "a rule that counts related persons names their group");
        return new(
            row["id"], row.Status(), kind, Words(row, "events"), row["group"].OrNull(), Whole(row, "threshold", 0, long.MaxValue),
            TimeSpan.FromMinutes(Whole(row, "window_minutes", 1, 43_200)), (int)Whole(row, "from_hour", 0, 23), (int)Whole(row, "to_hour", 0, 24),
            row.Names("name", required: true), row["source"], row.At);
    }

    private Dictionary<string, Grouping> Groupings()
    {
        var found = new Dictionary<string, (SourceLine At, int Prefix, List<CodeRange> Ranges)>(StringComparer.Ordinal);
        if (files["policies/groupings.csv"] is not { } file) return [];
        using var row = CsvTable.Open(file, TableColumns.Of(RegistryColumns.PolicyGroupings), problems);
        while (row?.Next() == true)
        {
            var set = row["value_set"];
            if (!registry.AllValueSets.Knows(set)) row.ReportUnknown("standards.unknown-value-set", "value set", set, registry.AllValueSets.Ids);
            var (at, prefix, ranges) = found.GetValueOrDefault(set, (row.At, 0, []));
            if (row["prefix"].Length > 0) prefix = (int)Whole(row, "prefix", 1, 50);
            else if (row["from"].Length == 0 || row["group"].Length == 0) row.Report("standards.missing-key", "a grouping has a prefix, or from, to and group");
            else ranges.Add(new(row["from"], row["to"].OrNull() ?? row["from"], row["group"], row.Names("name", required: true)));
            if (prefix > 0 && ranges.Count > 0) row.Report("standards.bad-value", $"value set '{set}' is grouped by prefix and by ranges; use one");
            if (ranges.Count > 1 && string.CompareOrdinal(ranges[^2].To + "￿", ranges[^1].From) >= 0) row.Report("standards.bad-value", "ranges ascend and do not overlap");
            found[set] = (at, prefix, ranges);
        }

        return found.ToDictionary(f => f.Key, f => new Grouping(f.Key, f.Value.Prefix, f.Value.Ranges, f.Value.At), StringComparer.Ordinal);
    }

    private static List<string> Words(CsvTable row, string column) => [.. row[column].Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    private static Deid? Action(CsvTable row, string column, string word)
    {
        if (!s_actions.Contains(word)) row.Report("standards.bad-value", $"{column} has '{word}'; it is {string.Join(", ", s_actions)}");
        return word == "deid" ? null : Vocabulary.Deid(word) ?? Deid.Drop;
    }

    /// <summary>One of the words; when it is none of them, that is reported and the first, the narrowest, stands in.</summary>
    private static T Word<T>(CsvTable row, string column, params ReadOnlySpan<(string Word, T Value)> words)
    {
        foreach (var (word, value) in words)
        {
            if (row[column] == word) return value;
        }

        row.Report("standards.bad-value", $"{column} is '{row[column]}'; it is {string.Join(", ", words.ToArray().Select(w => w.Word))}");
        return words[0].Value;
    }

    private static bool YesOrEmpty(CsvTable row, string column)
    {
        if (row[column] is not ("" or "yes")) row.Report("standards.bad-value", $"{column} is '{row[column]}'; it is 'yes' or empty");
        return row[column] == "yes";
    }

    private static long Whole(CsvTable row, string column, long low, long high)
    {
        if (long.TryParse(row[column], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= low && number <= high) return number;
        row.Report("standards.bad-value", $"{column} is '{row[column]}'; it is a whole number from {low} to {high}");
        return low;
    }
}
