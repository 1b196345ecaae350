using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Yunnao.Services.DataServices;
using Yunnao.Services.Queries;
using Yunnao.Services.Web;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Server.Hosting;

/// <summary>
/// The data sets in the OpenAPI description, from the registry: an address each, its items as filters, the schema of its records and an
/// example. What a caller sees of it is theirs alone (GET /api/v1/data); this is what there is.
/// </summary>
internal sealed class DataSetDescription(Registry registry, IReadOnlyList<TableShape> shapes) : IOpenApiDocumentTransformer
{
    private const int MostCodes = 50;

    private static readonly (string Name, string Text)[] s_common =
    [
        ("purpose", "What for 用途: an id of the policies, for example care"), ("from", "First event time, included 起"), ("to", "Last event time, not included 止"),
        ("organisation", "Codes of institutions 机构"), ("fields", "Columns that are wanted 字段"), ("sort", "Columns, with a minus for descending 排序"), ("limit", "Rows of a page, 1–10000 每页行数"),
        ("after", "Cursor of the page before 游标"), ("group", "Columns to group by 分组"), ("measures", "count, distinct:item, sum:item, avg:item, min:item, max:item 统计"),
    ];

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var shape in shapes.Where(s => s.DataSet.Status != Status.Superseded && registry.DataSets.ContainsKey(s.DataSet.Id)).OrderBy(s => s.DataSet.Id, StringComparer.Ordinal))
        {
            document.Paths[$"/api/v1/data/{shape.DataSet.Id}"] = new OpenApiPathItem { Operations = new() { [HttpMethod.Get] = Operation(shape, document) } };
        }

        return Task.CompletedTask;
    }

    private static OpenApiOperation Operation(TableShape shape, OpenApiDocument document)
    {
        var set = shape.DataSet;
        var items = set.Items.Where(i => !i.InVault && i.Status != Status.Superseded).ToList();
        var record = new OpenApiSchema { Type = JsonSchemaType.Object, Properties = items.ToDictionary(i => i.Name, i => (IOpenApiSchema)Schema(i)) };
        return new()
        {
            OperationId = $"get_{set.Id.Replace('.', '_')}",
            Tags = new HashSet<OpenApiTagReference> { new("data", document) },
            Summary = $"{set.Name.Zh} {set.Name.En}",
            Description = $"{set.Definition.Zh} {set.Definition.En}".Trim(),
            Parameters = [.. s_common.Select(c => Parameter(c.Name, c.Text, new() { Type = JsonSchemaType.String })), .. items.Where(i => !QuestionReader.OnlyInBody(set, i.Name)).Select(i => Parameter(i.Name, $"{i.Title.Zh} {i.Title.En}", Schema(i)))],
            Responses = new()
            {
                ["200"] = new OpenApiResponse
                {
                    Description = "A page",
                    Content = DataForm.All.ToDictionary(f => f, f => f == AnswerResult.Json ? new OpenApiMediaType { Schema = Page(record), Example = Example(set, items) } : new OpenApiMediaType()),
                },
                ["4XX"] = new OpenApiResponse { Description = "A problem (RFC 9457)", Content = new Dictionary<string, OpenApiMediaType> { [ProblemAnswer.ContentType] = new() } },
            },
        };
    }

    private static OpenApiSchema Page(OpenApiSchema record) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["data_set"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["columns"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.Object } },
            ["rows"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = record },
            ["next"] = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null },
        },
    };

    private static OpenApiParameter Parameter(string name, string text, OpenApiSchema schema) =>
        new() { Name = name, In = ParameterLocation.Query, Description = text.Trim(), Schema = schema, Required = name == "purpose" };

    private static OpenApiSchema Schema(Item item)
    {
        var schema = new OpenApiSchema
        {
            Type = item.Element.Type switch
            {
                ElementType.N => item.Element.Format.Decimals > 0 ? JsonSchemaType.Number : JsonSchemaType.Integer,
                ElementType.L => JsonSchemaType.Boolean,
                _ => JsonSchemaType.String,
            },
            Format = item.Element.Type switch { ElementType.D => "date", ElementType.DT => "date-time", ElementType.T => "time", _ => null },
            Description = $"{item.Title.Zh} {item.Title.En}{(item.Unit is { } unit ? $" ({unit})" : "")}{(item.ValueSet is { } named ? $" [{named.Id}]" : "")}".Trim(),
        };
        if (item.ValueSet is { Codes.Count: > 0 and <= MostCodes } codes) schema.Enum = [.. codes.Codes.Keys.Select(c => (JsonNode)JsonValue.Create(c))];
        return schema;
    }

    /// <summary>A record that nobody has: the first code of each value set, plausible numbers, one day.</summary>
    private static JsonObject Example(DataSet set, List<Item> items)
    {
        var row = new JsonObject();
        foreach (var item in items) row[item.Name] = Value(item);
        return new() { ["data_set"] = set.Id, ["columns"] = new JsonArray(), ["rows"] = new JsonArray(row), ["next"] = null };
    }

    private static JsonNode? Value(Item item) => item switch
    {
        { ValueSet: { Codes.Count: > 0 } codes } => codes.Codes.Keys.First(),
        { Element.Type: ElementType.N } => item.Min is { } min && decimal.TryParse(min, CultureInfo.InvariantCulture, out var least) ? JsonValue.Create(least) : JsonValue.Create(1),
        { Element.Type: ElementType.L } => true,
        { Element.Type: ElementType.D } => "2026-01-02",
        { Element.Type: ElementType.DT } => "2026-01-02 10:00:00",
        { Element.Type: ElementType.T } => "10:00:00",
        _ => item.Name,
    };
}
