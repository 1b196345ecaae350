using System.Collections.ObjectModel;

namespace Yunnao.Standards.Loading;

/// <summary>Reads the codes of one value set.</summary>
internal sealed class CodesReader(RegistryFile file, ProblemList problems)
{
    /// <summary>Longest code taken; longer ones are a shifted column.</summary>
    public const int MaxLength = 64;

    private static readonly TableColumns Columns = TableColumns.Of(RegistryColumns.Codes, open: true);

    private readonly List<(string Code, string Parent, int Line)> _parents = [];

    public IReadOnlyDictionary<string, Code> Read()
    {
        var codes = new Dictionary<string, Code>(StringComparer.Ordinal);
        using var row = CsvTable.Open(file, Columns, problems);
        while (row?.Next() == true)
        {
            var code = row["code"];
            if (code.Length is 0 or > MaxLength || code.Any(char.IsControl))
            {
                row.Report("standards.name", $"code '{code}' must have 1 to {MaxLength} printable characters");
                continue;
            }

            var parent = row["parent"].OrNull();
            if (parent is not null) _parents.Add((code, parent, row.Line));
            if (!codes.TryAdd(code, new(code, row.Names("name", required: true), parent, row.Provisional(), Attributes(row))))
            {
                row.Report("standards.duplicate-id", $"code '{code}' is there twice");
            }
        }

        CheckParents(codes);
        return codes;
    }

    private static ReadOnlyDictionary<string, string> Attributes(CsvTable row)
    {
        Dictionary<string, string>? attributes = null;
        foreach (var column in row.Extra)
        {
            if (row[column] is { Length: > 0 } value) (attributes ??= new(StringComparer.Ordinal)).Add(column, value);
        }

        return attributes is null ? ReadOnlyDictionary<string, string>.Empty : attributes.AsReadOnly();
    }

    private void CheckParents(Dictionary<string, Code> codes)
    {
        foreach (var (code, parent, line) in _parents)
        {
            if (!codes.ContainsKey(parent)) problems.AddUnknown("standards.unknown-code", file.Line(line), "parent code", parent, codes.Keys);
            else if (IsOwnAncestor(code, codes)) problems.Add("standards.unknown-code", file.Line(line), $"code '{code}' is its own ancestor");
        }
    }

    private static bool IsOwnAncestor(string code, Dictionary<string, Code> codes)
    {
        // No code list is deeper than this; a longer way up runs in a circle.
        const int Deepest = 32;
        var at = codes.GetValueOrDefault(code);
        for (var depth = 0; depth < Deepest; depth++)
        {
            if (at?.Parent is not { } parent) return false;
            if (parent == code) return true;
            at = codes.GetValueOrDefault(parent);
        }

        return true;
    }
}
