using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Yunnao.Kernel;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Services.Fhir.Profiles;
using Yunnao.Services.Imaging;
using Yunnao.Services.Web;
using Yunnao.Trust.Audit;

namespace Yunnao.Services.Fhir.Writing;

/// <summary>
/// Create, update, batch and transaction: reads and checks what was sent, gives numbers, follows references, has it loaded as a batch of the lake, and tells
/// the audit. Nothing is written around loading.
/// </summary>
internal sealed class FhirWriteService(FhirService reading, ResourceBook book, CallerScopes scopes, SubjectLookUp persons, FhirWriter writer, ProfileBook profiles, AuditLog audit)
{
    private const int MostEntries = 20_000;

    private readonly RecordLookUp _records = new(book, scopes, persons);

    /// <summary>One resource. Problems: those of <see cref="ResourceReader"/>, <c>scope.*</c>, <c>fhir.keys</c>, <c>fhir.organisation</c>, <c>batch.open</c>; what is wrong with the resource is in its entry.</summary>
    /// <param name="asked">Method, address and conditions, as in an entry of a Bundle.</param>
    /// <param name="named">Profiles against which it is held beside those that it names itself.</param>
    /// <param name="onlyTried">True when it is only to be seen what would become of it.</param>
    public async Task<Result<WriteOutcome>> WriteAsync(WriteCall call, Action<SentEntry> asked, byte[] body, bool onlyTried, CancellationToken cancellation, IReadOnlyList<string>? named = null)
    {
        if (!ResourceReader.Read(body).Try(out var read, out var problem)) return problem;
        asked(read.Alone);
        profiles.Check(read.Alone, body, named ?? []);
        return await WriteAsync(call, null, [read.Alone], body, onlyTried, cancellation).ConfigureAwait(false);
    }

    /// <summary>A Bundle of type batch or transaction. Problems: as of one resource, and <c>fhir.bundle</c>.</summary>
    public async Task<Result<WriteOutcome>> WriteBundleAsync(WriteCall call, byte[] body, CancellationToken cancellation)
    {
        if (!ResourceReader.Read(body).Try(out var read, out var problem)) return problem;
        if (read.Alone.Type != "Bundle") return new Problem(ProblemKind.Incorrect, "fhir.bundle", "What is sent to this address is a Bundle; a single resource is sent to its type.", new(Path: "resourceType"));
        if (read.BundleType is not ("batch" or "transaction")) return new Problem(ProblemKind.Incorrect, "fhir.bundle", "The Bundle is of type batch or transaction.", new(Path: "Bundle.type"));
        if (read.Entries.Count > MostEntries) return new Problem(ProblemKind.Incorrect, "fhir.bundle", $"A Bundle has up to {MostEntries} entries.", new(Path: "Bundle.entry"));
        if (read.Alone.Issues.Count > 0) return new WriteOutcome(read.BundleType, [read.Alone], Nothing, 0);
        foreach (var entry in read.Entries.Where(Writes)) profiles.Check(entry, body, []);
        return await WriteAsync(call, read.BundleType, read.Entries, body, onlyTried: false, cancellation).ConfigureAwait(false);
    }

    private static Dictionary<int, Result<FhirPage>> Nothing { get; } = [];

    private async Task<Result<WriteOutcome>> WriteAsync(WriteCall call, string? bundle, List<SentEntry> entries, byte[] body, bool onlyTried, CancellationToken cancellation)
    {
        var together = bundle != "batch";
        CheckFullUrls(entries);
        var writes = entries.Where(Writes).ToList();
        var batch = 0;
        var answers = bundle == "transaction" ? await FirstAnswersAsync(call, entries, writes, cancellation).ConfigureAwait(false) : [];
        if (writes.Count > 0)
        {
            var right = await RightAsync(call, writes, cancellation).ConfigureAwait(false);
            if (!right.Try(out var scope, out var problem)) return problem;
            problem = await PlanAsync(call, scope, writes, cancellation).ConfigureAwait(false);
            problem ??= await new ReferenceResolver(book, _records, call.Read.Base).ResolveAsync(scope, call.Organisation, [.. writes.Where(e => e.Number is not null)], together && bundle is not null, cancellation).ConfigureAwait(false);
            if (problem is not null) return problem;
            if (!(together && entries.Exists(e => e.Issues.Count > 0)))
            {
                var set = new WriteSet(call.Organisation, body, [.. writes.Where(e => e.Issues.Count == 0 && e.Result is null)], together) { OnlyTried = onlyTried };
                problem = set.Entries.Count == 0 ? null : await writer.WriteAsync(set, cancellation).ConfigureAwait(false);
                batch = set.Batch;
                await TellAsync(call, set, problem).ConfigureAwait(false);
                if (problem is not null && problem.Code != "fhir.refused") return problem;
            }
        }

        if (together && entries.Exists(e => e.Issues.Count > 0)) return new WriteOutcome(bundle, entries, Nothing, 0);
        foreach (var entry in entries.Where(e => !Writes(e) && e.Issues.Count == 0 && (writes.Count > 0 || !answers.ContainsKey(e.Index)))) answers[entry.Index] = await AnswerAsync(call.Read, entry, cancellation).ConfigureAwait(false);
        return new WriteOutcome(bundle, entries, answers, batch);
    }

    /// <summary>
    /// What the reads of a transaction are answered before anything is written: one that fails makes all of it fail (R4 http, 3.1.0.11.2). A record that the
    /// transaction itself writes may be there only afterwards.
    /// </summary>
    private async Task<Dictionary<int, Result<FhirPage>>> FirstAnswersAsync(WriteCall call, List<SentEntry> entries, List<SentEntry> writes, CancellationToken cancellation)
    {
        var answers = new Dictionary<int, Result<FhirPage>>();
        if (entries.Exists(e => e.Issues.Count > 0)) return answers;
        var written = writes.Select(e => e.Url.TrimStart('/')).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in entries.Where(e => !Writes(e) && !written.Contains(e.Url.TrimStart('/'))))
        {
            var answer = answers[entry.Index] = await AnswerAsync(call.Read, entry, cancellation).ConfigureAwait(false);
            if (answer.Problem is { } failed) Wrong(entry, failed, "request");
        }

        return answers;
    }

    private static bool Writes(SentEntry entry) => entry.Method is "POST" or "PUT";

    private static void CheckFullUrls(List<SentEntry> entries)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (entry.FullUrl is { } url && !seen.Add(url)) Wrong(entry, new(ProblemKind.Incorrect, "fhir.full-url", "Two entries have the same fullUrl."), "fullUrl");
            if (entry.Method.Length == 0) Wrong(entry, new(ProblemKind.Incorrect, "fhir.bundle", "Each entry says what is asked for: request.method and request.url."), "request");
            else if (entry.Method is "DELETE" or "PATCH") Wrong(entry, new(ProblemKind.Unsupported, "fhir.read-only", ReadOnly), "request.method");
            else if (Writes(entry) && entry.Type.Length == 0 && entry.Issues.Count == 0) Wrong(entry, new(ProblemKind.Incorrect, "fhir.no-resource", "An entry that writes has a resource."), "resource");
        }
    }

    /// <summary>Why single resources are not deleted.</summary>
    public const string ReadOnly = "Single resources are not deleted or patched: write a newer version with PUT, or take back the batch that brought them.";

    private static void Wrong(SentEntry entry, Problem problem, string? part = null) => entry.Issues.Add(new(problem, part is null || entry.Index < 0 ? null : $"Bundle.entry[{entry.Index}].{part}"));

    /// <summary>The Scope under which what is written is seen: it must show the records of the institution by their keys, or nobody could name them.</summary>
    private async Task<Result<Scope>> RightAsync(WriteCall call, List<SentEntry> writes, CancellationToken cancellation)
    {
        // Of what is written and what it refers to; deciding about all data sets would cost more than reading the Bundle.
        var among = writes.Select(e => e.Type).Concat(writes.SelectMany(e => e.References).Where(r => !r.Text.StartsWith("urn:", StringComparison.Ordinal)).SelectMany(r => r.Text.Split('/', '?')))
            .Distinct(StringComparer.Ordinal).Select(book.Find).OfType<ResourceType>().SelectMany(t => t.DataSets).Distinct(StringComparer.Ordinal).ToList();
        if (!(await scopes.MakeAsync(call.User, call.Read.Purpose, null, [], cancellation, among.Count > 0 ? among : null).ConfigureAwait(false)).Try(out var scope, out var problem)) return problem;
        foreach (var type in writes.Select(e => e.Type).Distinct(StringComparer.Ordinal).Select(book.Find).OfType<ResourceType>())
        {
            foreach (var source in type.Sources)
            {
                if (scope.Of(source.DataSet) is not { } right)
                    return new Problem(ProblemKind.Forbidden, "scope.data-set", $"The purpose {scope.Purpose} does not reach {source.DataSet}, of which {type.Name} is made.");
                if (right.Rows.Organisations is { } own && !own.Contains(call.Organisation))
                    return new Problem(ProblemKind.Forbidden, "fhir.organisation", "The caller may not write for this institution.", new(Path: FhirWriteEndpoints.OrganisationHeader));
                if (!ScopedTable.Of(source.Shape, scope).Try(out var table, out problem)) return problem;
                if (table.Find(source.IdColumn) is not { Action: ItemAction.Clear })
                    return new Problem(ProblemKind.Forbidden, "fhir.keys", $"For the purpose {scope.Purpose} records are not shown by their keys, so that they cannot be named; write for another purpose, for example care.", new(Path: FhirCall.PurposeHeader));
            }
        }

        return scope;
    }

    /// <summary>Gives each entry the number of its record, and finds those that are there already.</summary>
    private async Task<Problem?> PlanAsync(WriteCall call, Scope scope, List<SentEntry> writes, CancellationToken cancellation)
    {
        var named = new List<(SentEntry Entry, string Id)>();
        foreach (var entry in writes.Where(e => e.Issues.Count == 0))
        {
            if (book.Find(entry.Type) is null)
                Wrong(entry, new(ProblemKind.NotFound, "fhir.type", $"Resources of this type are not written here; those are {string.Join(", ", book.Types.Select(t => t.Name))}. Others are loaded as batches."));
            else if (entry.Method == "POST")
            {
                if (await CreateAsync(call, scope, entry, cancellation).ConfigureAwait(false) is { } problem) return problem;
            }
            else if (Update(entry) is { } id) named.Add((entry, id));
        }

        foreach (var type in named.GroupBy(n => n.Entry.Type, StringComparer.Ordinal))
        {
            if (!(await _records.FindAsync(scope, call.Organisation, type.Key, type.Select(n => n.Id).ToHashSet(StringComparer.Ordinal), cancellation).ConfigureAwait(false)).Try(out var found, out var problem)) return problem;
            foreach (var (entry, id) in type)
            {
                entry.MayExist = true;
                if (found.TryGetValue(id, out var record)) (entry.Number, entry.NamedId) = (record.Number, record.Id);
                else if (RecordLookUp.IsOfPlatform(id)) Wrong(entry, new(ProblemKind.NotFound, "fhir.unknown", "There is no record of this id at the institution."));
                else entry.Number = id;
            }
        }

        var twice = new HashSet<(string, string)>();
        foreach (var entry in writes.Where(e => e is { MayExist: true, Number: not null } && !twice.Add((e.Type, e.Number))))
            Wrong(entry, new(ProblemKind.Incorrect, "fhir.twice", "Two entries write the same record."));
        return null;
    }

    private async Task<Problem?> CreateAsync(WriteCall call, Scope scope, SentEntry entry, CancellationToken cancellation)
    {
        if (entry.Url.TrimStart('/') != entry.Type)
        {
            Wrong(entry, new(ProblemKind.Incorrect, "fhir.url", "A resource is created at the address of its type."), "request.url");
            return null;
        }

        entry.Number = Guid.CreateVersion7().ToString("N");
        if (entry.IfNoneExist is not { Length: > 0 } criteria) return null;
        if (WriteConditions.Number(criteria) is { } number)
        {
            (entry.Number, entry.MayExist, entry.OnlyIfNew) = (number, true, true);
            return null;
        }

        var asked = QueryHelpers.ParseQuery(criteria[(criteria.IndexOf('?', StringComparison.Ordinal) + 1)..]).SelectMany(q => q.Value.Select(v => KeyValuePair.Create(q.Key, v ?? ""))).ToList();
        if (asked.Count == 0)
        {
            Wrong(entry, new(ProblemKind.Incorrect, "fhir.condition", "The condition is a search, for example identifier=123."), "request.ifNoneExist");
            return null;
        }

        var searched = await reading.SearchAsync(call.Read, entry.Type, [.. asked, new("_count", "2"), new("_elements", "id")], inAddress: false, cancellation).ConfigureAwait(false);
        if (!searched.Try(out var page, out var problem))
        {
            if (problem.Kind is not ProblemKind.Incorrect) return problem;
            Wrong(entry, problem, "request.ifNoneExist");
            return null;
        }

        using var bundle = JsonDocument.Parse(page.Body);
        var found = bundle.RootElement.TryGetProperty("entry", out var matches) ? matches.EnumerateArray().Select(m => m.GetProperty("resource")).Where(r => r.TryGetProperty("id", out _)).ToList() : [];
        if (found.Count > 1) Wrong(entry, new(ProblemKind.Conflict, "fhir.condition", "The condition fits more than one record."), "request.ifNoneExist");
        if (found.Count != 1) return null;
        var (id, version) = (found[0].GetProperty("id").GetString()!, long.Parse(found[0].GetProperty("meta").GetProperty("versionId").GetString()!, CultureInfo.InvariantCulture));
        if (!(await _records.FindAsync(scope, call.Organisation, entry.Type, [id], cancellation).ConfigureAwait(false)).Try(out var records, out problem)) return problem;
        (entry.Number, entry.Result) = (records.GetValueOrDefault(id)?.Number, new(entry.Type, id, version, 200));
        return null;
    }

    /// <summary>The id or number that an update names; null when something is wrong with it.</summary>
    private static string? Update(SentEntry entry)
    {
        var url = entry.Url.TrimStart('/');
        var cut = url.AsSpan().IndexOfAny('/', '?');
        if (cut < 0 || url[..cut] != entry.Type)
        {
            Wrong(entry, new(ProblemKind.Incorrect, "fhir.url", "A resource is updated at the address of its type and id."), "request.url");
            return null;
        }

        if (url[cut] == '?')
        {
            if (WriteConditions.Number(url) is { } number) return number;
            Wrong(entry, new(ProblemKind.Incorrect, "fhir.condition", "An update is conditional on the number of the record only: ?identifier=123."), "request.url");
            return null;
        }

        var id = url[(cut + 1)..];
        if (entry.Id == id) return id;
        entry.Issues.Add(new(new(ProblemKind.Incorrect, "fhir.id", "The id of the resource is that of the address."), $"{entry.Type}.id"));
        return null;
    }

    /// <summary>What an entry that reads is answered.</summary>
    private async Task<Result<FhirPage>> AnswerAsync(FhirCall call, SentEntry entry, CancellationToken cancellation)
    {
        if (entry.Method != "GET") return new Problem(ProblemKind.Incorrect, "fhir.bundle", "An entry asks for GET, POST or PUT.", new(Path: $"Bundle.entry[{entry.Index}].request.method"));
        var url = entry.Url.TrimStart('/');
        var query = url.IndexOf('?', StringComparison.Ordinal);
        var parts = (query < 0 ? url : url[..query]).Split('/');
        var asked = QueryHelpers.ParseQuery(query < 0 ? "" : url[query..]).SelectMany(q => q.Value.Select(v => KeyValuePair.Create(q.Key, v ?? ""))).ToList();
        return parts switch
        {
            [var type] => await reading.SearchAsync(call, type, asked, inAddress: false, cancellation).ConfigureAwait(false),
            [var type, var id] => await reading.ReadAsync(call, type, id, cancellation).ConfigureAwait(false),
            _ => new Problem(ProblemKind.Unsupported, "fhir.not-done", "In a Bundle, a resource of an id and a search of a type are read.", new(Path: $"Bundle.entry[{entry.Index}].request.url")),
        };
    }

    private Task TellAsync(WriteCall call, WriteSet set, Problem? problem)
    {
        if (set.OnlyTried) return Task.CompletedTask;
        var details = new Dictionary<string, string> { ["interface"] = "fhir", ["organisation"] = call.Organisation };
        return audit.AppendAsync(
            new(AuditKind.Ingest, CallerId.Of(call.User))
            {
                Purpose = call.Read.Purpose, What = set.Batch > 0 ? $"batch {set.Batch.ToString(CultureInfo.InvariantCulture)}" : null, Rows = problem is null ? set.Entries.Count : 0, Outcome = problem?.Code ?? AuditEvent.Ok, Details = details,
            },
            CancellationToken.None);
    }
}
