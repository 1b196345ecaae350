using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Yunnao.Kernel;
using Yunnao.Lake.Queries;
using Yunnao.Services.Views.Run;

namespace Yunnao.Services.Views;

/// <summary>
/// Test cases of views in the form of the public suite of SQL on FHIR: a file has resources and tests, a test a view and the rows, columns or
/// error expected of it. The result can be written as implementations publish theirs (test-report.schema.json of that suite).
/// </summary>
public static class ViewSuite
{
    /// <summary>Runs a file's cases. Problem: <c>view.suite</c>, the file is no suite.</summary>
    public static async Task<Result<IReadOnlyList<ViewCase>>> RunAsync(string file, ViewEngine engine, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(engine);
        try
        {
            using var suite = JsonDocument.Parse(await File.ReadAllBytesAsync(file, cancellation).ConfigureAwait(false));
            var sources = ViewSources.Of(suite.RootElement.GetProperty("resources").EnumerateArray().Select(r => r.GetRawText()));
            var cases = new List<ViewCase>();
            foreach (var test in suite.RootElement.GetProperty("tests").EnumerateArray())
                cases.Add(new(Path.GetFileName(file), test.GetProperty("title").GetString()!, await CaseAsync(test, sources, engine, cancellation).ConfigureAwait(false)));
            return cases;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new Problem(ProblemKind.Incorrect, "view.suite", "The file is no suite of view tests: { \"resources\": [ … ], \"tests\": [ { \"title\", \"view\", \"expect\" } ] }.", new(file));
        }
        catch (IOException)
        {
            return new Problem(ProblemKind.NotFound, "view.no-file", "There is no such file or folder.", new(file));
        }
    }

    /// <summary>The report of cases in the published form.</summary>
    public static string Report(IEnumerable<ViewCase> cases)
    {
        var report = new JsonObject();
        foreach (var suite in cases.GroupBy(c => c.Suite))
        {
            report[suite.Key] = new JsonObject
            {
                ["tests"] = new JsonArray([.. suite.Select(c => new JsonObject
                {
                    ["name"] = c.Title,
                    ["result"] = c.Error is null ? new JsonObject { ["passed"] = true } : new JsonObject { ["passed"] = false, ["error"] = c.Error },
                })]),
            };
        }

        return report.ToJsonString(new() { WriteIndented = true, Encoder = JsonText.Encoder });
    }

    private static async Task<string?> CaseAsync(JsonElement test, ViewSources sources, ViewEngine engine, CancellationToken cancellation)
    {
        var errorWanted = test.TryGetProperty("expectError", out var error) && error.GetBoolean();
        var (view, problems) = View.Read(test.GetProperty("view"));
        if (view is null) return errorWanted ? null : problems[0].ToString();
        try
        {
            if (!engine.Run(view, sources, cancellation).Try(out var rows, out var problem)) return errorWanted ? null : problem.ToString();
            await using (rows.ConfigureAwait(false))
            {
                var found = await ReadAsync(rows, cancellation).ConfigureAwait(false);
                return errorWanted ? "An error is expected; there was none." : Compare(test, found, [.. view.Columns.Select(c => c.Name)]);
            }
        }
        catch (QueryFailedException e)
        {
            return errorWanted ? null : e.Problem.ToString();
        }
    }

    private static async Task<List<JsonObject>> ReadAsync(RowStream rows, CancellationToken cancellation)
    {
        var found = new List<JsonObject>();
        await foreach (var batch in rows.Batches.WithCancellation(cancellation).ConfigureAwait(false))
        {
            using (batch)
            {
                for (var row = 0; row < batch.Length; row++)
                {
                    using var buffer = new MemoryStream();
                    using (var writer = new Utf8JsonWriter(buffer))
                    {
                        writer.WriteStartObject();
                        for (var i = 0; i < batch.ColumnCount; i++)
                        {
                            writer.WritePropertyName(rows.Schema.GetFieldByIndex(i).Name);
                            ArrowCell.Write(batch.Column(i), row, writer);
                        }

                        writer.WriteEndObject();
                    }

                    found.Add(JsonNode.Parse(buffer.ToArray())!.AsObject());
                }
            }
        }

        return found;
    }

    /// <summary>What differs: rows are compared without regard to their order, which views do not promise.</summary>
    private static string? Compare(JsonElement test, List<JsonObject> found, string[] columns)
    {
        if (test.TryGetProperty("expectCount", out var count) && count.GetInt32() != found.Count) return $"{count} rows are expected; there are {found.Count}.";
        if (test.TryGetProperty("expectColumns", out var names) && !names.EnumerateArray().Select(n => n.GetString()!).SequenceEqual(columns))
            return $"The columns {names} are expected; there are {string.Join(", ", columns)}.";
        if (!test.TryGetProperty("expect", out var expect)) return null;
        var (wanted, got) = (expect.EnumerateArray().Select(e => Canonical(JsonNode.Parse(e.GetRawText()))).Order(StringComparer.Ordinal).ToList(), found.Select(Canonical).Order(StringComparer.Ordinal).ToList());
        return wanted.SequenceEqual(got, StringComparer.Ordinal) ? null : $"Expected {string.Join(' ', wanted)}; found {string.Join(' ', got)}.";
    }

    /// <summary>JSON with members in order and numbers in one form.</summary>
    private static string Canonical(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject o => $"{{{string.Join(",", o.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"\"{p.Key}\":{Canonical(p.Value)}"))}}}",
        JsonArray a => $"[{string.Join(",", a.Select(Canonical))}]",
        _ when node.GetValueKind() == JsonValueKind.Number => node.AsValue().GetValue<JsonElement>().GetDouble().ToString("R", CultureInfo.InvariantCulture),
        _ => node.ToJsonString(),
    };
}
