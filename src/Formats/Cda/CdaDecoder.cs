using Yunnao.Formats.Encodings;
using Yunnao.Kernel;

namespace Yunnao.Formats.Cda;

/// <summary>
/// Reads CDA R2 documents, one or many in a file, one after the other: a record is a document, which gives at least one row or exactly one
/// rejection. Paths are XPath 1.0 over local names (namespaces are left out) or data element codes, as standards/README.md says. A document
/// is in memory as a whole, within <see cref="CdaLimits"/>; a file is not. DTDs and with them entities are refused unread. Holds no state:
/// one decoder serves many files at once.
/// </summary>
/// <remarks>
/// Rejection codes: <c>cda.xml</c> not well-formed, or cut off; <c>cda.dtd</c> a document type declaration; <c>cda.encoding</c> bytes that are
/// not of the encoding; <c>cda.no-document</c> XML that is no ClinicalDocument; <c>cda.too-large</c>, <c>cda.too-deep</c> over a limit;
/// <c>mapping.none</c> no plan is for this document type; <c>mapping.no-row</c> plans are, but nothing made a row.
/// </remarks>
public sealed class CdaDecoder
{
    private readonly IReadOnlyList<RowPlan> _plans;
    private readonly CdaPlan[] _compiled;

    private CdaDecoder(IReadOnlyList<RowPlan> plans, CdaPlan[] compiled) => (_plans, _compiled) = (plans, compiled);

    /// <summary>Compiles the plans. Problems: <c>mapping.path</c>, <c>mapping.where</c>, <c>mapping.row</c>, with table and column as the place.</summary>
    public static Result<CdaDecoder> Create(IReadOnlyList<RowPlan> plans)
    {
        var compiled = new List<CdaPlan>();
        foreach (var plan in plans)
        {
            if (!CdaPlan.Compile(plan).Try(out var one, out var problem)) return problem;
            compiled.Add(one);
        }

        return new CdaDecoder(plans, [.. compiled]);
    }

    /// <summary>Decodes a whole input and gives the number of records read.</summary>
    /// <param name="report">Counts document types, templates and data elements, when given.</param>
    /// <param name="encoding">What the source's mapping says; null: the XML declaration and the bytes tell.</param>
    /// <exception cref="IOException">The input cannot be read.</exception>
    public async Task<long> DecodeAsync(
        Stream input, IRowSink sink, PathReport? report = null, TextEncoding? encoding = null, CancellationToken cancel = default)
    {
        using var window = new InputWindow(input);
        var run = new CdaRun(_compiled, new RowWriter(sink, _plans), sink, report);
        await XmlDeclaration.OpenAsync(window, encoding, cancel).ConfigureAwait(false);
        while (!run.Step(window)) await window.FillAsync(cancel).ConfigureAwait(false);
        return run.Finish();
    }
}
