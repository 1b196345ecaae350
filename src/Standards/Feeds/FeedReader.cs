using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using Yunnao.Kernel;
using Yunnao.Standards.Loading;

namespace Yunnao.Standards.Feeds;

/// <summary>Reads the description of a feed.</summary>
public static class FeedReader
{
    /// <summary>Folder of the descriptions in the data folder.</summary>
    public const string Folder = "feeds";

    private const int UsualChunk = 200_000;
    private static readonly string[] Kinds = ["postgres", "mysql", "odbc", "sftp", "s3"];
    private static readonly string[] SecretWords = ["password", "pwd", "user password"];

    /// <summary>
    /// Reads a description; goes on after mistakes and returns all of them. Problems: <c>feed.unknown</c> (no such file),
    /// <c>feed.secret-in-file</c>, and those of the registry's YAML files (<c>standards.missing-key</c> …), with file and line.
    /// </summary>
    /// <param name="named">Path of the file, or the id of one in <paramref name="dataFolder"/>/feeds.</param>
    public static (Feed? Feed, IReadOnlyList<Problem> Problems) Read(string named, string dataFolder)
    {
        var path = File.Exists(named) ? named : Path.Combine(dataFolder, Folder, named + ".yaml");
        if (!File.Exists(path))
        {
            return (null, [new Problem(ProblemKind.NotFound, "feed.unknown", $"There is no description of a feed '{named}', as a file or as {Folder}/{named}.yaml in the data folder.")]);
        }

        var content = File.ReadAllBytes(path);
        var problems = new ProblemList(Path.GetDirectoryName(path) ?? "");
        var file = new RegistryFile(Path.GetFileName(path), content, SHA256.HashData(content));
        var feed = YamlMap.Of(file, problems) is { } root ? Feed(root, path, problems) : null;
        var found = problems.Sorted();
        return (found.Count == 0 ? feed : null, found);
    }

    private static Feed? Feed(YamlMap root, string path, ProblemList problems)
    {
        var id = root.Text("id", required: true) ?? "";
        if (id.Length > 0 && Identifiers.IdFault(id) is { } fault) problems.Add("standards.name", root.AtKey("id"), $"feed id '{id}' {fault}");
        var kind = root.OneOf("kind", "standards.bad-value", Kinds.Contains, $"{string.Join(", ", Kinds)}");
        if (kind is null) return null;
        var secret = root.Map("secret")?.Only("env", "file");
        var feed = new Feed(
            id, root.Names(), Enum.Parse<FeedKind>(kind, ignoreCase: true), root.Text("mapping", required: kind is not ("sftp" or "s3")),
            Span(root, "every", TimeSpan.FromMinutes(15)), secret is null ? null : new(secret.Text("env"), Beside(path, secret.Text("file"))), path);
        return feed.Kind switch
        {
            FeedKind.Sftp => Sftp(root, feed),
            FeedKind.S3 => S3(root, feed),
            _ => Database(root, feed, problems),
        };
    }

    private static Feed Database(YamlMap root, Feed feed, ProblemList problems)
    {
        root.Only("id", "name", "kind", "mapping", "every", "secret", "connection", "timezone", "tables");
        var connection = root.Text("connection", required: true);
        if (connection is not null) CheckConnection(connection, root.AtKey("connection"), problems);
        var zone = root.OneOf("timezone", "standards.bad-value", t => TimeZoneInfo.TryFindSystemTimeZoneById(t, out _), "the name of a time zone, for example Asia/Shanghai", required: false);
        return feed with { Connection = connection, TimeZone = zone, Tables = [.. root.Maps("tables").Select(Table)] };
    }

    /// <summary>A connection is words and values, and none of them is the password.</summary>
    internal static void CheckConnection(string connection, SourceLine at, ProblemList problems)
    {
        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = connection };
            if (SecretWords.Any(parts.ContainsKey)) problems.Add("feed.secret-in-file", at, "the connection holds a password; it belongs into the environment or a file of its own (secret:)");
        }
        catch (ArgumentException)
        {
            problems.Add("standards.bad-value", at, "connection is KEY=VALUE;KEY=VALUE");
        }
    }

    private static FeedTable Table(YamlMap map)
    {
        map.Only("name", "table", "query", "watermark", "overlap", "key", "chunk");
        var query = map.Text("query");
        var table = map.Text("table", required: query is null);
        var overlap = map.OneOf("overlap", "standards.bad-value", t => TryOverlap(t, out _), "a time (90s, 10m, 2h, 1d) or a number", required: false);
        return new(
            map.Text("name", required: true) ?? "", query is null ? table ?? "" : $"({query.Trim().TrimEnd(';')}) feed_query", map.Text("watermark"),
            overlap is not null && TryOverlap(overlap, out var span) ? span : 0, map.Texts("key"), map.Whole("chunk", 1, UsualChunk));
    }

    private static Feed Sftp(YamlMap root, Feed feed)
    {
        root.Only("id", "name", "kind", "mapping", "every", "secret", "host", "port", "user", "host_key", "key_file", "folder", "after");
        return feed with
        {
            Host = root.Text("host", required: true), Port = root.Whole("port", 1, 22), User = root.Text("user", required: true), HostKey = root.Text("host_key"),
            KeyFile = Beside(feed.File, root.Text("key_file")), Folder = root.Text("folder") ?? ".", Moves = Moves(root),
        };
    }

    private static Feed S3(YamlMap root, Feed feed)
    {
        root.Only("id", "name", "kind", "mapping", "every", "secret", "endpoint", "region", "bucket", "prefix", "access_key", "after");
        return feed with
        {
            Host = root.OneOf("endpoint", "standards.bad-value", t => Uri.TryCreate(t, UriKind.Absolute, out _), "a URL, for example https://s3.example.org"),
            Region = root.Text("region") ?? "us-east-1", Bucket = root.Text("bucket", required: true), User = root.Text("access_key", required: true),
            Folder = root.Text("prefix") ?? "", Moves = Moves(root),
        };
    }

    private static bool Moves(YamlMap root) =>
        root.OneOf("after", "standards.bad-value", t => t is "leave" or "move", "leave or move", required: false) == "move";

    private static TimeSpan Span(YamlMap root, string key, TimeSpan usual) =>
        root.OneOf(key, "standards.bad-value", t => TrySpan(t, out _), "a time: 90s, 10m, 2h, 1d", required: false) is { } text && TrySpan(text, out var span) ? span : usual;

    /// <summary>A number followed by s, m, h or d.</summary>
    private static bool TrySpan(string text, out TimeSpan span)
    {
        span = default;
        if (text.Length < 2 || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0) return false;
        span = text[^1] switch
        {
            's' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            'd' => TimeSpan.FromDays(number),
            _ => default,
        };
        return span > TimeSpan.Zero;
    }

    private static bool TryOverlap(string text, out long overlap)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out overlap)) return true;
        var isSpan = TrySpan(text, out var span);
        overlap = span.Ticks;
        return isSpan;
    }

    /// <summary>A path in a description is relative to the description.</summary>
    internal static string? Beside(string description, string? path) =>
        path is null ? null : Path.GetFullPath(path, Path.GetDirectoryName(Path.GetFullPath(description))!);
}
