using Yunnao.Formats.Encodings;
using Yunnao.Kernel;

namespace Yunnao.Formats.Hl7v2;

/// <summary>
/// Reads files of HL7 v2 messages (2.1 to 2.8, pipes and hats): one record is one message, which gives at least one row or exactly one
/// rejection. Paths and conditions are those of standards/README.md. Holds no state: one decoder serves many files at once.
/// </summary>
/// <remarks>
/// Rejection codes: <c>hl7v2.no-msh</c> bytes outside of any message; <c>hl7v2.delimiters</c> MSH-1 or MSH-2 unusable;
/// <c>hl7v2.no-type</c> MSH-9 empty; <c>hl7v2.segment</c> a line that is no segment; <c>hl7v2.charset</c> MSH-18 names a character set that is
/// not supported; <c>hl7v2.encoding</c> bytes that are not of the character set; <c>hl7v2.truncated</c> a message or batch without its end;
/// <c>hl7v2.batch-count</c> fewer or more messages than BTS-1 says; <c>hl7v2.too-large</c> over 128 MiB; <c>mapping.none</c> no plan is for
/// this message type; <c>mapping.no-row</c> plans are, but no segment made a row.
/// </remarks>
public sealed class Hl7v2Decoder
{
    private readonly IReadOnlyList<RowPlan> _plans;
    private readonly Hl7v2Plan[] _compiled;
    private readonly SegmentSlots _slots;

    private Hl7v2Decoder(IReadOnlyList<RowPlan> plans, Hl7v2Plan[] compiled, SegmentSlots slots)
    {
        _plans = plans;
        _compiled = compiled;
        _slots = slots;
    }

    /// <summary>Compiles the plans. Problems: <c>mapping.path</c>, <c>mapping.where</c>, <c>mapping.row</c>, with table and column as the place.</summary>
    public static Result<Hl7v2Decoder> Create(IReadOnlyList<RowPlan> plans)
    {
        var slots = new SegmentSlots();
        var compiled = new List<Hl7v2Plan>();
        foreach (var plan in plans)
        {
            if (!Hl7v2Plan.Compile(plan, slots).Try(out var one, out var problem)) return problem;
            compiled.Add(one);
        }

        return new Hl7v2Decoder(plans, [.. compiled], slots);
    }

    /// <summary>Decodes a whole input and gives the number of records read.</summary>
    /// <param name="report">Counts what the messages carried, when given.</param>
    /// <param name="encoding">What the source's mapping says; null: MSH-18 and the bytes tell.</param>
    /// <exception cref="IOException">The input cannot be read.</exception>
    public async Task<long> DecodeAsync(
        Stream input, IRowSink sink, PathReport? report = null, TextEncoding? encoding = null, CancellationToken cancel = default)
    {
        using var window = new InputWindow(input);
        var run = new Hl7v2Run(_compiled, _slots, new RowWriter(sink, _plans), sink, report, encoding);
        await window.OpenAsync(encoding is { IsUtf16: true } ? encoding : null, cancel).ConfigureAwait(false);
        run.Look(window.Unread);
        while (!run.Step(window)) await window.FillAsync(cancel).ConfigureAwait(false);
        run.Finish(window);
        return run.Records;
    }
}
