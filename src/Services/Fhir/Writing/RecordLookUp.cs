using System.Globalization;
using Yunnao.Kernel;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Services.Imaging;
using Yunnao.Services.Web;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Fhir.Writing;

/// <summary>
/// Records of an institution that are named by the platform's id or by their number there. Persons are asked of the vault, all others of the lake, under the
/// writer's Scope: nobody learns by writing what reading would not tell.
/// </summary>
internal sealed class RecordLookUp(ResourceBook book, CallerScopes scopes, SubjectLookUp persons)
{
    // A number that long is the platform's, or the number of an identity card, which has no place in addresses.
    private const int LongestOwnDigits = 12;

    /// <summary>A record that is named.</summary>
    /// <param name="Number">Its number at its institution.</param>
    /// <param name="Id">The platform's id; null where only the number was asked for.</param>
    public sealed record Found(string Number, string? Id);

    /// <summary>True of an id that only the platform gives.</summary>
    public static bool IsOfPlatform(string id) => id.Length > LongestOwnDigits && id.All(char.IsAsciiDigit);

    /// <summary>Which of these there are, by what they were asked for.</summary>
    public async Task<Result<Dictionary<string, Found>>> FindAsync(Scope scope, string organisation, string type, IReadOnlyCollection<string> ids, CancellationToken cancellation)
    {
        var found = new Dictionary<string, Found>(StringComparer.Ordinal);
        if (ids.Count == 0 || book.Find(type) is not { } resource) return found;
        if (resource.Sources[0].OnePerSubject)
        {
            foreach (var id in ids)
                if (Person(organisation, id) is { } person) found[id] = person;
            return found;
        }

        foreach (var source in resource.Sources)
        {
            if (scope.Of(source.DataSet) is null || NumberOf(source) is not { } number) continue;
            if (!ScopedTable.Of(source.Shape, scope).Try(out var table, out var problem)) return problem;
            if (table.Find(number.Name) is not { Action: ItemAction.Clear } || table.Find(SystemColumns.Record) is not { Kind: ValueKind.Record } || table.Find(SystemColumns.Org) is null) continue;
            var names = new List<Filter> { new Filter.In(number.Name, [.. ids.Select(Value.Of)]) };
            if (ids.Select(i => UInt128.TryParse(i, NumberStyles.None, CultureInfo.InvariantCulture, out var key) ? key : (UInt128?)null).OfType<UInt128>().ToList() is { Count: > 0 } keys)
                names.Add(new Filter.In(SystemColumns.Record, [.. keys.Select(Value.Record)]));
            var query = new Query(source.DataSet)
            {
                Outputs = [new(number.Name), new(SystemColumns.Record)], Limit = 4 * ids.Count,
                Where = new Filter.And([new Filter.Compare(SystemColumns.Org, Comparison.Equal, Value.Of(organisation)), new Filter.Or(names)]),
            };
            if (!(await scopes.Lake.RunAsync(scope, query, cancellation).ConfigureAwait(false)).Try(out var rows, out problem)) return problem;
            try
            {
                await using (rows.ConfigureAwait(false))
                {
                    await foreach (var batch in rows.Batches.WithCancellation(cancellation).ConfigureAwait(false))
                    {
                        using (batch)
                        {
                            for (var row = 0; row < batch.Length; row++)
                                if (ArrowCell.Text(batch.Column(0), row) is { } own && ArrowCell.Text(batch.Column(1), row) is { } key) Add(own, key);
                        }
                    }
                }
            }
            catch (QueryFailedException e)
            {
                return e.Problem;
            }
        }

        return found;

        void Add(string own, string key)
        {
            if (ids.Contains(key)) found[key] = new(own, key);
            if (ids.Contains(own)) found.TryAdd(own, new(own, null));
        }
    }

    /// <summary>The item in which the records of a source have their number; null where they have none of their own.</summary>
    private static Item? NumberOf(ResourceSource source) =>
        source.Leaves.FirstOrDefault(l => l.Path == $"{source.Type}.identifier.value" && l.Item?.Roles.HasFlag(Roles.Record) == true)?.Item;

    private Found? Person(string organisation, string id)
    {
        if (ulong.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var subject)
            && persons.NumbersOf(subject).FirstOrDefault(n => n.Organisation == organisation) is { Local: { } local }) return new(local, id);
        return persons.Find(organisation, id) is not null ? new(id, null) : null;
    }
}
