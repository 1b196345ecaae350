using System.Diagnostics;
using DuckDB.NET.Data;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Yunnao.Cli.Bench.Epidemic;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.Queries;
using Yunnao.Services.FhirPath;
using Yunnao.Services.Views.Run;
using Command = System.CommandLine.Command;
using Task = System.Threading.Tasks.Task;

namespace Yunnao.Cli.Bench;

/// <summary>
/// <c>yunnao bench view</c>: the shipped views over generated resources, NDJSON in, Parquet out. Rivals in the same run: the view of observations
/// written by hand with the engine's JSON functions, its rows compared; and an interpreter that evaluates the paths row by row.
/// </summary>
internal static class ViewBench
{
    private const int Turns = 3;
    private const int Interpreted = 20_000;
    private static readonly string[] s_views = ["patients", "encounters", "conditions", "observations", "procedures", "medication_requests"];

    // What the interpreter evaluates: the columns of the view of observations that need no branch.
    private static readonly string[] s_paths =
    [
        "id", "subject.reference", "encounter.reference", "status", "category.first().coding.first().code", "effective.ofType(dateTime)", "code.coding.first().system",
        "code.coding.first().code", "code.text", "value.ofType(Quantity).value", "value.ofType(Quantity).unit",
    ];

    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var options = new BenchOptions(terminal);
        var resources = BenchOptions.Number("--resources", 200_000, text["bench.view.resources"]);
        var command = new Command("view", text["bench.view"]) { resources, options.Dir, options.Keep, options.Memory };
        command.SetAction((parsed, cancellation) =>
        {
            using var folder = options.Folder("view", parsed);
            if (!RegistryFolder.Load(parsed, terminal).Try(out var registry, out var problem)) return Task.FromResult(terminal.Fail(problem));
            var file = Path.Combine(folder.Fresh("in"), "bench.ndjson");
            using (var stream = File.Create(file, 1 << 20)) Synthetic.Bulk.FhirFile.Write(registry, stream, parsed.GetValue(resources), 1);
            var (views, folderOut) = (new List<Services.Views.View>(), folder.Fresh("out"));
            foreach (var name in s_views)
            {
                if (!View.ViewFiles.Read(name, parsed, terminal).Try(out var view, out problem)) return Task.FromResult(terminal.Fail(problem));
                views.Add(view);
            }

            return Task.FromResult(Run(views, file, folderOut, parsed.GetValue(resources), parsed.GetValue(options.Memory), terminal, cancellation));
        });
        return command;
    }

    private static int Run(List<Services.Views.View> views, string file, string folder, long resources, int memory, Terminal terminal, CancellationToken cancellation)
    {
        if (!ViewSources.Find([file]).Try(out var sources, out var problem)) return terminal.Fail(problem);
        using var engine = ViewEngine.Open(memory);
        using var rival = new DuckDBConnection("DataSource=:memory:");
        rival.Open();
        var (all, ours, theirs, rows) = (new List<double>(), new List<double>(), new List<double>(), 0L);
        var (mine, byHand) = (Path.Combine(folder, "observations.parquet"), Path.Combine(folder, "by-hand.parquet"));
        var (clock, cpu, mineCpu, handCpu) = (new Stopwatch(), 0.0, new List<double>(), new List<double>());
        for (var turn = -1; turn < Turns; turn++)
        {
            (rows, var seconds) = (0L, 0.0);
            foreach (var view in views)
            {
                clock.Restart();
                cpu = ProcessorTime.Seconds;
                if (!engine.Export(view, sources, Path.Combine(folder, $"{view.Name}.parquet"), ExportFormat.Parquet, cancellation).Try(out var written, out problem)) return terminal.Fail(problem);
                seconds += clock.Elapsed.TotalSeconds;
                rows += written;
                if (view.Name != "observations" || turn < 0) continue;
                ours.Add(clock.Elapsed.TotalSeconds);
                mineCpu.Add(ProcessorTime.Seconds - cpu);
            }

            clock.Restart();
            cpu = ProcessorTime.Seconds;
            rival.Run($"COPY ({ByHand(file)}) TO {SqlNames.Literal(byHand)} (FORMAT parquet, COMPRESSION zstd)", [], cancellation);
            if (turn < 0) continue;
            all.Add(seconds);
            theirs.Add(clock.Elapsed.TotalSeconds);
            handCpu.Add(ProcessorTime.Seconds - cpu);
        }

        var same = rival.Scalar<bool>($"SELECT (SELECT (count(*), bit_xor(hash(COLUMNS(*)))) FROM (SELECT hash(o) FROM {SqlNames.Literal(mine)} o)) = (SELECT (count(*), bit_xor(hash(COLUMNS(*)))) FROM (SELECT hash(o) FROM {SqlNames.Literal(byHand)} o))");
        if (!same) return terminal.Fail(new(ProblemKind.Fault, "bench.view", terminal.Text["bench.view.differs"]));
        var perSecond = resources * views.Count / Figures.Median(all);
        var interpreted = Interpret(file);
        terminal.Print(new BenchLine("view", "resources/s")
        {
            Ours = resources / Figures.Median(ours), Rival = resources / Figures.Median(theirs), Ratio = Figures.Median(theirs) / Figures.Median(ours), Rows = resources,
            RivalName = "the view of observations written by hand with json_extract, in the same engine; the same rows",
        }
            .With("cpu_seconds", Figures.Median(mineCpu)).With("rival_cpu_seconds", Figures.Median(handCpu)).With("cpu_ratio", Figures.Median(handCpu) / Figures.Median(mineCpu)).With("views", views.Count).With("rows_of_all_views", rows).With("rows_per_s", rows / Figures.Median(all)).With("resources_per_s_of_a_view", perSecond)
            .With("interpreted_resources_per_s", interpreted).With("times_the_interpreter", resources / Figures.Median(ours) / interpreted).With("bytes", new FileInfo(file).Length).ToString());
        return ExitCodes.Ok;
    }

    /// <summary>Resources a second of all types when each Observation is parsed and its paths are evaluated, on one thread.</summary>
    private static double Interpret(string file)
    {
        var (evaluator, reader) = (new FhirPathEvaluator(), new FhirJsonDeserializer(new DeserializerSettings().UsingMode(DeserializationMode.Recoverable)));
        var clock = Stopwatch.StartNew();
        var read = 0;
        foreach (var line in File.ReadLines(file).Take(Interpreted))
        {
            // The first of the file pay for starting up.
            if (read++ == Interpreted / 10) clock.Restart();
            if (!line.Contains("\"resourceType\":\"Observation\"", StringComparison.Ordinal)) continue;
            var resource = reader.DeserializeResource(line).ToPocoNode();
            foreach (var path in s_paths) _ = evaluator.Evaluate(resource, path).Value.Count;
        }

        return (read - (Interpreted / 10)) / clock.Elapsed.TotalSeconds;
    }

    /// <summary>The same rows as somebody writes them who knows the engine.</summary>
    private static string ByHand(string file) => $$"""
        WITH o AS (SELECT json FROM read_ndjson_objects({{SqlNames.Literal(file)}}) WHERE json_extract_string(json, '$.resourceType') = 'Observation'),
        v AS (SELECT json, unnest(list_concat(CASE WHEN json_extract(json, '$.component') IS NULL OR json_extract(json, '$.valueQuantity') IS NOT NULL OR json_extract(json, '$.valueString') IS NOT NULL OR json_extract(json, '$.valueCodeableConcept') IS NOT NULL THEN [json] ELSE [] END,
          json_extract(json, '$.component[*]'))) AS v FROM o)
        SELECT json_extract_string(json, '$.id') AS observation_id,
          regexp_extract(json_extract_string(json, '$.subject.reference'), '(?:Patient/|urn:uuid:)(.+)$', 1) AS patient_id,
          regexp_extract(json_extract_string(json, '$.encounter.reference'), '(?:Encounter/|urn:uuid:)(.+)$', 1) AS encounter_id,
          json_extract_string(json, '$.status') AS status, json_extract_string(json, '$.category[0].coding[0].code') AS category,
          coalesce(json_extract_string(json, '$.effectiveDateTime'), json_extract_string(json, '$.effectivePeriod.start')) AS effective_time, json_extract_string(json, '$.code.coding[0].code') AS panel_code,
          json_extract_string(v, '$.code.coding[0].system') AS code_system, json_extract_string(v, '$.code.coding[0].code') AS code, coalesce(json_extract_string(v, '$.code.text'), json_extract_string(v, '$.code.coding[0].display')) AS code_display,
          CAST(json_extract_string(v, '$.valueQuantity.value') AS DOUBLE) AS value_number, json_extract_string(v, '$.valueQuantity.unit') AS value_unit,
          json_extract_string(v, '$.valueCodeableConcept.coding[0].code') AS value_code, coalesce(json_extract_string(v, '$.valueString'), json_extract_string(v, '$.valueCodeableConcept.text')) AS value_text
        FROM v
        """;
}
