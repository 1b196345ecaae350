using System.Text;
using Yunnao.Formats;
using Yunnao.Formats.Cda;
using Yunnao.Formats.Encodings;
using Yunnao.Formats.Fhir;
using Yunnao.Formats.Hl7v2;

namespace Yunnao.Tests.Formats;

/// <summary>Short ways to make plans and to decode with them.</summary>
public static class Plans
{
    /// <summary>A plan whose columns are named by their paths; a path that begins with <c>@</c> is of a date or time.</summary>
    public static RowPlan Of(string match, string? row, string? where, params string[] paths) =>
        new("lab.result", match.Split(' '), row, where, [.. paths.Select(p => new ColumnPlan(p, p.TrimStart('@'), p.StartsWith('@')))]);

    public static async Task<(RowCollector Sink, long Records)> Hl7(
        byte[] input, IReadOnlyList<RowPlan> plans, TextEncoding? encoding = null, PathReport? report = null)
    {
        var sink = new RowCollector();
        var records = await Hl7v2Decoder.Create(plans).Value.DecodeAsync(new MemoryStream(input), sink, report, encoding);
        sink.AssertEveryRecordIsAccountedFor(records);
        return (sink, records);
    }

    public static async Task<RowCollector> Hl7(string input, params RowPlan[] plans) => (await Hl7(Encoding.UTF8.GetBytes(input), plans)).Sink;

    public static async Task<(RowCollector Sink, long Records)> Fhir(Stream input, IReadOnlyList<RowPlan> plans, PathReport? report = null)
    {
        var sink = new RowCollector();
        var records = await FhirDecoder.Create(plans).Value.DecodeAsync(input, sink, report);
        sink.AssertEveryRecordIsAccountedFor(records);
        return (sink, records);
    }

    public static async Task<RowCollector> Fhir(string input, params RowPlan[] plans) =>
        (await Fhir(new MemoryStream(Encoding.UTF8.GetBytes(input)), plans)).Sink;

    public static async Task<(RowCollector Sink, long Records)> Cda(byte[] input, IReadOnlyList<RowPlan> plans)
    {
        var sink = new RowCollector();
        var records = await CdaDecoder.Create(plans).Value.DecodeAsync(new MemoryStream(input), sink);
        sink.AssertEveryRecordIsAccountedFor(records);
        return (sink, records);
    }

    public static async Task<RowCollector> Cda(string input, params RowPlan[] plans) => (await Cda(Encoding.UTF8.GetBytes(input), plans)).Sink;
}
