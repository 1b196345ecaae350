using System.Text.Json;
using System.Text.Json.Serialization;

namespace Yunnao.Services.Queries;

/// <summary>What is asked.</summary>
/// <param name="Purpose">What for: an id of <c>standards/policies/purposes.csv</c>.</param>
/// <param name="Query">A query tree, see <see cref="QueryJson"/>.</param>
/// <param name="Sql">A SELECT over data sets, in place of a tree.</param>
/// <param name="Subject">The one person that it is about; some purposes need it. Decimal digits.</param>
public sealed record QueryBody(
    string? Purpose, JsonElement? Query, string? Sql, [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)] ulong? Subject);
