using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb.Sql;

namespace Yunnao.Services.Views.Run;

/// <summary>
/// Where a view finds resources: NDJSON, Bundles and single resources in JSON, also in gzip, told apart by what they begin with; or resources
/// given as text.
/// </summary>
public sealed class ViewSources
{
    // As much of a file as is looked at to see what it is.
    private const int HeadBytes = 1 << 16;

    private static readonly string[] s_endings = [".ndjson", ".jsonl", ".json", ".ndjson.gz", ".jsonl.gz", ".json.gz"];

    // A Bundle is read whole: beyond this it is refused.
    private const long LargestDocument = 1 << 30;
    private const long SmallestBuffer = 1 << 20;
    private const int MostTimesPacked = 40;

    private readonly Dictionary<(Form Form, bool Packed), List<string>> _files = [];
    private readonly List<string> _texts = [];

    private enum Form
    {
        /// <summary>A resource a line.</summary>
        Lines,
        Bundle,

        /// <summary>One resource, over several lines.</summary>
        Document,

        /// <summary>JSON, but nothing of FHIR.</summary>
        Foreign,
        Xml,
        Empty,
    }

    /// <summary>How many files there are.</summary>
    public int Files => _files.Values.Sum(f => f.Count);

    /// <summary>The files named, and those in the folders named, at any depth. Problems: <c>view.no-file</c>, <c>view.file</c> (what it is cannot be read here).</summary>
    public static Result<ViewSources> Find(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var sources = new ViewSources();
        foreach (var path in paths)
        {
            var found = Directory.Exists(path) ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Where(Named).Order(StringComparer.Ordinal).ToList() : [path];
            foreach (var file in found)
            {
                if (!Look(file).Try(out var seen, out var problem)) return problem;
                if (sources.Add(file, seen.Form, seen.Packed, explicitly: found.Count == 1 && file == path) is { } wrong) return wrong;
            }
        }

        if (sources.Files == 0) return new Problem(ProblemKind.NotFound, "view.no-file", $"There is no file of FHIR resources here. Looked for {string.Join(", ", s_endings)}.");
        return sources;
    }

    /// <summary>Resources given as texts of JSON.</summary>
    public static ViewSources Of(IEnumerable<string> resources)
    {
        var sources = new ViewSources();
        sources._texts.AddRange(resources);
        return sources;
    }

    /// <summary>The SELECTs that yield what a view reads.</summary>
    internal IEnumerable<string> Of(View view)
    {
        var statement = view.Statement;
        if (_texts.Count > 0 || _files.Count == 0) yield return statement.OfJson($"(SELECT unnest([{List(_texts)}]::VARCHAR[]) AS resource)", "resource");
        foreach (var ((form, packed), files) in _files)
        {
            yield return form switch
            {
                Form.Lines => statement.OfLines(files, Compression(packed)),
                Form.Bundle => statement.OfBundles(files, Compression(packed), MostBytes(files, packed)),
                _ => statement.OfDocuments(files, Compression(packed), MostBytes(files, packed)),
            };
        }
    }

    /// <summary>The first line of all that is no resource: the engine, which has read past it, does not say where it is. Null when there is none.</summary>
    internal Place? FirstBadLine()
    {
        foreach (var ((form, packed), files) in _files.Where(f => f.Key.Form == Form.Lines))
        {
            foreach (var file in files)
            {
                using var content = Open(file, packed);
                using var reader = new StreamReader(content);
                for (var line = 1L; reader.ReadLine() is { } text; line++)
                    if (!string.IsNullOrWhiteSpace(text) && !IsResource(Encoding.UTF8.GetBytes(text))) return new(file, line);
            }
        }

        return null;
    }

    private Problem? Add(string file, Form form, bool packed, bool explicitly)
    {
        switch (form)
        {
            case Form.Xml when explicitly: return new(ProblemKind.Unsupported, "view.file", "This is XML. Views read FHIR in JSON: NDJSON, a Bundle or a resource.", new(file));
            case Form.Foreign when explicitly: return new(ProblemKind.Incorrect, "view.file", "This is no FHIR in JSON: no resourceType is found in it.", new(file));
            case Form.Empty when explicitly: return new(ProblemKind.Incorrect, "view.file", "The file is empty.", new(file));
            case Form.Xml or Form.Foreign or Form.Empty: return null;
            default:
                if (!_files.TryGetValue((form, packed), out var list)) _files.Add((form, packed), list = []);
                list.Add(Path.GetFullPath(file));
                return null;
        }
    }

    private static bool Named(string file) => s_endings.Any(e => file.EndsWith(e, StringComparison.OrdinalIgnoreCase));

    private static string List(IEnumerable<string> texts) => string.Join(", ", texts.Select(SqlNames.Literal));

    private static long MostBytes(List<string> files, bool packed) => Math.Clamp(files.Max(f => new FileInfo(f).Length) * (packed ? MostTimesPacked : 1), SmallestBuffer, LargestDocument);

    private static string Compression(bool packed) => packed ? "gzip" : "uncompressed";

    private static Result<(Form Form, bool Packed)> Look(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
            var head = new byte[HeadBytes];
            var packed = stream.ReadAtLeast(head.AsSpan(0, 2), 2, throwOnEndOfStream: false) == 2 && head[0] == 0x1F && head[1] == 0x8B;
            stream.Position = 0;
            using var content = packed ? (Stream)new GZipStream(stream, CompressionMode.Decompress) : stream;
            var read = content.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            return (FormOf(head.AsSpan(0, read)), packed);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new Problem(ProblemKind.NotFound, "view.no-file", "There is no such file or folder.", new(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return new Problem(ProblemKind.Unavailable, "view.file", "The file cannot be read.", new(file));
        }
    }

    private static Form FormOf(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith(new byte[] { 0xEF, 0xBB, 0xBF })) head = head[3..];
        var text = head.TrimStart(" \r\n\t"u8);
        if (text.IsEmpty) return Form.Empty;
        if (text[0] == (byte)'<') return Form.Xml;
        var reader = new Utf8JsonReader(text, isFinalBlock: false, default);
        var (resource, entries) = ((string?)null, false);
        try
        {
            while (reader.Read() && reader.CurrentDepth <= 1 && reader.TokenType != JsonTokenType.EndObject)
            {
                if (reader.TokenType != JsonTokenType.PropertyName) continue;
                if (reader.ValueTextEquals("resourceType"u8) && reader.Read() && reader.TokenType == JsonTokenType.String) resource = reader.GetString();
                else if (reader.ValueTextEquals("entry"u8)) entries = true;
                else if (reader.TokenType == JsonTokenType.PropertyName && !reader.TrySkip()) break;
            }
        }
        catch (JsonException)
        {
            return Form.Foreign;
        }

        var onOneLine = text.IndexOf((byte)'\n') is var end && (end < 0 || IsWhole(text[..end]));
        if (resource == "Bundle" || (resource is null && entries)) return Form.Bundle;
        return resource is null && end >= 0 && reader.TokenType == JsonTokenType.EndObject ? Form.Foreign : onOneLine ? Form.Lines : Form.Document;
    }

    private static Stream Open(string file, bool packed)
    {
        var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
        return packed ? new GZipStream(stream, CompressionMode.Decompress) : stream;
    }

    private static bool IsResource(byte[] line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("resourceType", out var type) && type.ValueKind == JsonValueKind.String;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsWhole(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
