using System.Security.Cryptography;
using Yunnao.Kernel;
using Yunnao.Standards.Loading;

namespace Yunnao.Standards.Feeds;

/// <summary>Reads the description of a target.</summary>
public static class TargetReader
{
    /// <summary>Folder of the descriptions in the data folder.</summary>
    public const string Folder = "targets";

    private const string UsualSchema = "public";
    private static readonly string[] Kinds = ["postgres", "mysql", "clickhouse", "yunnao"];

    /// <summary>The ids of all targets of a data folder.</summary>
    public static IReadOnlyList<string> Ids(string dataFolder)
    {
        var folder = Path.Combine(dataFolder, Folder);
        return Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "*.yaml").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)] : [];
    }

    /// <summary>
    /// Reads <c>targets/ID.yaml</c> of a data folder; goes on after mistakes and returns all of them. Problems: <c>target.unknown</c>,
    /// <c>feed.secret-in-file</c>, and those of the registry's YAML files (<c>standards.missing-key</c> …), with file and line.
    /// </summary>
    public static (Target? Target, IReadOnlyList<Problem> Problems) Read(string id, string dataFolder)
    {
        ArgumentNullException.ThrowIfNull(id);
        var path = Path.Combine(dataFolder, Folder, id + ".yaml");
        if (id.Length == 0 || Identifiers.IdFault(id) is not null || !File.Exists(path))
            return (null, [new Problem(ProblemKind.NotFound, "target.unknown", $"There is no description of a database of this name; one is {Folder}/NAME.yaml in the data folder.")]);
        var content = File.ReadAllBytes(path);
        var problems = new ProblemList(Path.GetDirectoryName(path) ?? "");
        var target = YamlMap.Of(new RegistryFile(Path.GetFileName(path), content, SHA256.HashData(content)), problems) is { } root ? Target(id, root, path, problems) : null;
        var found = problems.Sorted();
        return (found.Count == 0 ? target : null, found);
    }

    private static Target? Target(string id, YamlMap root, string path, ProblemList problems)
    {
        root.Only("name", "kind", "connection", "schema", "recipients", "secret");
        var kind = root.OneOf("kind", "standards.bad-value", Kinds.Contains, $"{string.Join(", ", Kinds)}");
        var connection = root.Text("connection", required: true);
        if (connection is not null) FeedReader.CheckConnection(connection, root.AtKey("connection"), problems);
        var secret = root.Map("secret")?.Only("env", "file");
        return kind is null || connection is null
            ? null
            : new(
                id, root.Names(), Enum.Parse<TargetKind>(kind, ignoreCase: true), connection, root.Text("schema") ?? UsualSchema, root.Texts("recipients"),
                secret is null ? null : new(secret.Text("env"), FeedReader.Beside(path, secret.Text("file"))), path);
    }
}
