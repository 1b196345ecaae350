using System.Buffers;
using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Standards.Compile;
using Yunnao.Trust.Audit;

namespace Yunnao.Services.Fhir;

/// <summary>Resources in bulk: the part of an export that writes a data set's rows as lines of NDJSON, a file a resource type.</summary>
public sealed class FhirExport(AuditedLake lake, ResourceBook book, ArrivalTimes arrivals, TimeProvider time)
{
    public const string Ending = ".ndjson";

    private const int Flushed = 1 << 18;

    /// <summary>The type of a file's resources, which its name begins with.</summary>
    public static string TypeOf(string file) => file[..file.IndexOf('.', StringComparison.Ordinal)];

    /// <summary>The data sets that resources of these types are made of.</summary>
    /// <param name="aboutPersons">True for those about persons only.</param>
    public IReadOnlyList<string> DataSetsOf(IReadOnlyList<string> types, bool aboutPersons) =>
        [.. types.Select(book.Find).OfType<ResourceType>().SelectMany(t => t.Sources).Where(s => s.AboutPerson || !aboutPersons).Select(s => s.DataSet).Distinct(StringComparer.Ordinal)];

    /// <summary>Every type there is.</summary>
    public IEnumerable<string> Types => book.Types.Select(t => t.Name);

    /// <summary>Null when a filter (<c>type?search</c>) is understood. Problems: <c>fhir.type</c>, and those of a search.</summary>
    public Problem? Refuse(string filter) => Read(filter).Problem;

    /// <summary>Writes the resources of a data set; returns their number and the files. Problems: those of a search.</summary>
    /// <param name="mark">Nothing that came with later batches.</param>
    /// <param name="where">What the export asks of each row; null for nothing.</param>
    public async Task<Result<(long Rows, IReadOnlyList<string> Files)>> WriteAsync(Scope scope, FhirExportOrder order, string dataSet, int mark, Filter? where, string folder, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(order);
        var reading = new FhirReading(scope, lake, book, arrivals, (time.GetUtcNow() + ElementLeaf.Offset).UtcDateTime);
        Filter? since = order.Since is { } moment
            ? new Filter.Compare(Query.ArrivalColumn, Comparison.GreaterOrEqual, Value.Of((long)await arrivals.FirstAsync(moment, cancellation).ConfigureAwait(false)))
            : null;
        var (rows, files) = (0L, new List<string>());
        foreach (var source in order.Types.Select(book.Find).OfType<ResourceType>().SelectMany(t => t.Sources).Where(s => s.DataSet == dataSet))
        {
            if (!reading.Table(source).Try(out var table, out var problem) || !Conditions(order, source, table, reading, where).Try(out var asked, out problem)) return problem;
            if (since is not null && table.Find(Query.ArrivalColumn) is null)
                return new Problem(ProblemKind.Forbidden, "scope.item", $"The Scope does not show the times of {dataSet} as they are, so nothing is chosen by when its records came.", new(Path: "_since"));
            var rowsOf = ((Filter?[])[asked.Filter, since]).OfType<Filter>().ToList();
            var file = Path.Combine(folder, $"{source.Type}.{dataSet}{Ending}");
            var query = new Query(dataSet)
            {
                Outputs = source.Outputs(table), Where = rowsOf.Count == 0 ? null : new Filter.And(rowsOf), UntilBatch = mark, NewestOf = source.OnePerSubject ? SystemColumns.Subject : null,
            };
            if (!(await WriteAsync(reading, source, table, query, file, cancellation).ConfigureAwait(false)).Try(out var written, out problem)) return problem;
            if (written == 0) File.Delete(file);
            else files.Add(file);
            rows += written;
        }

        return (rows, files);
    }

    /// <summary>Writes what there is of a source; returns the number of resources.</summary>
    internal static Task<Result<long>> WriteAsync(FhirReading reading, ResourceSource source, ScopedTable table, Filter? where, string file, CancellationToken cancellation) =>
        WriteAsync(reading, source, table, new Query(source.DataSet) { Outputs = source.Outputs(table), Where = where, NewestOf = source.OnePerSubject ? SystemColumns.Subject : null }, file, cancellation);

    private static async Task<Result<long>> WriteAsync(FhirReading reading, ResourceSource source, ScopedTable table, Query query, string file, CancellationToken cancellation)
    {
        if (!(await reading.Lake.RunAsync(reading.Scope, query, cancellation).ConfigureAwait(false)).Try(out var rows, out var problem)) return problem;
        var (written, buffer) = (0L, new ArrayBufferWriter<byte>(Flushed * 2));
        var output = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            await using (rows.ConfigureAwait(false))
            await using (output.ConfigureAwait(false))
            {
                using var json = new Utf8JsonWriter(buffer, FhirText.Writing);
                var resources = new ResourceWriter(source, table, reading, rows.Schema, null);
                await foreach (var batch in rows.Batches.WithCancellation(cancellation).ConfigureAwait(false))
                {
                    using (batch)
                    {
                        await resources.KnowArrivalsAsync([batch], cancellation).ConfigureAwait(false);
                        for (var row = 0; row < batch.Length; row++)
                        {
                            json.Reset();
                            resources.Write(json, batch, row);
                            json.Flush();
                            buffer.Write("\n"u8);
                            if (buffer.WrittenCount < Flushed) continue;
                            await output.WriteAsync(buffer.WrittenMemory, cancellation).ConfigureAwait(false);
                            buffer.ResetWrittenCount();
                        }

                        written += batch.Length;
                    }
                }

                await output.WriteAsync(buffer.WrittenMemory, cancellation).ConfigureAwait(false);
            }
        }
        catch (QueryFailedException e)
        {
            return e.Problem;
        }

        return written;
    }

    /// <summary>What the rows of a source have to be.</summary>
    private readonly record struct Asked(Filter? Filter);

    private Result<Asked> Conditions(FhirExportOrder order, ResourceSource source, ScopedTable table, FhirReading reading, Filter? where)
    {
        var ways = new List<Filter>();
        foreach (var text in order.Filters.Where(f => TypeOfFilter(f) == source.Type))
        {
            if (!Read(text).Try(out var request, out var problem)) return problem;
            var (parts, filter) = (new List<Filter>(), new SearchFilter(source, table, reading));
            foreach (var condition in request.Conditions)
            {
                if (!filter.Of(condition).Try(out var one, out problem)) return problem;
                parts.Add(one);
            }

            ways.Add(new Filter.And(parts));
        }

        Filter?[] all = [where, ways.Count == 0 ? null : new Filter.Or(ways)];
        return all.OfType<Filter>().ToList() switch { [] => default(Asked), [var only] => new Asked(only), var both => new Asked(new Filter.And(both)) };
    }

    private static string TypeOfFilter(string filter) => filter.Split('?')[0];

    private Result<SearchRequest> Read(string filter)
    {
        if (filter.Split('?', 2) is not [var name, var asked] || book.Find(name) is not { } type) return Wrong("_typeFilter is a type and a search of it, such as Observation?code=8302-2.");
        var parameters = asked.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=', 2)).Select(p => KeyValuePair.Create(Uri.UnescapeDataString(p[0]), p.Length > 1 ? Uri.UnescapeDataString(p[1]) : ""));
        if (!SearchRequest.Read(type, book, parameters, lenient: false, inAddress: true).Try(out var request, out var problem)) return problem;
        return request.Includes.Count > 0 || request.Sort.Count > 0 || request.Conditions.Any(c => c.Arrives) ? Wrong("_typeFilter asks of resources; what comes along, in which order, and since when is not asked there.") : request;

        static Problem Wrong(Sentence message) => new(ProblemKind.Incorrect, "fhir.value", message, new(Path: "_typeFilter"));
    }
}
