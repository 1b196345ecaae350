using System.Security.Cryptography;
using System.Text.Json;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Services.Web;

namespace Yunnao.Services.Exports.Targets;

/// <summary>
/// What a target says of a table of ours, in its table <c>yunnao_export</c>: which export is in it and up to where. Written in the transaction
/// that writes the rows, so it is true whatever happens.
/// </summary>
/// <param name="Table">Name of the table.</param>
/// <param name="Order">Digest of whose export it is and of which rows.</param>
/// <param name="Shown">JSON: column → how the policy shows it.</param>
/// <param name="Sequence">Number of the writing; greater than all before.</param>
/// <param name="Rows">Rows that the writing brought, deletions included.</param>
internal sealed record TargetMark(string Table, string DataSet, string Version, string Order, string Shown, LakeMark Mark, long Sequence, long Rows, string Registry, DateTimeOffset Written)
{
    /// <summary>Name of the table of marks.</summary>
    public const string TableName = "yunnao_export";

    /// <summary>Digest of what decides which rows the recipient has: another one needs the whole anew.</summary>
    public static string DigestOf(ExportOrder order, Scope scope, string dataSet)
    {
        var rows = scope.Of(dataSet)?.Rows ?? RowFilter.All;
        var what = new
        {
            who = scope.Operations ? "local" : scope.Who, order.Purpose, order.From, order.To, organisations = order.Organisations.Order(StringComparer.Ordinal),
            reach = rows.Organisations?.Order(StringComparer.Ordinal), subjects = rows.Subjects?.Order(), consent = rows.Consent is not null,
        };
        return Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(what, ApiJson.Options)).AsSpan(0, 16));
    }

    /// <summary>JSON of how the columns are shown.</summary>
    public static string TextOf(IReadOnlyDictionary<string, string> shown) => JsonSerializer.Serialize(shown.OrderBy(c => c.Key, StringComparer.Ordinal).ToDictionary(), ApiJson.Options);

    /// <summary>True when columns that the target has are shown in another way now, or one that the registry had before is shown only now: its old rows would lack it.</summary>
    public bool IsShownOtherwise(IReadOnlyDictionary<string, string> now, string version)
    {
        var before = JsonSerializer.Deserialize<Dictionary<string, string>>(Shown, ApiJson.Options)!;
        return before.Any(c => now.TryGetValue(c.Key, out var action) && action != c.Value) || (Version == version && now.Keys.Any(c => !before.ContainsKey(c)));
    }
}
