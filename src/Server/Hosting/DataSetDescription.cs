using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Yunnao.Kernel;
using Yunnao.Services.DataServices;
using Yunnao.Services.Queries;
using Yunnao.Services.Web;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Server.Hosting;

/// <summary>
/// The data sets in the OpenAPI description, from the registry and in the reader's language: an address each, its items as filters, the schema of
/// its records and an example. What a caller sees of it is theirs alone (GET /api/v1/data); this is what there is.
/// </summary>
internal sealed class DataSetDescription(Registry registry, IReadOnlyList<TableShape> shapes) : IOpenApiDocumentTransformer
{
    private const int MostCodes = 50;

    /// <summary>The schema of a condition that is more than a value.</summary>
    private const string Comparison = "Comparison";

    /// <summary>A purpose that every example can use: the first one of applications in the registry as it is.</summary>
    private const string UsualPurpose = "care";

    private static readonly string[] s_common = ["purpose", "from", "to", "organisation", "fields", "sort", "limit", "after", "since", "group", "measures"];

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var text = ApiDescription.TextOf(context.ApplicationServices);
        ((document.Components ??= new()).Schemas ??= new Dictionary<string, IOpenApiSchema>())[Comparison] =
            new OpenApiSchema { Type = JsonSchemaType.String, Pattern = $"^({string.Join('|', DataCondition.Words)}):", Description = text["api.data.comparison"] };
        foreach (var shape in shapes.Where(s => s.DataSet.Status != Status.Superseded && registry.DataSets.ContainsKey(s.DataSet.Id)).OrderBy(s => s.DataSet.Id, StringComparer.Ordinal))
        {
            document.Paths[$"/api/v1/data/{shape.DataSet.Id}"] = new OpenApiPathItem { Operations = new() { [HttpMethod.Get] = Operation(shape, document, text) } };
        }

        if (document.Paths.TryGetValue("/api/v1/data/{data_set}", out var any) && any.Operations?[HttpMethod.Get] is { } rows)
            rows.Parameters = [.. rows.Parameters ?? [], .. s_common.Select(name => Common(name, text))];
        if (document.Paths.TryGetValue("/api/v1/data/{data_set}/search", out var search) && search.Operations?[HttpMethod.Post].RequestBody?.Content?[AnswerResult.Json] is OpenApiMediaType body)
            body.Schema = new OpenApiSchema { Type = JsonSchemaType.Object };
        return Task.CompletedTask;
    }

    private OpenApiOperation Operation(TableShape shape, OpenApiDocument document, Text text)
    {
        var set = shape.DataSet;
        var items = set.Items.Where(i => !i.InVault && i.Status != Status.Superseded).ToList();
        var operation = new OpenApiOperation
        {
            OperationId = $"get_{set.Id.Replace('.', '_')}",
            Tags = new HashSet<OpenApiTagReference> { new("data", document) },
            Summary = set.Name.In(text.Language),
            Description = set.Definition.In(text.Language),
            Parameters = [.. s_common.Select(name => Common(name, text)), .. items.Where(i => !QuestionReader.OnlyInBody(set, i.Name)).Select(i => Filter(i, document, text))],
            Responses = new()
            {
                ["200"] = new OpenApiResponse
                {
                    Description = text["api.data.page"],
                    Content = DataForm.All.ToDictionary(f => f, f => f == AnswerResult.Json ? new OpenApiMediaType { Schema = Page(items, text), Example = Example(set, items) } : new OpenApiMediaType()),
                },
                ["4XX"] = new OpenApiResponse { Description = text["api.data.problem"], Content = new Dictionary<string, OpenApiMediaType> { [ProblemAnswer.ContentType] = new() } },
            },
        };
        ApiDescription.Guard(operation, Duty.Query, document, text);
        return operation;
    }

    private static OpenApiSchema Page(List<Item> items, Text text)
    {
        var record = new Dictionary<string, IOpenApiSchema>();
        foreach (var (name, type) in s_system) record[name] = new OpenApiSchema { Type = type, Description = text[$"api.data.{name}"] };
        foreach (var item in items) record[item.Name] = Schema(item, text);
        OpenApiSchema texts = new() { Type = JsonSchemaType.String };
        return new()
        {
            Type = JsonSchemaType.Object,
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["data_set"] = texts,
                ["columns"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.Object, Properties = new Dictionary<string, IOpenApiSchema> { ["name"] = texts, ["type"] = texts } } },
                ["rows"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.Object, Properties = record } },
                ["next"] = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null },
            },
        };
    }

    private static readonly (string Name, JsonSchemaType Type)[] s_system =
    [
        (SystemColumns.Record, JsonSchemaType.String), (SystemColumns.Subject, JsonSchemaType.String), (SystemColumns.Org, JsonSchemaType.String), (SystemColumns.Time, JsonSchemaType.String), (SystemColumns.Version, JsonSchemaType.Integer),
    ];

    private OpenApiParameter Common(string name, Text text)
    {
        var schema = new OpenApiSchema { Type = JsonSchemaType.String };
        if (name == "limit") schema = new() { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = DataQuestion.LongestPage.ToString(CultureInfo.InvariantCulture), Default = JsonValue.Create(DataQuestion.UsualPage) };
        if (name == "purpose") schema.Enum = [.. registry.Policies.Purposes.Keys.Select(p => (JsonNode)JsonValue.Create(p))];
        var parameter = new OpenApiParameter { Name = name, In = ParameterLocation.Query, Description = text[$"api.data.{name}"], Schema = schema, Required = name == "purpose" };
        if (parameter.Required) parameter.Example = UsualPurpose;
        return parameter;
    }

    private static OpenApiParameter Filter(Item item, OpenApiDocument document, Text text)
    {
        var value = Schema(item, text);
        var (description, comparison) = (value.Description, new OpenApiSchemaReference(Comparison, document));
        value.Description = null;
        return new() { Name = item.Name, In = ParameterLocation.Query, Description = description, Schema = new OpenApiSchema { AnyOf = [value, comparison] } };
    }

    /// <summary>Times have neither an offset nor a T, so the formats date-time and time of JSON Schema are not theirs.</summary>
    private static OpenApiSchema Schema(Item item, Text text)
    {
        var schema = new OpenApiSchema
        {
            Type = item.Element.Type switch
            {
                ElementType.N => item.Element.Format.Decimals > 0 ? JsonSchemaType.Number : JsonSchemaType.Integer,
                ElementType.L => JsonSchemaType.Boolean,
                _ => JsonSchemaType.String,
            },
            Format = item.Element.Type == ElementType.D ? "date" : null,
            Description = $"{item.Title.In(text.Language)}{(item.Unit is { } unit ? $" ({unit})" : "")}{(item.ValueSet is { } named ? $" [{named.Id}]" : "")}",
        };
        if (item.ValueSet is { Codes.Count: > 0 and <= MostCodes } codes) schema.Enum = [.. codes.Codes.Keys.Select(c => (JsonNode)JsonValue.Create(c))];
        return schema;
    }

    /// <summary>A record that nobody has: the first code of each value set, plausible numbers, one day.</summary>
    private static JsonObject Example(DataSet set, List<Item> items)
    {
        var row = new JsonObject
        {
            [SystemColumns.Record] = "310182376281874223696138594641737501030", [SystemColumns.Subject] = "1234567890", [SystemColumns.Org] = "42010001", [SystemColumns.Time] = "2026-01-02 10:00:00", [SystemColumns.Version] = 1,
        };
        foreach (var item in items) row[item.Name] = Value(item);
        return new() { ["data_set"] = set.Id, ["columns"] = new JsonArray(new JsonObject { ["name"] = SystemColumns.Record, ["type"] = "utf8" }), ["rows"] = new JsonArray(row), ["next"] = null };
    }

    private static JsonNode? Value(Item item) => item switch
    {
        { ValueSet: { Codes.Count: > 0 } codes } => codes.Codes.Keys.First(),
        { Element.Type: ElementType.N } => JsonValue.Create(Math.Min(Math.Max(1, Bound(item.Min, 1)), Bound(item.Max, decimal.MaxValue))),
        { Element.Type: ElementType.L } => true,
        { Element.Type: ElementType.D } => "2026-01-02",
        { Element.Type: ElementType.DT } => "2026-01-02 10:00:00",
        { Element.Type: ElementType.T } => "10:00:00",
        _ => item.Name,
    };

    private static decimal Bound(string? text, decimal none) => decimal.TryParse(text, CultureInfo.InvariantCulture, out var bound) ? bound : none;
}
