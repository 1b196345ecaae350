using System.Collections.Concurrent;
using Yunnao.Kernel;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Ingest;

/// <summary>The decoders of the mappings, each compiled once.</summary>
/// <param name="shapes">Of every data set, by its id.</param>
internal sealed class Decodings(IReadOnlyDictionary<string, TableShape> shapes)
{
    private readonly ConcurrentDictionary<string, Result<Decoding>> _compiled = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, TableShape> Shapes => shapes;

    /// <summary>Of a mapping of FHIR, HL7 v2 or CDA. Problems: those of its paths.</summary>
    public Result<Decoding> Of(SourceMapping mapping) => _compiled.GetOrAdd(mapping.Id, _ => Decoding.Compile(mapping, shapes));
}
