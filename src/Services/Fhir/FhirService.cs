using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Services.DataServices;
using Yunnao.Services.Web;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Fhir;

/// <summary>Resources by interface: reads and searches over the rows of data sets, under the caller's Scope and in the audit.</summary>
public sealed class FhirService(CallerScopes scopes, ResourceBook book, CursorSeal seal, TimeProvider time)
{
    /// <summary>The parameter that carries a sealed place: the next page of a search, with all that was asked.</summary>
    public const string PageParameter = "_page";

    private const string Everything = "$everything";

    /// <summary>One resource. Problems: <c>fhir.type</c>, <c>fhir.unknown</c>, <c>fhir.keys</c>, <c>scope.*</c>.</summary>
    public async Task<Result<FhirPage>> ReadAsync(FhirCall call, string type, string id, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (!Find(type).Try(out var found, out var problem)) return problem;
        var request = new SearchRequest(found) { Conditions = [new(SearchParameter.OfId, "", [id])], Count = 1 };
        if (!(await ScopeAsync(call, request.Subject, cancellation).ConfigureAwait(false)).Try(out var scope, out problem)
            || !(await ScansAsync(call, scope, request, cancellation).ConfigureAwait(false)).Try(out var scans, out problem)) return problem;
        try
        {
            foreach (var scan in scans)
            {
                if (!(await scan.NextAsync(scope, scopes, 1, cancellation).ConfigureAwait(false)).Try(out var there, out problem)) return problem;
                if (!there) continue;
                var buffer = new ArrayBufferWriter<byte>(4096);
                using var writer = new Utf8JsonWriter(buffer, FhirText.Writing);
                scan.Writer.Write(writer, scan.Batch, scan.Row);
                await writer.FlushAsync(cancellation).ConfigureAwait(false);
                return new FhirPage(buffer.WrittenMemory, 1, scan.Writer.Version(scan.Batch, scan.Row));
            }

            return Unknown(type);
        }
        finally
        {
            scans.ForEach(s => s.Dispose());
        }
    }

    /// <summary>
    /// A page of a search. Problems: <c>fhir.*</c>, <c>scope.*</c>, <c>data.cursor</c>, <c>data.cursor-of-another</c>.
    /// </summary>
    /// <param name="parameters">As they were written, decoded.</param>
    /// <param name="inAddress">True when they were part of an address.</param>
    public async Task<Result<FhirPage>> SearchAsync(FhirCall call, string type, IReadOnlyList<KeyValuePair<string, string>> parameters, bool inAddress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(parameters);
        if (!Find(type).Try(out var found, out var problem)) return problem;
        var binding = Binding(call, type);
        if (!Open(binding, parameters).Try(out var opened, out problem)) return problem;
        var asked = opened.Places is null ? parameters : opened.Asked;
        if (!SearchRequest.Read(found, asked, call.Lenient, inAddress && opened.Places is null).Try(out var request, out problem)
            || !(await ScopeAsync(call, request.Subject, cancellation).ConfigureAwait(false)).Try(out var scope, out problem)
            || !(await ScansAsync(call, scope, request, cancellation).ConfigureAwait(false)).Try(out var scans, out problem)) return problem;
        var address = $"{call.Base}/{type}";
        return await PageAsync(call, scope, scans, request, new(binding, address, asked, opened.Places, Self(address, parameters, inAddress)), cancellation).ConfigureAwait(false);
    }

    /// <summary>All that is known of one person: the Patient, then the other types in the order of their names. Problems as of a search, and <c>fhir.unknown</c>.</summary>
    public async Task<Result<FhirPage>> EverythingAsync(FhirCall call, string id, IReadOnlyList<KeyValuePair<string, string>> parameters, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(parameters);
        if (!Find("Patient").Try(out var patient, out var problem)) return problem;
        var binding = Binding(call, $"{Everything} {id}");
        if (!Open(binding, parameters).Try(out var opened, out problem)) return problem;
        var asked = opened.Places is null ? parameters : opened.Asked;
        var types = asked.Where(p => p.Key == "_type").SelectMany(p => p.Value.Split(',')).ToHashSet(StringComparer.Ordinal);
        if (types.FirstOrDefault(t => book.Find(t) is null) is { } stranger && !Find(stranger).Try(out _, out problem)) return problem;
        if (asked.FirstOrDefault(p => p.Key is not ("_type" or "_count" or "_format" or "_pretty")) is { Key: { } other } && !call.Lenient)
            return new Problem(ProblemKind.Incorrect, "fhir.parameter", "$everything takes _type and _count.", new(Path: other));
        if (!SearchRequest.Read(patient, asked.Where(p => p.Key == "_count"), lenient: false, inAddress: false).Try(out var request, out problem)) return problem;
        ulong? subject = ulong.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        if (!(await ScopeAsync(call, subject, cancellation).ConfigureAwait(false)).Try(out var scope, out problem)) return problem;
        var scans = new List<ResourceScan>();
        foreach (var type in book.Types.OrderBy(t => t.Name != "Patient").Where(t => types.Count == 0 || types.Contains(t.Name)))
        {
            foreach (var source in type.Sources.Where(s => s.AboutPerson && scope.Of(s.DataSet) is not null))
            {
                if (!Table(source, scope).Try(out var table, out problem)) return problem;
                scans.Add(new(source, table, book, new SearchFilter(source, table, Now).Key(SystemColumns.Subject, id), null, null));
            }
        }

        var address = $"{call.Base}/Patient/{id}/{Everything}";
        var page = await PageAsync(call, scope, scans, request, new(binding, address, asked, opened.Places, Self(address, parameters, true)), cancellation).ConfigureAwait(false);
        return page.Try(out var made, out _) && made.Rows == 0 && opened.Places is null && types.Count == 0 ? Unknown("Patient") : page;
    }

    private DateTime Now => (time.GetUtcNow() + ElementLeaf.Offset).UtcDateTime;

    /// <summary>What a page is of, and where it begins.</summary>
    private sealed record PageOf(byte[] Binding, string Address, IReadOnlyList<KeyValuePair<string, string>> Asked, IReadOnlyList<string?>? Places, string Self);

    private async Task<Result<FhirPage>> PageAsync(FhirCall call, Scope scope, List<ResourceScan> scans, SearchRequest request, PageOf of, CancellationToken cancellation)
    {
        try
        {
            if (of.Places is { } places)
                for (var i = 0; i < scans.Count && i < places.Count; i++) scans[i].Place = places[i];
            using var bundle = new BundleWriter(call.Base);
            var rows = 0;
            ResourceScan? more = null;
            var include = new IncludedResources(request.Includes);
            if (!request.OnlyCount)
            {
                while (true)
                {
                    if (!(await FirstAsync(scope, scans, request, request.Count - rows + 1, cancellation).ConfigureAwait(false)).Try(out var first, out var problem)) return problem;
                    more = first.Scan;
                    if (more is null || rows == request.Count) break;
                    bundle.Add(more, "match");
                    include.Note(more);
                    more.Take();
                    rows++;
                }

                if (await IncludeAsync(scope, include, bundle, request, cancellation).ConfigureAwait(false) is { } wrong) return wrong;
            }

            long? total = more is null && of.Places is null && !request.OnlyCount ? rows : null;
            if (request.OnlyCount || (request.Total && total is null))
            {
                if (!(await CountAsync(scope, scans, cancellation).ConfigureAwait(false)).Try(out var counted, out var problem)) return problem;
                total = counted;
            }

            if (request.Ignored.Count > 0)
            {
                bundle.Add(OperationOutcome.Of(
                    new(ProblemKind.Incorrect, "fhir.parameter", $"Left out, because it is not understood here: {string.Join(", ", request.Ignored)}."), "The answer is as if these parameters had not been sent.", "not-supported", "warning"));
            }

            var next = more is null ? null : $"{of.Address}?{PageParameter}={seal.Seal(of.Binding, [Encode(of.Asked), .. scans.Select(s => s.Place)])}";
            return new FhirPage(bundle.End(total, of.Self, next), bundle.Count);
        }
        finally
        {
            scans.ForEach(s => s.Dispose());
        }
    }

    /// <summary>The scan on whose row a page stands; null at the end.</summary>
    private readonly record struct Standing(ResourceScan? Scan);

    /// <summary>The scan whose next row comes first: by the order that is asked for, else source after source.</summary>
    private async Task<Result<Standing>> FirstAsync(Scope scope, List<ResourceScan> scans, SearchRequest request, int limit, CancellationToken cancellation)
    {
        ResourceScan? first = null;
        foreach (var scan in scans)
        {
            if (!(await scan.NextAsync(scope, scopes, limit, cancellation).ConfigureAwait(false)).Try(out var there, out var problem)) return problem;
            if (!there) continue;
            if (request.Sort is null) return new Standing(scan);
            if (first is null || Before(scan.SortValue, first.SortValue, request.Descending)) first = scan;
        }

        return new Standing(first);
    }

    /// <summary>Times as texts are in their order; missing values come last.</summary>
    private static bool Before(string? one, string? other, bool descending) =>
        one is not null && (other is null || (descending ? string.CompareOrdinal(one, other) > 0 : string.CompareOrdinal(one, other) < 0));

    private async Task<Problem?> IncludeAsync(Scope scope, IncludedResources include, BundleWriter bundle, SearchRequest request, CancellationToken cancellation)
    {
        foreach (var type in new[] { "Patient", "Encounter" })
        {
            if (!include.Any(type) || book.Find(type) is not { } found || scope.Of(found.Sources[0].DataSet) is null) continue;
            var source = found.Sources[0];
            if (!Table(source, scope).Try(out var table, out var problem)) return problem;
            if (include.Rows(type, source, table, new(source, table, Now)) is not { } filter) continue;
            using var scan = new ResourceScan(source, table, book, filter, null, null);
            while (true)
            {
                if (!(await scan.NextAsync(scope, scopes, request.Count + 1, cancellation).ConfigureAwait(false)).Try(out var there, out problem)) return problem;
                if (!there) break;
                bundle.Add(scan, "include");
                scan.Take();
            }
        }

        return null;
    }

    private async Task<Result<long>> CountAsync(Scope scope, List<ResourceScan> scans, CancellationToken cancellation)
    {
        var total = 0L;
        foreach (var scan in scans)
        {
            var output = scan.Source.OnePerSubject ? new Output(SystemColumns.Subject, Aggregate.CountDistinct) : new Output(null, Aggregate.Count);
            var rows = await OneColumnAsync(scope, new(scan.Source.DataSet) { Outputs = [output], Where = scan.Where }, cancellation).ConfigureAwait(false);
            if (!rows.Try(out var values, out var problem)) return problem;
            total += values.Count == 0 ? 0 : long.Parse(values[0][0]!, CultureInfo.InvariantCulture);
        }

        return total;
    }

    private async Task<Result<List<string?[]>>> OneColumnAsync(Scope scope, Query query, CancellationToken cancellation)
    {
        if (!(await scopes.Lake.RunAsync(scope, query, cancellation).ConfigureAwait(false)).Try(out var rows, out var problem)) return problem;
        var values = new List<string?[]>();
        try
        {
            await using (rows.ConfigureAwait(false))
            {
                await foreach (var batch in rows.Batches.WithCancellation(cancellation).ConfigureAwait(false))
                {
                    using (batch)
                        for (var row = 0; row < batch.Length; row++) values.Add([.. batch.Arrays.Select(a => ArrowCell.Text(a, row))]);
                }
            }
        }
        catch (QueryFailedException e)
        {
            return e.Problem;
        }

        return values;
    }

    private async Task<Result<List<ResourceScan>>> ScansAsync(FhirCall call, Scope scope, SearchRequest request, CancellationToken cancellation)
    {
        var conditions = new List<SearchCondition>();
        foreach (var condition in request.Conditions)
        {
            if (condition.Parameter.FollowsTo != "Encounter" || condition.Modifier is "identifier" or "missing") conditions.Add(condition);
            else if (!(await NumbersAsync(scope, condition, cancellation).ConfigureAwait(false)).Try(out var numbers, out var problem)) return problem;
            else conditions.Add(condition with { Numbers = numbers });
        }

        var scans = new List<ResourceScan>();
        foreach (var source in request.Type.Sources)
        {
            if (scope.Of(source.DataSet) is null) continue;
            if (!Table(source, scope).Try(out var table, out var problem)) return problem;
            var (filters, reader) = (new List<Filter>(), new SearchFilter(source, table, Now));
            foreach (var condition in conditions)
            {
                if (!reader.Of(condition).Try(out var filter, out problem)) return problem;
                filters.Add(filter);
            }

            var sort = request.Sort?.In(source)[0].Leaf is { } leaf ? new Ordering(ResourceSource.ColumnOf(leaf), request.Descending) : null;
            scans.Add(new(source, table, book, filters.Count switch { 0 => null, 1 => filters[0], _ => new Filter.And(filters) }, request.Elements, sort));
        }

        if (scans.Count > 0) return scans;

        // Asked for by name, the refusal says why, and is in the audit.
        var named = await scopes.MakeAsync(call.User, call.Purpose, request.Subject, [request.Type.Sources[0].DataSet], cancellation).ConfigureAwait(false);
        return named.Problem ?? new Problem(ProblemKind.Forbidden, "scope.data-set", $"The purpose {scope.Purpose} reaches nothing of which {request.Type.Name} is made.");
    }

    /// <summary>The numbers, at their institutions, of encounters that are named by id.</summary>
    private async Task<Result<List<(string, string?)>>> NumbersAsync(Scope scope, SearchCondition condition, CancellationToken cancellation)
    {
        var numbers = new List<(string, string?)>();
        if (book.Find("Encounter")?.Sources[0] is not { } source || scope.Of(source.DataSet) is null) return numbers;
        if (!Table(source, scope).Try(out var table, out var problem)) return problem;
        var item = source.Shape.DataSet.Items.First(i => i.Roles.HasFlag(Roles.Encounter)).Name;
        var reader = new SearchFilter(source, table, Now);
        var query = new Query(source.DataSet)
        {
            Outputs = table.Find(SystemColumns.Org) is null ? [new(item)] : [new(item), new(SystemColumns.Org)],
            Where = new Filter.Or([.. condition.Values.Select(v => reader.Key(source.IdColumn, SearchCondition.IdOf(v)))]), Limit = condition.Values.Count,
        };
        if (!(await OneColumnAsync(scope, query, cancellation).ConfigureAwait(false)).Try(out var rows, out problem)) return problem;
        numbers.AddRange(rows.Where(r => r[0] is not null).Select(r => (r[0]!, r.Length > 1 ? r[1] : null)));
        return numbers;
    }

    private static Result<ScopedTable> Table(ResourceSource source, Scope scope)
    {
        if (!ScopedTable.Of(source.Shape, scope).Try(out var table, out var problem)) return problem;
        return table.Find(source.IdColumn) is not null
            ? table
            : new Problem(ProblemKind.Forbidden, "fhir.keys", $"For the purpose {scope.Purpose} records are shown without keys, and a resource without an id is none.");
    }

    private Task<Result<Scope>> ScopeAsync(FhirCall call, ulong? subject, CancellationToken cancellation) => scopes.MakeAsync(call.User, call.Purpose, subject, [], cancellation);

    private Result<ResourceType> Find(string type) => book.Find(type) is { } found
        ? found
        : new Problem(ProblemKind.NotFound, "fhir.type", $"No resources of this type are given; there are {string.Join(", ", book.Types.Select(t => t.Name))}.", new(Path: "resourceType"));

    private static Problem Unknown(string type) => new(ProblemKind.NotFound, "fhir.unknown", $"There is no {type} of this id that you may see for this purpose.");

    private static byte[] Binding(FhirCall call, string what) => CursorSeal.Binding(CallerId.Of(call.User), call.Purpose, "fhir", what);

    private Result<(IReadOnlyList<KeyValuePair<string, string>> Asked, IReadOnlyList<string?>? Places)> Open(byte[] binding, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        if (parameters.FirstOrDefault(p => p.Key == PageParameter) is not { Key: not null, Value: { } cursor }) return (parameters, null);
        return seal.Open(binding, cursor, PageParameter).Try(out var place, out var problem) ? (Decode(place[0]!), place.Skip(1).ToArray()) : problem;
    }

    private static string Encode(IReadOnlyList<KeyValuePair<string, string>> parameters) => JsonSerializer.Serialize(parameters.Select(p => new[] { p.Key, p.Value }));

    private static KeyValuePair<string, string>[] Decode(string text) => [.. JsonSerializer.Deserialize<string[][]>(text)!.Select(p => KeyValuePair.Create(p[0], p[1]))];

    /// <summary>The search as it was understood; of one that was sent as a form, without what it is about.</summary>
    private static string Self(string address, IReadOnlyList<KeyValuePair<string, string>> parameters, bool inAddress)
    {
        var shown = parameters.Where(p => inAddress || (p.Key.StartsWith('_') && p.Key != SearchParameter.Id)).Select(p => $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(p.Value)}").ToList();
        return shown.Count == 0 ? address : $"{address}?{string.Join('&', shown)}";
    }
}
