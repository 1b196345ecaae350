using System.IO.Enumeration;
using Yunnao.Kernel;
using Yunnao.Standards;

namespace Yunnao.Services.Ingest;

/// <summary>Turns the paths of a request into files with their mappings, in the order in which they should be loaded.</summary>
internal sealed class SourceFinder(Registry registry)
{
    private const string SourcesFile = "sources.csv";

    /// <summary>The files; every path that cannot be used gives a problem instead.</summary>
    public (IReadOnlyList<SourceFile> Files, IReadOnlyList<Problem> Problems) Find(IngestRequest request)
    {
        var files = new List<SourceFile>();
        var problems = new List<Problem>();
        SourceMapping? given = null;
        if (request.Source is { } id && !registry.Mappings.TryGetValue(id, out given)) problems.Add(Unknown(id));
        foreach (var path in request.Paths)
        {
            if (Directory.Exists(path)) AddFolder(path, given, files, problems);
            else if (File.Exists(path)) AddFile(path, given ?? FromSourcesFile(path, problems), files, problems);
            else problems.Add(new(ProblemKind.NotFound, "ingest.no-file", "There is no such file or folder.", new(path)));
        }

        return ([.. files.OrderBy(LoadOrder).ThenBy(f => f.Path, StringComparer.Ordinal)], problems);
    }

    /// <summary>A file that is known by its name only, with its mapping. Problems: <c>ingest.no-source</c>, <c>ingest.unknown-source</c>, <c>ingest.no-rule</c>.</summary>
    public Result<SourceFile> Find(string name, long bytes, string? source)
    {
        SourceMapping? mapping = null;
        if (source is not null && !registry.Mappings.TryGetValue(source, out mapping)) return Unknown(source);
        return Usable(name, name, bytes, mapping);
    }

    /// <summary>True when some rule of a table mapping (CSV, Parquet) is for files of this name.</summary>
    public static bool Matches(MappingRule rule, string fileName) =>
        rule.Match.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, fileName) || FileSystemName.MatchesSimpleExpression(pattern + ".gz", fileName));

    private void AddFolder(string folder, SourceMapping? given, List<SourceFile> files, List<Problem> problems)
    {
        var bySubfolder = ReadSources(folder, problems);
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var relative = Path.GetRelativePath(folder, path);
            if (bySubfolder is null)
            {
                if (Path.GetFileName(path) != SourcesFile) AddFile(path, given, files, problems);
                continue;
            }

            var subfolder = relative.Split(Path.DirectorySeparatorChar)[0];
            if (bySubfolder.TryGetValue(subfolder, out var mapping)) AddFile(path, mapping, files, problems);
        }
    }

    private static void AddFile(string path, SourceMapping? mapping, List<SourceFile> files, List<Problem> problems)
    {
        if (Usable(path, Path.GetFileName(path), new FileInfo(path).Length, mapping).Try(out var file, out var problem)) files.Add(file);
        else problems.Add(problem);
    }

    private static Result<SourceFile> Usable(string path, string name, long bytes, SourceMapping? mapping)
    {
        if (mapping is null)
            return new Problem(ProblemKind.Incorrect, "ingest.no-source", "Which system is this from? Name its mapping with --source (yunnao standards find mapping).", new(path));
        if (mapping.HasColumns && !mapping.Rules.Any(r => Matches(r, name)))
            return new Problem(ProblemKind.Unsupported, "ingest.no-rule", $"The mapping {mapping.Id} has no rule for a file of this name. Add one under files: in its mapping file.", new(path));
        return new SourceFile(path, name, bytes, mapping);
    }

    private SourceMapping? FromSourcesFile(string path, List<Problem> problems)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        while (Path.GetDirectoryName(folder) is { } parent)
        {
            if (ReadSources(parent, problems) is { } sources) return sources.GetValueOrDefault(Path.GetFileName(folder));
            folder = parent;
        }

        return null;
    }

    /// <summary>sources.csv: <c>folder,source</c>; a third column is about watching. Null when the folder has none.</summary>
    private Dictionary<string, SourceMapping>? ReadSources(string folder, List<Problem> problems)
    {
        var file = Path.Combine(folder, SourcesFile);
        if (!File.Exists(file)) return null;
        var sources = new Dictionary<string, SourceMapping>(StringComparer.Ordinal);
        var number = 0;
        foreach (var line in File.ReadLines(file))
        {
            if (++number == 1 || line.Length == 0) continue;
            var cells = line.Split(',');
            if (cells.Length < 2 || !registry.Mappings.TryGetValue(cells[1].Trim(), out var mapping))
                problems.Add(Unknown(cells.Length < 2 ? "" : cells[1].Trim()) with { Where = new(file, number) });
            else
                sources[cells[0].Trim()] = mapping;
        }

        return sources;
    }

    private int LoadOrder(SourceFile file)
    {
        var stem = file.Name[..(file.Name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? dot : file.Name.Length)];
        var rules = file.Mapping.HasColumns
            ? file.Mapping.Rules.Where(r => Matches(r, file.Name))
            : file.Mapping.Rules.Where(r => r.Match.Contains(stem)).DefaultIfEmpty(file.Mapping.Rules[0]);
        return rules.Select(r => registry.DataSets[r.DataSet].LoadOrder).DefaultIfEmpty(int.MaxValue).Min();
    }

    private Problem Unknown(string id) =>
        new(ProblemKind.NotFound, "ingest.unknown-source", $"There is no source mapping '{id}'. The registry has: {string.Join(", ", registry.Mappings.Keys.Order(StringComparer.Ordinal))}.");
}
