using System.CommandLine;
using Yunnao.Cli.Bench.Dicom;
using Yunnao.Cli.Bench.Epidemic;
using Yunnao.Cli.Bench.Fhir;

namespace Yunnao.Cli.Bench;

/// <summary><c>yunnao bench</c>: measures the promises of the platform; progress on standard error, one JSON line last on standard output.</summary>
internal static class BenchCommand
{
    public static Command Create(Terminal terminal) => new("bench", terminal.Text["bench"])
    {
        RegistryBench.Create(terminal),
        IngestCsvBench.Create(terminal),
        IngestFhirBench.Create(terminal),
        IngestHl7Bench.Create(terminal),
        StreamBench.Create(terminal),
        QualityBench.Create(terminal),
        LookupBench.Create(terminal),
        ScopeBench.Create(terminal),
        ServeBench.Create(terminal),
        FhirBench.Create(terminal),
        ExportBench.Create(terminal),
            ExportPostgresBench.Create(terminal),
        AuditBench.Create(terminal),
        CityBench.Create(terminal),
        EpidemicBench.Create(terminal),
        TokenBench.Create(terminal),
        StartBench.Create(terminal),
        DicomBench.Create(terminal),
        DeidBench.Create(terminal),
        ViewBench.Create(terminal),
    };
}
