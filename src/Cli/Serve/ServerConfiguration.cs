using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Yunnao.Kernel;
using Yunnao.Server;

namespace Yunnao.Cli.Serve;

/// <summary>
/// The options of the server: a JSON file, and over it the environment, where <c>Yunnao__PasswordDays=60</c> is a value and
/// <c>Yunnao__AdministratorAddresses__0=10.20.0.0/16</c> the first of a list, as everywhere in .NET. A list that is named replaces the one before.
/// </summary>
internal static class ServerConfiguration
{
    private const string Prefix = "Yunnao__";
    private static readonly JsonNodeOptions s_nodes = new() { PropertyNameCaseInsensitive = true };
    private static readonly JsonDocumentOptions s_file = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow };

    /// <summary>Reads both. Problem: <c>serve.config</c>, with the file or the variable.</summary>
    /// <param name="file">The file, or null.</param>
    public static Result<ServerOptions> Read(string? file, IDictionary environment, string mistake)
    {
        var all = new JsonObject(s_nodes);
        try
        {
            if (file is not null) all = JsonNode.Parse(File.ReadAllBytes(file), s_nodes, s_file)?.AsObject() ?? all;
            _ = all.Deserialize<ServerOptions>(s_options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or ArgumentException)
        {
            // The message of the reader may quote a secret of the file.
            return new Problem(ProblemKind.Incorrect, "serve.config", mistake, new(file, (e as JsonException)?.LineNumber + 1));
        }

        var name = "";
        try
        {
            var named = new HashSet<JsonArray>();
            foreach (var variable in environment.Keys.Cast<string>().Where(n => n.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)).Order(StringComparer.OrdinalIgnoreCase))
            {
                name = variable;
                Set(all, name[Prefix.Length..].Split("__"), (string)environment[name]!, named);
            }

            return all.Deserialize<ServerOptions>(s_options)!;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return new Problem(ProblemKind.Incorrect, "serve.config", mistake, new(Path: (e as JsonException)?.Path is { } path ? Prefix + path.TrimStart('$', '.') : name));
        }
    }

    private static void Set(JsonObject into, string[] path, string value, HashSet<JsonArray> named)
    {
        for (var i = 0; i < path.Length - 1; i++)
        {
            if (int.TryParse(path[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                if (into[path[i]] is not JsonArray list || !named.Contains(list))
                {
                    into[path[i]] = list = [];
                    named.Add(list);
                }

                list.Add(JsonValue.Create(value));
                return;
            }

            if (into[path[i]] is not JsonObject inner) into[path[i]] = inner = new JsonObject(s_nodes);
            into = inner;
        }

        into[path[^1]] = ValueOf(value);
    }

    /// <summary>A number, a truth value or a list where the text is one, else the text.</summary>
    private static JsonNode? ValueOf(string value)
    {
        try
        {
            return JsonNode.Parse(value) is { } node and not JsonObject ? node : JsonValue.Create(value);
        }
        catch (JsonException)
        {
            return JsonValue.Create(value);
        }
    }
}
