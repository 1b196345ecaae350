using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Services.DataServices;
using Yunnao.Services.Web;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Fhir;

/// <summary>Resources by interface: reads and searches over the rows of data sets, under the caller's Scope and in the audit.</summary>
public sealed partial class FhirService(CallerScopes scopes, ResourceBook book, ResourcePlaces places, GivenResources given, ArrivalTimes arrivals, CursorSeal seal, TimeProvider time)
{
    /// <summary>The parameter that carries a sealed place: the next page of a search, with all that was asked.</summary>
    public const string PageParameter = "_page";

    private const string Everything = "$everything";

    /// <summary>One resource. Problems: <c>fhir.type</c>, <c>fhir.unknown</c>, <c>fhir.keys</c>, <c>scope.*</c>.</summary>
    public async Task<Result<FhirPage>> ReadAsync(FhirCall call, string type, string id, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (!Find(type).Try(out var found, out var problem) || !(await ReadingAsync(call, SubjectOf(type, id), cancellation, found).ConfigureAwait(false)).Try(out var reading, out problem)) return problem;
        var sources = places.Of(found, id, reading).ToList();
        if (sources.Count == 0) return await NothingAsync(call, reading, found, SubjectOf(type, id), cancellation).ConfigureAwait(false);
        var stand = reading.Lake.Stand;
        var known = sources.Select(s => given.Find(s, reading.Scope, id, stand)).FirstOrDefault(g => g is not null);
        var atHand = known is null ? sources.Where(s => ResourcePlaces.IsAtHand(s, id, reading)).ToList() : [];
        if (atHand.Count > 0) sources = atHand;
        else if (known is null && sources is [var only] && reading.Table(only).Try(out var shown, out _)) known = await AheadAsync(reading, only, shown, id, stand, cancellation).ConfigureAwait(false);
        if (known is not null)
            return await reading.Lake.AgainAsync(reading.Scope, known.Query, 1, cancellation).ConfigureAwait(false) is { } refused ? (Result<FhirPage>)refused : known.Page;
        var scans = new List<ResourceScan>();
        foreach (var source in sources)
        {
            if (!reading.Table(source).Try(out var table, out problem)) return problem;
            var key = new SearchFilter(source, table, reading).Key(source.IdColumn, id);
            if (atHand.Count == 0 && places.Batch(source, id, table) is { } batch) scans.Add(new(source, table, reading, new Filter.And([key, new Filter.Compare(Query.ArrivalColumn, Comparison.Equal, Value.Of((long)batch))])));
            scans.Add(new(source, table, reading, key));
        }

        return await OneAsync(reading, scans, type, cancellation, (scan, page) => given.Note(scan.Source, reading.Scope, id, stand, page, scan.Asked!)).ConfigureAwait(false);
    }

    /// <summary>The first resource that there is.</summary>
    private async Task<Result<FhirPage>> OneAsync(FhirReading reading, List<ResourceScan> scans, string type, CancellationToken cancellation, Action<ResourceScan, FhirPage>? note = null)
    {
        var page = await FirstAsync(reading, scans, type, note, cancellation).ConfigureAwait(false);
        await reading.TellAsync().ConfigureAwait(false);
        return page;
    }

    private async Task<Result<FhirPage>> FirstAsync(FhirReading reading, List<ResourceScan> scans, string type, Action<ResourceScan, FhirPage>? note, CancellationToken cancellation)
    {
        try
        {
            foreach (var scan in scans)
            {
                if (!(await scan.NextAsync(1, cancellation).ConfigureAwait(false)).Try(out var there, out var problem)) return problem;
                if (!there) continue;
                if (!scan.Versions && ResourcePlaces.ShowsKeys(reading, scan.Source)) places.Note(scan.Source, scan.Id, scan.Writer.Arrival(scan.Batch, scan.Row));
                var buffer = new ArrayBufferWriter<byte>(2048);
                using var writer = new Utf8JsonWriter(buffer, FhirText.Writing);
                scan.Writer.Write(writer, scan.Batch, scan.Row);
                await writer.FlushAsync(cancellation).ConfigureAwait(false);
                var page = new FhirPage(buffer.WrittenSpan.ToArray(), 1, scan.Writer.Version(scan.Batch, scan.Row), scan.Writer.Updated(scan.Batch, scan.Row));
                note?.Invoke(scan, page);
                return page;
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
    /// <param name="replace">Puts others in place of those that are looked up elsewhere; a further page has them as they were written, and is asked again.</param>
    public async Task<Result<FhirPage>> SearchAsync(
        FhirCall call, string type, IReadOnlyList<KeyValuePair<string, string>> parameters, bool inAddress, CancellationToken cancellation,
        Func<IReadOnlyList<KeyValuePair<string, string>>, Task<Result<IReadOnlyList<KeyValuePair<string, string>>>>>? replace = null)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(parameters);
        if (!Find(type).Try(out var found, out var problem)) return problem;
        var binding = Binding(call, type);
        if (!Open(binding, parameters).Try(out var opened, out problem)) return problem;
        var asked = opened.Places is null ? parameters : opened.Asked;
        var read = asked;
        if (replace is not null && !(await replace(asked).ConfigureAwait(false)).Try(out read, out problem)) return problem;
        if (!SearchRequest.Read(found, book, read, call.Lenient, inAddress && opened.Places is null).Try(out var request, out problem)
            || !(await ReadingAsync(call, request.Subject, cancellation).ConfigureAwait(false)).Try(out var reading, out problem)
            || !(await ScansAsync(call, reading, request, found.Sources.Where(reading.Reaches), cancellation).ConfigureAwait(false)).Try(out var scans, out problem)) return problem;
        var address = $"{call.Base}/{type}";
        return await PageAsync(call, reading, scans, request, new(binding, address, asked, opened.Places, Self(address, [.. parameters.Where(p => !request.Ignored.Contains(p.Key))], inAddress)), cancellation).ConfigureAwait(false);
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
        if (asked.FirstOrDefault(p => p.Key is not ("_type" or "_since" or "_count" or "_format" or "_pretty")) is { Key: { } other } && !call.Lenient)
            return new Problem(ProblemKind.Incorrect, "fhir.parameter", "$everything takes _type, _since and _count.", new(Path: other));
        if (!SearchRequest.Read(patient, book, asked.Where(p => p.Key == "_count"), lenient: false, inAddress: false).Try(out var request, out problem)) return problem;
        ulong? subject = ulong.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        if (!(await ReadingAsync(call, subject, cancellation).ConfigureAwait(false)).Try(out var reading, out problem)) return problem;
        if (!(await SinceAsync(asked, cancellation).ConfigureAwait(false)).Try(out var since, out problem)) return problem;
        var scans = new List<ResourceScan>();
        foreach (var type in book.Types.OrderBy(t => t.Name != "Patient").Where(t => types.Count == 0 || types.Contains(t.Name)))
        {
            foreach (var source in type.Sources.Where(s => s.AboutPerson && reading.Reaches(s)))
            {
                if (!reading.Table(source).Try(out var table, out problem)) return problem;
                var theirs = new SearchFilter(source, table, reading).Key(SystemColumns.Subject, id);
                scans.Add(new(source, table, reading, since.Filter is { } news ? new Filter.And([theirs, news]) : theirs));
            }
        }

        var address = $"{call.Base}/Patient/{id}/{Everything}";
        var page = await PageAsync(call, reading, scans, request, new(binding, address, asked, opened.Places, Self(address, parameters, true)), cancellation).ConfigureAwait(false);
        return page.Try(out var made, out _) && made.Rows == 0 && opened.Places is null && types.Count == 0 && since.Filter is null ? Unknown("Patient") : page;
    }

    /// <summary>
    /// The persons who match, as numbers; nothing of this is given to anybody, so the audit is told by whoever narrows them. Problems as of a search, and <c>fhir.keys</c> where persons
    /// are shown under pseudonyms.
    /// </summary>
    /// <param name="among">The only persons who are looked for; null for all.</param>
    /// <param name="most">As many are enough.</param>
    internal async Task<Result<List<ulong>>> PersonsAsync(FhirCall call, IReadOnlyList<ulong>? among, IReadOnlyList<KeyValuePair<string, string>> conditions, int most, CancellationToken cancellation)
    {
        if (!Find("Patient").Try(out var patient, out var problem)
            || !SearchRequest.Read(patient, book, conditions, call.Lenient, inAddress: false).Try(out var request, out problem)
            || !(await ReadingAsync(call, request.Subject, cancellation, patient).ConfigureAwait(false)).Try(out var reading, out problem)
            || !(await ScansAsync(call, reading, request, patient.Sources.Where(reading.Reaches), cancellation).ConfigureAwait(false)).Try(out var scans, out problem)) return problem;
        var persons = new HashSet<ulong>();
        foreach (var scan in scans.Where(s => reading.Holds(s.Source)))
        {
            if (scan.Table.Find(SystemColumns.Subject)?.Action != ItemAction.Clear) return new Problem(ProblemKind.Forbidden, "fhir.keys", $"For the purpose {call.Purpose} persons are shown under pseudonyms, and nobody is found by name.");
            var where = among is null ? scan.Where : new Filter.In(SystemColumns.Subject, [.. among.Select(Value.Subject)]);
            if (among is not null && scan.Where is { } narrowing) where = new Filter.And([where!, narrowing]);
            
            // Rows of known persons in an order to the end may be at hand.
            var query = new Query(scan.Source.DataSet) { Outputs = [new(SystemColumns.Subject)], Where = where, Order = among is null ? [] : [new(SystemColumns.Subject), new(SystemColumns.Record)] };
            if (!(await reading.Lake.AheadAsync(reading.Scope, query, cancellation).ConfigureAwait(false)).Try(out var rows, out problem)) return problem;
            if (await AddAsync(rows).ConfigureAwait(false) is { } failed) return failed;
        }

        return persons.ToList();

        async Task<Problem?> AddAsync(RowStream rows)
        {
            try
            {
                await using (rows.ConfigureAwait(false))
                {
                    await foreach (var batch in rows.Batches.WithCancellation(cancellation).ConfigureAwait(false))
                    {
                        using (batch)
                            for (var row = 0; row < batch.Length && persons.Count < most; row++) persons.Add(ulong.Parse(ArrowCell.Text(batch.Column(0), row)!, CultureInfo.InvariantCulture));
                        if (persons.Count >= most) break;
                    }
                }

                return null;
            }
            catch (QueryFailedException e)
            {
                return e.Problem;
            }
        }
    }

    /// <summary>What a page is of, and where it begins.</summary>
    private sealed record PageOf(byte[] Binding, string Address, IReadOnlyList<KeyValuePair<string, string>> Asked, IReadOnlyList<string?>? Places, string Self);

    private async Task<Result<FhirPage>> PageAsync(FhirCall call, FhirReading reading, List<ResourceScan> scans, SearchRequest request, PageOf of, CancellationToken cancellation, bool history = false)
    {
        var page = await GatherAsync(call, reading, scans, request, of, history, cancellation).ConfigureAwait(false);
        await reading.TellAsync().ConfigureAwait(false);
        return page;
    }

    private async Task<Result<FhirPage>> GatherAsync(FhirCall call, FhirReading reading, List<ResourceScan> scans, SearchRequest request, PageOf of, bool history, CancellationToken cancellation)
    {
        try
        {
            if (of.Places is { } places)
                for (var i = 0; i < scans.Count && i < places.Count; i++) scans[i].Place = places[i];
            using var bundle = new BundleWriter(call.Base, history);
            var rows = 0;
            ResourceScan? more = null;
            var include = new IncludedResources(request.Includes);
            if (!request.OnlyCount)
            {
                while (true)
                {
                    if (!(await FirstAsync(scans, request, request.Count - rows + 1, cancellation).ConfigureAwait(false)).Try(out var first, out var problem)) return problem;
                    more = first.Scan;
                    if (more is null || rows == request.Count) break;
                    bundle.Add(more, "match");
                    if (request.Includes.Count > 0) include.Note(more, isMatch: true);
                    more.Take();
                    rows++;
                }

                if (await IncludeAsync(reading, include, bundle, cancellation).ConfigureAwait(false) is { } wrong) return wrong;
            }

            long? total = more is null && of.Places is null && !request.OnlyCount ? rows : null;
            if (request.OnlyCount || (request.Total && total is null))
            {
                if (!(await CountAsync(reading, scans, cancellation).ConfigureAwait(false)).Try(out var counted, out var problem)) return problem;
                total = counted;
            }

            if (include.Cut) bundle.Add(OperationOutcome.Of(new(ProblemKind.Incorrect, "fhir.include", $"Of what comes along the first {IncludedResources.Most} are here."), call.Texts, "too-costly", "warning", "Ask for smaller pages, or search for the rest by itself."));
            if (request.Ignored.Count > 0)
            {
                bundle.Add(OperationOutcome.Of(
                    new(ProblemKind.Incorrect, "fhir.parameter", $"Left out, because it is not understood here: {string.Join(", ", request.Ignored)}."), call.Texts, "not-supported", "warning", "The answer is as if these parameters had not been sent."));
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
    private static async Task<Result<Standing>> FirstAsync(List<ResourceScan> scans, SearchRequest request, int limit, CancellationToken cancellation)
    {
        ResourceScan? first = null;
        foreach (var scan in scans)
        {
            if (!(await scan.NextAsync(limit, cancellation).ConfigureAwait(false)).Try(out var there, out var problem)) return problem;
            if (!there) continue;
            if (request.Sort.Count == 0) return new Standing(scan);
            if (first is null || Before(scan, first, request.Sort)) first = scan;
        }

        return new Standing(first);
    }

    private static bool Before(ResourceScan one, ResourceScan other, IReadOnlyList<SearchSort> sort)
    {
        for (var i = 0; i < sort.Count; i++)
        {
            var order = sort[i].Compare(one.SortValue(i), other.SortValue(i));
            if (order != 0) return order < 0;
        }

        return false;
    }

    /// <summary>Round after round, as long as what came along brings more along.</summary>
    private static async Task<Problem?> IncludeAsync(FhirReading reading, IncludedResources include, BundleWriter bundle, CancellationToken cancellation)
    {
        for (var included = 0; include.Scans(reading) is { Count: > 0 } scans;)
        {
            try
            {
                foreach (var scan in scans)
                {
                    while (true)
                    {
                        if (!(await scan.NextAsync(SearchRequest.LongestPage, cancellation).ConfigureAwait(false)).Try(out var there, out var problem)) return problem;
                        if (!there || include.Cut) break;
                        if (include.Takes(scan, included))
                        {
                            bundle.Add(scan, "include");
                            include.Note(scan, isMatch: false);
                            included++;
                        }

                        scan.Take();
                    }
                }
            }
            finally
            {
                scans.ForEach(s => s.Dispose());
            }
        }

        return null;
    }

    private static async Task<Result<long>> CountAsync(FhirReading reading, List<ResourceScan> scans, CancellationToken cancellation)
    {
        var total = 0L;
        foreach (var scan in scans.Where(s => reading.Holds(s.Source)))
        {
            var output = scan.Source.OnePerSubject && !scan.Versions ? new Output(SystemColumns.Subject, Aggregate.CountDistinct) : new Output(null, Aggregate.Count);
            var rows = await OneColumnAsync(reading, new(scan.Source.DataSet) { Outputs = [output], Where = scan.Where, Versions = scan.Versions }, cancellation).ConfigureAwait(false);
            if (!rows.Try(out var values, out var problem)) return problem;
            total += values.Count == 0 ? 0 : long.Parse(values[0][0]!, CultureInfo.InvariantCulture);
        }

        return total;
    }

    private static async Task<Result<List<string?[]>>> OneColumnAsync(FhirReading reading, Query query, CancellationToken cancellation)
    {
        if (!(await reading.Lake.RunAsync(reading.Scope, query, cancellation).ConfigureAwait(false)).Try(out var rows, out var problem)) return problem;
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

    private async Task<Result<List<ResourceScan>>> ScansAsync(FhirCall call, FhirReading reading, SearchRequest request, IEnumerable<ResourceSource> sources, CancellationToken cancellation)
    {
        var conditions = new List<SearchCondition>();
        foreach (var condition in request.Conditions)
        {
            if (!(await ArrivedAsync(condition, cancellation).ConfigureAwait(false)).Try(out var known, out var problem)) return problem;
            conditions.Add(known);
        }

        var scans = new List<ResourceScan>();
        foreach (var source in sources)
        {
            if (!reading.Table(source).Try(out var table, out var problem)) return problem;
            var (filters, reader) = (new List<Filter>(), new SearchFilter(source, table, reading));
            foreach (var condition in conditions)
            {
                if (!reader.Of(condition).Try(out var filter, out problem)) return problem;
                filters.Add(filter);
            }

            scans.Add(new(source, table, reading, filters.Count switch { 0 => null, 1 => filters[0], _ => new Filter.And(filters) }, request.Sort) { Elements = request.Elements });
        }

        return scans.Count > 0 ? scans : await NothingAsync(call, reading, request.Type, request.Subject, cancellation).ConfigureAwait(false);
    }

    /// <summary>Asked for by name, the refusal says why, and is in the audit.</summary>
    private async Task<Problem> NothingAsync(FhirCall call, FhirReading reading, ResourceType type, ulong? subject, CancellationToken cancellation)
    {
        var named = await scopes.MakeAsync(call.User, call.Purpose, subject, [type.Sources[0].DataSet], cancellation).ConfigureAwait(false);
        return named.Problem ?? new Problem(ProblemKind.Forbidden, "scope.data-set", $"The purpose {reading.Scope.Purpose} reaches nothing of which {type.Name} is made.");
    }

    /// <summary>The condition with moments of arrival as numbers of batches, along the chain. Problem: <c>fhir.value</c>.</summary>
    private async Task<Result<SearchCondition>> ArrivedAsync(SearchCondition condition, CancellationToken cancellation)
    {
        if (condition.Then is { } then)
            return (await ArrivedAsync(then.Condition, cancellation).ConfigureAwait(false)).Try(out var inner, out var problem) ? condition with { Then = then with { Condition = inner } } : problem;
        if (condition.Parameter.Kind != SearchKind.Updated) return condition;
        var (spans, times) = (new List<(string, int, int)>(), arrivals);
        foreach (var value in condition.Values)
        {
            var (prefix, text) = SearchCondition.Prefix(value);
            if (!FhirTime.TryRead(text, out var span)) return new Problem(ProblemKind.Incorrect, "fhir.value", FhirTime.Form, new(Path: condition.Parameter.Name));
            if (prefix == "ap") span = span.About(Now);
            spans.Add((prefix, await ArrivalAsync(span.Low).ConfigureAwait(false), await ArrivalAsync(span.High).ConfigureAwait(false)));
        }

        return condition with { Arrivals = spans };

        Task<int> ArrivalAsync(DateTime clock) => times.FirstAsync(clock - ElementLeaf.Offset, cancellation);
    }

    private DateTime Now => (time.GetUtcNow() + ElementLeaf.Offset).UtcDateTime;

    /// <param name="only">The one type that is read; null when it may be any.</param>
    private async Task<Result<FhirReading>> ReadingAsync(FhirCall call, ulong? subject, CancellationToken cancellation, ResourceType? only = null)
    {
        var grant = SmartGrant.Of(call.User);
        if (grant is { OnlyPatient: true }) subject ??= grant.Patient;
        if (!(await scopes.MakeAsync(call.User, call.Purpose, subject, [], cancellation, only?.DataSets).ConfigureAwait(false)).Try(out var scope, out var problem)) return problem;
        return new FhirReading(grant?.Narrow(scope, book) ?? scope, scopes.Lake, book, arrivals, Now, grant);
    }

    private Result<ResourceType> Find(string type) => book.Find(type) is { } found
        ? found
        : new Problem(ProblemKind.NotFound, "fhir.type", $"No resources of this type are given; there are {string.Join(", ", book.Types.Select(t => t.Name))}.", new(Path: "resourceType"));

    /// <summary>A problem when there are no resources of a type here: <c>fhir.type</c>.</summary>
    internal Problem? Unserved(string type) => Find(type).Problem is { } problem ? problem with { Where = null } : null;

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
