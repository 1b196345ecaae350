namespace Yunnao.Standards.Loading;

/// <summary>Checks that a code map is there and leads into the value set it is used for; each pair of map and value set once.</summary>
internal sealed class CodeMapCheck(MappingContext context, ProblemList problems)
{
    private readonly HashSet<(string Map, string ValueSet)> _compared = [];

    public void Check(string id, string? valueSet, SourceLine at)
    {
        if (!context.CodeMaps.TryGetValue(id, out var map))
        {
            problems.AddUnknown("standards.unknown-code-map", at, "code map", id, context.CodeMaps.Keys);
            return;
        }

        if (valueSet is null || !context.ValueSets.TryGetValue(valueSet, out var set) || !_compared.Add((id, valueSet))) return;
        foreach (var (target, line) in map.Targets.Where(t => !set.Codes.ContainsKey(t.Key)))
        {
            problems.AddUnknown("standards.code-map-target", line, $"code of value set '{valueSet}'", target, set.Codes.Keys);
        }
    }
}
