using System.CommandLine;
using Yunnao.Synthetic.Bulk;

namespace Yunnao.Cli.Bench;

/// <summary><c>yunnao bench ingest-fhir</c>: FHIR R4 resources a second, NDJSON in, rows out.</summary>
internal static class IngestFhirBench
{
    public static Command Create(Terminal terminal) => new IngestMessagesBench(
        "ingest-fhir", "resources", 200_000, "bench.ndjson", "fhir-r4", FhirFile.Write,
        "none: FHIR servers need a Java or database server that this run does not start",
        "Blaze, its own figures: 8,977-23,829 resources/s on 16-128 cores").Create(terminal);
}
