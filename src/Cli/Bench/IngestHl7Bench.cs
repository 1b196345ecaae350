using System.CommandLine;
using Yunnao.Synthetic.Bulk;

namespace Yunnao.Cli.Bench;

/// <summary><c>yunnao bench ingest-hl7</c>: HL7 v2 messages a second, registrations and laboratory reports in, rows out.</summary>
internal static class IngestHl7Bench
{
    public static Command Create(Terminal terminal) => new IngestMessagesBench(
        "ingest-hl7", "messages", 100_000, "bench.hl7", "hl7v2", Hl7v2File.Write,
        "none: integration engines route messages and keep no typed, checked rows; none is started in this run").Create(terminal);
}
