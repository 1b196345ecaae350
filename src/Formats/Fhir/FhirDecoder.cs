using Yunnao.Formats.Encodings;
using Yunnao.Kernel;

namespace Yunnao.Formats.Fhir;

/// <summary>
/// Reads FHIR JSON (NDJSON, one resource, Bundles of any type, arrays of resources) and FHIR XML (a resource or a Bundle); which it is, the first bytes tell. One record is one
/// resource (of a Bundle, each entry), which gives at least one row or exactly one rejection. Contained resources are not records.
/// Paths and conditions are those of standards/README.md. A Bundle is read entry by entry, NDJSON line by line. Holds no state: one
/// decoder serves many files at once.
/// </summary>
/// <remarks>
/// Rejection codes: <c>fhir.json</c> not JSON, or cut off; <c>fhir.encoding</c> not UTF-8, or half a surrogate pair; <c>fhir.no-resource</c> a
/// Bundle entry without resource; <c>fhir.xml</c>, <c>fhir.dtd</c> not XML, or with a document type declaration; <c>fhir.no-resource-type</c> no object with a resourceType; <c>fhir.too-large</c> over 128 MiB;
/// <c>mapping.none</c> no plan is for this resource type; <c>mapping.no-row</c> plans are, but their conditions did not hold or no child made a row.
/// </remarks>
public sealed class FhirDecoder
{
    private readonly IReadOnlyList<RowPlan> _plans;
    private readonly FhirModel _model;

    private FhirDecoder(IReadOnlyList<RowPlan> plans, FhirModel model)
    {
        _plans = plans;
        _model = model;
    }

    /// <summary>Compiles the plans. Problems: <c>mapping.path</c>, <c>mapping.where</c>, <c>mapping.row</c>, with table and column as the place.</summary>
    public static Result<FhirDecoder> Create(IReadOnlyList<RowPlan> plans)
    {
        var names = new JsonNames();
        var compiled = new Dictionary<string, List<FhirPlan>>(StringComparer.Ordinal);
        for (var number = 0; number < plans.Count; number++)
            foreach (var type in plans[number].Match)
            {
                if (!FhirPlan.Compile(plans[number], number, type, names).Try(out var plan, out var problem)) return problem;
                if (!compiled.TryGetValue(type, out var same)) compiled.Add(type, same = []);
                same.Add(plan);
            }

        return new FhirDecoder(plans, new FhirModel(names, compiled));
    }

    /// <summary>Decodes a whole input and gives the number of records read.</summary>
    /// <param name="report">Counts what the resources carried, when given.</param>
    /// <param name="encoding">What the source's mapping says, where the input is not UTF-8 as it should be; null: UTF-8 or UTF-16.</param>
    /// <exception cref="IOException">The input cannot be read.</exception>
    public async Task<long> DecodeAsync(
        Stream input, IRowSink sink, PathReport? report = null, TextEncoding? encoding = null, CancellationToken cancel = default)
    {
        using var window = new InputWindow(input);
        var records = new FhirRecords(_model, new RowWriter(sink, _plans), sink, report, window);
        await XmlDeclaration.OpenAsync(window, encoding, cancel).ConfigureAwait(false);
        if (FhirXml.IsXml(window.Unread))
        {
            new FhirXml(records).Read(window);
        }
        else if (JsonFrames.AreLines(window.Unread, window.Complete))
        {
            var lines = new FhirLines(records);
            while (!lines.Step(window)) await window.FillAsync(cancel).ConfigureAwait(false);
        }
        else
        {
            var documents = new FhirDocuments(records);
            while (!documents.Step(window)) await window.FillAsync(cancel).ConfigureAwait(false);
        }

        records.Finish();
        return records.Count;
    }
}
