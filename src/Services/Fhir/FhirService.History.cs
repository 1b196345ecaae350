using System.Globalization;
using Yunnao.Kernel;
using Yunnao.Lake.Queries;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Fhir;

/// <summary>Versions: superseded ones are kept in the lake's history, and are under the same Scope as current ones.</summary>
public sealed partial class FhirService
{
    private static readonly SearchSort[] s_newestFirst = [new(SearchParameter.OfUpdated, Descending: true)];

    /// <summary>One version of a resource. Problems as of a read.</summary>
    public async Task<Result<FhirPage>> VersionAsync(FhirCall call, string type, string id, string version, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (!Find(type).Try(out var found, out var problem) || !(await ReadingAsync(call, SubjectOf(type, id), cancellation).ConfigureAwait(false)).Try(out var reading, out problem)) return problem;
        if (!int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return Unknown(type);
        var ofVersion = new Filter.Compare(SystemColumns.Version, Comparison.Equal, Value.Of((long)number));
        if (!VersionScans(reading, found, id, ofVersion, []).Try(out var scans, out problem)) return problem;
        return scans.Count > 0 ? await OneAsync(reading, scans, type, cancellation).ConfigureAwait(false) : await NothingAsync(call, reading, found, SubjectOf(type, id), cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// The versions of a resource, of the resources of a type, or of all, the newest first. Problems as of a search.
    /// </summary>
    /// <param name="type">Null for all types.</param>
    /// <param name="id">Null for all resources.</param>
    public async Task<Result<FhirPage>> HistoryAsync(FhirCall call, string? type, string? id, IReadOnlyList<KeyValuePair<string, string>> parameters, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(parameters);
        var types = book.Types.ToList();
        if (type is not null)
        {
            if (!Find(type).Try(out var found, out var unknown)) return unknown;
            types = [found];
        }

        var address = string.Join('/', new[] { call.Base, type, id, "_history" }.OfType<string>());
        var binding = Binding(call, address);
        if (!Open(binding, parameters).Try(out var opened, out var problem)) return problem;
        var asked = opened.Places is null ? parameters : opened.Asked;
        if (asked.FirstOrDefault(p => p.Key is not ("_count" or "_since" or "_format" or "_pretty")) is { Key: { } other } && !call.Lenient)
            return new Problem(ProblemKind.Incorrect, "fhir.parameter", "_history takes _count and _since.", new(Path: other));
        if (!SearchRequest.Read(types[0], book, asked.Where(p => p.Key == "_count"), lenient: false, inAddress: false).Try(out var request, out problem)
            || !(await ReadingAsync(call, type is null || id is null ? null : SubjectOf(type, id), cancellation).ConfigureAwait(false)).Try(out var reading, out problem)) return problem;
        if (!(await SinceAsync(asked, cancellation).ConfigureAwait(false)).Try(out var since, out problem)) return problem;
        var scans = new List<ResourceScan>();
        foreach (var one in types)
        {
            if (!VersionScans(reading, one, id, since.Filter, s_newestFirst).Try(out var more, out problem)) return problem;
            scans.AddRange(more);
        }

        if (scans.Count == 0) return await NothingAsync(call, reading, types[0], null, cancellation).ConfigureAwait(false);
        var page = await PageAsync(call, reading, scans, request with { Sort = s_newestFirst, Total = true }, new(binding, address, asked, opened.Places, Self(address, parameters, true)), cancellation, history: true).ConfigureAwait(false);
        return id is not null && page.Try(out var made, out _) && made.Rows == 0 && opened.Places is null && since.Filter is null ? Unknown(type!) : page;
    }

    private static ulong? SubjectOf(string type, string id) => type == "Patient" && ulong.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var subject) ? subject : null;

    /// <summary>What came at or after a moment.</summary>
    private readonly record struct Since(Filter? Filter);

    private async Task<Result<Since>> SinceAsync(IReadOnlyList<KeyValuePair<string, string>> asked, CancellationToken cancellation)
    {
        if (asked.FirstOrDefault(p => p.Key == "_since").Value is not { Length: > 0 } text) return default(Since);
        if (!FhirTime.TryRead(text, out var span)) return new Problem(ProblemKind.Incorrect, "fhir.value", FhirTime.Form, new(Path: "_since"));
        return new Since(new Filter.Compare(Query.ArrivalColumn, Comparison.GreaterOrEqual, Value.Of((long)await arrivals.FirstAsync(span.Low - ElementLeaf.Offset, cancellation).ConfigureAwait(false))));
    }

    private Result<List<ResourceScan>> VersionScans(FhirReading reading, ResourceType type, string? id, Filter? asked, SearchSort[] sort)
    {
        var scans = new List<ResourceScan>();
        foreach (var source in id is null ? type.Sources.Where(reading.Reaches) : places.Of(type, id, reading))
        {
            if (!reading.Table(source).Try(out var table, out var problem)) return problem;
            if (sort.Length > 0 && table.Find(Query.ArrivalColumn) is null)
                return new Problem(ProblemKind.Forbidden, "scope.item", $"The Scope does not show the times of {source.DataSet} as they are, and so not in which order versions came.");
            List<Filter> parts = id is null ? [] : [new SearchFilter(source, table, reading).Key(source.IdColumn, id)];
            if (asked is not null) parts.Add(asked);
            scans.Add(new(source, table, reading, parts.Count == 0 ? null : new Filter.And(parts), sort) { Versions = true });
        }

        return scans;
    }
}
