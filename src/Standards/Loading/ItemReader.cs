using Yunnao.Kernel;

namespace Yunnao.Standards.Loading;

/// <summary>Reads <c>items/&lt;data set&gt;.csv</c> and checks that the items together make a data set: record key, event time, one subject.</summary>
internal sealed class ItemReader(RegistryFile file, ItemContext context, Status dataSetStatus, ProblemList problems)
{
    private static readonly TableColumns Columns = TableColumns.Of(RegistryColumns.Items);

    /// <summary>The items; null when the file has no usable header.</summary>
    public ItemList? Read()
    {
        var items = new List<Item>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        using var row = CsvTable.Open(file, Columns, problems);
        if (row is null) return null;
        while (row.Next())
        {
            var name = row["item"];
            if (Identifiers.NameFault(name) is { } fault) row.Report("standards.name", $"item name '{name}' {fault}");
            if (!names.Add(name)) row.Report("standards.duplicate-id", $"item '{name}' is there twice");
            else if (ReadRow(row, name) is { } item) items.Add(item);
        }

        CheckRoles(items, names.Count);
        return new(items, names);
    }

    private Item? ReadRow(CsvTable row, string name)
    {
        var title = row.Names("name", required: true);
        var provisional = row.Provisional();
        var status = row.Status(dataSetStatus);
        var (roles, identity) = Roles(row);
        var level = Level(row);
        var deid = Deid(row, roles);
        var required = Required(row, roles);
        var paths = Paths(row);
        var unit = Unit(row);
        var valueSet = ValueSet(row);
        if (!context.Elements.TryGetValue(row["element"], out var element))
        {
            // An element that has a mistake of its own is reported at its own line.
            if (!context.AllElements.Knows(row["element"]))
            {
                row.ReportUnknown("standards.unknown-element", "data element", row["element"], context.AllElements.Ids);
            }

            return null;
        }

        if (valueSet is not null) ElementReader.CheckFit(row, element.Type, element.Format, valueSet);
        else if (element.ValueSet is not null) valueSet = context.ValueSets.GetValueOrDefault(element.ValueSet);
        if (unit is not null && element.Type != ElementType.N)
        {
            row.Report("standards.unknown-unit", $"unit '{unit}' on type {element.Type}; only numbers have a unit");
        }

        if (roles.HasFlag(Standards.Roles.Time) && element.Type is not (ElementType.D or ElementType.DT))
        {
            row.Report("standards.no-time", $"the time item is of type {element.Type}; it is D or DT");
        }

        if (deid == Standards.Deid.Redact && (element.Type != ElementType.S1 || valueSet is not null))
        {
            row.Report("standards.no-deid", valueSet is null
                ? (Sentence)$"deid is 'redact' on type {element.Type}; only free text (S1, no value set) can be redacted"
                : $"deid is 'redact' on type {element.Type} with a value set; only free text (S1, no value set) can be redacted");
        }

        var range = Ranges.Check(row, element.Type);
        return new(
            name, row["id"].OrNull(), element, title, row.Names("definition", required: false), valueSet, unit,
            range.Min, range.Max, required, roles, identity, level, deid, paths, status, provisional, row["source"], row.At)
        {
            FormerNames = FormerNames(row),
        };
    }

    private static string[] FormerNames(CsvTable row)
    {
        var names = row["was"].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (var name in names)
        {
            if (Identifiers.NameFault(name) is { } fault) row.Report("standards.name", $"former item name '{name}' {fault}");
        }

        return names;
    }

    private static (Roles Roles, string? Identity) Roles(CsvTable row)
    {
        var roles = Standards.Roles.None;
        string? identity = null;
        foreach (var word in row["role"].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var role = Vocabulary.Role(word);
            if (role == Standards.Roles.None) row.ReportUnknown("standards.unknown-role", "role", word, Vocabulary.RoleWords);
            else if (roles.HasFlag(role)) row.Report("standards.duplicate-role", $"role '{word}' is given twice");
            roles |= role;
            if (role == Standards.Roles.Identity) identity = word["identity.".Length..];
        }

        return (roles, identity);
    }

    private static int? Level(CsvTable row)
    {
        if (row["level"] is [>= '1' and <= '5' and var digit]) return digit - '0';
        row.Report("standards.no-level", $"level is '{row["level"]}'; every item has a level of GB/T 39725 from 1 to 5");
        return null;
    }

    private static Deid? Deid(CsvTable row, Roles roles)
    {
        var deid = Vocabulary.Deid(row["deid"]);
        var vault = (roles & (Standards.Roles.Identity | Standards.Roles.Subject)) != 0;
        var fault = deid is null ? (Sentence)$"deid is '{row["deid"]}'; it is keep, mask, generalise, redact, pseudonym, drop or vault"
            : vault != (deid == Standards.Deid.Vault) ? (Sentence)"deid is vault for the roles subject and identity.*, and only for them"
            : null;
        if (fault is not null) row.Report("standards.no-deid", fault);
        return deid;
    }

    private static bool Required(CsvTable row, Roles roles)
    {
        var card = row["card"];
        var needed = (roles & (Standards.Roles.Record | Standards.Roles.Time)) != 0;
        if (card is not ("1" or "0..1")) row.Report("standards.bad-value", $"card is '{card}'; it is 1 (required) or 0..1");
        else if (card != "1" && needed) row.Report("standards.bad-value", "an item of role record or time is required: card is 1");
        return card == "1";
    }

    private static Dictionary<string, string> Paths(CsvTable row)
    {
        var paths = new Dictionary<string, string>(PathSyntax.Formats.Length);
        foreach (var format in PathSyntax.Formats)
        {
            if (row[format] is not { Length: > 0 } path) continue;
            if (PathSyntax.Fault(format, path) is { } fault) row.Report("standards.bad-path", fault);
            paths.Add(format, path);
        }

        return paths;
    }

    private string? Unit(CsvTable row)
    {
        var unit = row["unit"].OrNull();
        if (unit is not null && !context.Units.ContainsKey(unit)) row.ReportUnknown("standards.unknown-unit", "unit", unit, context.Units.Keys);
        return unit;
    }

    private ValueSet? ValueSet(CsvTable row)
    {
        var id = row["value_set"];
        if (id.Length == 0) return null;
        if (!context.AllValueSets.Knows(id)) row.ReportUnknown("standards.unknown-value-set", "value set", id, context.AllValueSets.Ids);
        return context.ValueSets.GetValueOrDefault(id);
    }

    private void CheckRoles(List<Item> items, int rows)
    {
        // Rows that could not be read may hold the missing roles: judged when they can be read.
        if (items.Count < rows) return;
        var top = file.Line(1);
        if (!items.Any(i => i.Roles.HasFlag(Standards.Roles.Record)))
        {
            problems.Add("standards.no-record-key", top, "no item has the role record: records of this data set could not be told apart");
        }

        if (!items.Any(i => i.Roles.HasFlag(Standards.Roles.Time)))
        {
            problems.Add("standards.no-time", top, "no item has the role time (the event time)");
        }

        foreach (var role in (Roles[])[Standards.Roles.Time, Standards.Roles.Subject, Standards.Roles.Organisation, Standards.Roles.Encounter])
        {
            foreach (var second in items.Where(i => i.Roles.HasFlag(role)).Skip(1))
            {
                problems.Add("standards.duplicate-role", second.At, $"role {role.ToString().ToLowerInvariant()} is already given to another item");
            }
        }
    }
}
