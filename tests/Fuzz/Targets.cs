using Yunnao.Formats;
using Yunnao.Formats.Cda;
using Yunnao.Formats.Csv;
using Yunnao.Formats.Encodings;
using Yunnao.Formats.Fhir;
using Yunnao.Formats.Hl7v2;
using Yunnao.Formats.Tables;
using Yunnao.Formats.Xlsx;
using Yunnao.Services.Listen;

namespace Yunnao.Tests.Fuzz;

/// <summary>
/// One function for each decoder: any bytes, and no exception but those that the decoder promises. It must account for every record, and
/// allocate no more than the bound that is stated here. A new decoder adds its line to <see cref="All"/>.
/// </summary>
internal static class Targets
{
    /// <summary>What a decoder may allocate for an input: its buffers, and so many bytes for each byte of the input.</summary>
    public const long Buffers = 32 << 20;

    /// <summary>Bytes of memory for each byte of the input: a document of XML becomes a tree of nodes.</summary>
    public const long Factor = 400;

    private static readonly RowPlan[] Hl7Plans =
    [
        Plan("*", null, null, "MSH-10", "PID-3[5=MR].1 | PID-3", "PID-7", "PID-5.1"),
        Plan("*", "OBX", "OBX-3 exists", "OBX-1", "OBX-5", "SPM-4.2", "NTE-3"),
    ];

    private static readonly RowPlan[] FhirPlans =
    [
        Plan("Patient", null, null, "id", "name.family | name", "text.div"),
        Plan("Observation", null, "status exists", "id", "subject.reference", "code.coding[system=http://loinc.org].code"),
        Plan("Observation", "component", "code exists", "..id", "valueQuantity.value"),
    ];

    private static readonly RowPlan[] CdaPlans =
    [
        Plan("*", null, null, "/ClinicalDocument/id", "DE04.30.015.00", "/ClinicalDocument/effectiveTime/@value"),
        Plan("*", "//section", null, "position()", "./code/@code", "./text"),
    ];

    private static readonly Hl7v2Decoder Hl7 = Hl7v2Decoder.Create(Hl7Plans).Value;
    private static readonly FhirDecoder Fhir = FhirDecoder.Create(FhirPlans).Value;
    private static readonly CdaDecoder Cda = CdaDecoder.Create(CdaPlans).Value;

    public static readonly SortedDictionary<string, Action<byte[]>> All = new(StringComparer.Ordinal)
    {
        ["acknowledgement"] = Bounded(bytes => Acknowledge(bytes)),
        ["cda"] = Bounded(bytes => Decode(bytes, (s, sink) => Cda.DecodeAsync(s, sink, new PathReport()))),
        ["csv"] = Bounded(Csv),
        ["dbf"] = Bounded(bytes => Table(DbfFile.Open(new MemoryStream(bytes), null))),
        ["encoding"] = Bounded(Encodings),
        ["fhir"] = Bounded(bytes => Decode(bytes, (s, sink) => Fhir.DecodeAsync(s, sink, new PathReport()))),
        ["fixed"] = Bounded(bytes => Table(FixedWidthFile.Open(new MemoryStream(bytes), [("a", 1, 4), ("b", 5, 10)], null))),
        ["mllp"] = Bounded(Frames),
        ["hl7v2"] = Bounded(bytes => Decode(bytes, (s, sink) => Hl7.DecodeAsync(s, sink, new PathReport()))),
        ["xlsx"] = Bounded(bytes => Table(XlsxTable.Open(new MemoryStream(bytes), null, 1))),
    };

    private static RowPlan Plan(string match, string? row, string? where, params string[] paths) =>
        new("lab.result", [match], row, where, [.. paths.Select(p => new ColumnPlan(p, p, p.EndsWith("effectiveTime/@value", StringComparison.Ordinal) || p == "PID-7"))]);

    /// <summary>The work, and what it may allocate on this thread; the decoders do all their work on the thread that calls them when the input is in memory.</summary>
    private static Action<byte[]> Bounded(Action<byte[]> work) => bytes =>
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        work(bytes);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated > Buffers + (Factor * bytes.Length)) throw new InvalidOperationException($"{allocated} bytes were allocated for an input of {bytes.Length}.");
    };

    private static void Decode(byte[] bytes, Func<Stream, IRowSink, Task<long>> decode)
    {
        var sink = new CountingSink();
        sink.Check(decode(new MemoryStream(bytes), sink).GetAwaiter().GetResult());
    }

    private static void Table<T>(Kernel.Result<T> opened)
        where T : TableFile
    {
        if (!opened.Try(out var table, out _)) return;
        using (table)
        {
            var sink = new CountingSink();
            try
            {
                sink.Check(table.Decode(sink, CancellationToken.None));
            }
            catch (InvalidDataException)
            {
                // What Decode promises of a file that is damaged beyond its head.
            }
        }
    }

    /// <summary>Every byte belongs to one record or to the ends of lines between them, and the fields of a record can be told.</summary>
    private static void Csv(byte[] bytes)
    {
        if (CsvDialect.Detect(bytes, whole: true) is not { } dialect) return;
        var reader = new CsvRecordReader(new MemoryStream(bytes), dialect);
        long end = 0, number = 0;
        while (reader.TryRead(out var record))
        {
            if (record.Offset < end || record.Offset + record.Length > bytes.Length || record.Number != number++) throw new InvalidOperationException("The records do not follow one another.");
            end = record.Offset + record.Length;
            if (record.Length < 4096) _ = dialect.Fields(reader.Bytes(record));
        }
    }

    private static void Encodings(byte[] bytes)
    {
        foreach (var encoding in (TextEncoding[])[TextEncoding.Detect(bytes), TextEncoding.Gb18030, TextEncoding.Utf8])
        {
            using var utf8 = Utf8Stream.Open(new MemoryStream(bytes), encoding);
            using var text = new MemoryStream();
            utf8.CopyTo(text);
            if (!System.Text.Unicode.Utf8.IsValid(text.GetBuffer().AsSpan(0, (int)text.Length))) throw new InvalidOperationException("What was made is not UTF-8.");
        }
    }

    /// <summary>Messages come out of their frames one by one, none longer than it may be, and together no longer than what was sent.</summary>
    private static void Frames(byte[] bytes)
    {
        var options = new ListenOptions { Source = "any", MaxMessage = 4096 };
        var reader = new FrameReader(new MemoryStream(bytes), options);
        long taken = 0;
        while (reader.NextAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult() is { } message)
        {
            taken += message.Length + 2;
            if (message.Length > options.MaxMessage || taken > bytes.Length) throw new InvalidOperationException("A message is longer than what was sent.");
        }
    }

    private static void Acknowledge(byte[] bytes)
    {
        var answer = Acknowledgement.Write(MessageHead.Read(bytes), "AA", "", DateTimeOffset.UnixEpoch, 1);
        if (!answer.AsSpan().StartsWith("MSH"u8)) throw new InvalidOperationException("The answer is no message.");
    }
}
