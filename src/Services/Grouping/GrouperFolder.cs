using System.Globalization;
using Yunnao.Kernel;
using Yunnao.Services.RegistryImport;

namespace Yunnao.Services.Grouping;

/// <summary>
/// Reads a folder of rules: <c>groups</c>, <c>lists</c>, and, where there are any, <c>complications</c>, <c>exclusions</c>,
/// <c>translations</c>, <c>names</c>; each a CSV file or a workbook. docs/howto/group-cases.md is the contract of the columns.
/// </summary>
internal static class GrouperFolder
{
    public static readonly string[] GroupColumns =
    [
        "group", "parent", "name", "main_diagnosis", "any_diagnosis", "main_operation", "operations", "no_operation", "parts", "least_parts",
        "complication", "sex", "years", "days", "weight",
    ];

    private static readonly string[] Endings = [".csv", ".xlsx", ".csv.gz"];

    public static Result<GrouperRules> Read(string folder)
    {
        var rules = new GrouperRules();
        try
        {
            return (ReadLists(folder, rules) ?? ReadGroups(folder, rules) ?? ReadRest(folder, rules)) is { } problem ? problem : rules;
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException or UnauthorizedAccessException or FormatException)
        {
            return new Problem(ProblemKind.Incorrect, "drg.bad-rules", $"{failure.Message}", new(folder));
        }
    }

    private static Problem? ReadLists(string folder, GrouperRules rules) =>
        Each(folder, "lists", required: true, ["list", "code"], (row, at) =>
        {
            if (row[0].Length == 0 || row[1].Length == 0) return Bad(at, "a row of lists needs a list and a code");
            rules.Lists.Add(row[0], row[1]);
            return null;
        });

    private static Problem? ReadRest(string folder, GrouperRules rules) =>
        Each(folder, "complications", required: false, ["code", "level", "exclusion"], (row, at) =>
        {
            if (row[1] is not ("MCC" or "CC")) return Bad(at, $"'{row[1]}' is not MCC or CC");
            rules.Complications.Add(row[1] == "MCC" ? Complication.MCC : Complication.CC, row[0], row[2]);
            return null;
        })
        ?? Each(folder, "exclusions", required: false, ["main_diagnosis", "exclusion"], (row, _) =>
        {
            rules.Complications.Exclude(row[0], row[1]);
            return null;
        })
        ?? Each(folder, "translations", required: false, ["source", "target"], (row, _) =>
        {
            rules.Translations[row[0]] = row[1];
            return null;
        })
        ?? Each(folder, "names", required: false, ["code", "name"], (row, _) =>
        {
            rules.Names[row[0]] = row[1];
            return null;
        });

    private static Problem? ReadGroups(string folder, GrouperRules rules)
    {
        var groups = new Dictionary<string, (Group Group, string Parent)>(StringComparer.Ordinal);
        var problem = Each(folder, "groups", required: true, GroupColumns, (row, at) =>
        {
            var (id, parent) = (row[0], row[1]);
            if (id.Length == 0) return Bad(at, "a row of groups needs a group");
            if (!Condition(row, rules.Lists, at).Try(out var condition, out var fault)) return fault;
            if (groups.TryGetValue(id, out var known))
            {
                if (known.Parent != parent) return Bad(at, $"group '{id}' is below '{known.Parent}' and '{parent}'");
                ((List<GroupCondition>)known.Group.Conditions).Add(condition);
                return null;
            }

            var siblings = rules.Roots;
            if (parent.Length > 0)
            {
                if (!groups.TryGetValue(parent, out var above)) return Bad(at, $"group '{id}' is below '{parent}', which is not above it in the file");
                siblings = above.Group.Children;
            }

            var group = new Group(id, row[2], new List<GroupCondition> { condition }, []);
            groups.Add(id, (group, parent));
            siblings.Add(group);
            return null;
        });
        return problem ?? (rules.Roots.Count == 0 ? Bad(new(Path.Combine(folder, "groups.csv")), "there is no group") : null);
    }

    private static Result<GroupCondition> Condition(string[] row, CodeLists lists, Place at)
    {
        Problem? fault = null;
        int[] Lists(int column)
        {
            var numbers = new List<int>();
            foreach (var name in row[column].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (lists.TryGet(name, out var number)) numbers.Add(number);
                else fault ??= Bad(at, $"there is no list '{name}'");
            }

            return [.. numbers];
        }

        WholeRange Range(int column)
        {
            if (!WholeRange.TryParse(row[column], out var range)) fault ??= Bad(at, $"'{row[column]}' is no range like 1500..1999, ..28 or 65..");
            return range;
        }

        var parts = Lists(8);
        var least = parts.Length;
        if (row[9].Length > 0 && (!int.TryParse(row[9], NumberStyles.None, CultureInfo.InvariantCulture, out least) || least > parts.Length)) fault = Bad(at, $"least_parts '{row[9]}' is not a number of the parts");
        var complication = Complication.None;
        if (row[10].Length > 0 && (!Enum.TryParse(row[10], out complication) || complication == Complication.None)) fault ??= Bad(at, $"'{row[10]}' is not MCC or CC");
        if (row[11] is not ("" or "1" or "2")) fault ??= Bad(at, $"sex '{row[11]}' is not 1 or 2");
        var condition = new GroupCondition
        {
            MainDiagnosis = Lists(3),
            AnyDiagnosis = Lists(4),
            MainOperation = Lists(5),
            Operations = Lists(6),
            NoOperation = Lists(7),
            Parts = parts,
            LeastParts = least,
            Complication = complication,
            Sex = row[11],
            Years = Range(12),
            Days = Range(13),
            Weight = Range(14),
        };
        return fault is null ? condition : fault;
    }

    /// <summary>The rows of a table with its columns in this order, the missing ones empty.</summary>
    private static Problem? Each(string folder, string name, bool required, string[] columns, Func<string[], Place, Problem?> take)
    {
        var path = Endings.Select(e => Path.Combine(folder, name + e)).FirstOrDefault(File.Exists);
        if (path is null) return required ? new(ProblemKind.NotFound, "drg.no-rules", $"the folder has no {name}.csv", new(folder)) : null;
        if (!ForeignTable.Open(path).Try(out var table, out var problem)) return problem;
        var indexes = columns.Select(c => table.Column(c)).ToArray();
        if (indexes[0] < 0) return Bad(new(path), $"there is no column '{columns[0]}' among: {string.Join(", ", table.Header)}");
        var number = 0;
        foreach (var row in table.Rows)
        {
            number++;
            var cells = Array.ConvertAll(indexes, i => i >= 0 && i < row.Length ? row[i].Trim() : "");
            if (take(cells, new(path, Record: number)) is { } fault) return fault;
        }

        return null;
    }

    private static Problem Bad(Place at, Sentence message) => new(ProblemKind.Incorrect, "drg.bad-rules", message, at);
}
