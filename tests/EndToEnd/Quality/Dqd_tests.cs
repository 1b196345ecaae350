using System.IO.Compression;
using DuckDB.NET.Data;
using Xunit;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Services.Quality;
using Yunnao.Services.RegistryImport;
using Yunnao.Standards.Compile;
using Yunnao.Tests.EndToEnd.Ingest;
using Yunnao.Tests.Formats;

namespace Yunnao.Tests.EndToEnd.Quality;

/// <summary>
/// The checks of OHDSI's DataQualityDashboard on a public OMOP data set: once imported into the registry and counted by the quality report,
/// once as plain SQL over the CSV files, written here from the definitions of DQD and not from the importer.
/// </summary>
public sealed class Dqd_tests : IDisposable
{
    private static readonly string[] s_tables =
    [
        "PERSON", "OBSERVATION_PERIOD", "VISIT_OCCURRENCE", "VISIT_DETAIL", "CONDITION_OCCURRENCE", "CONDITION_ERA", "DRUG_EXPOSURE", "PROCEDURE_OCCURRENCE", "DEVICE_EXPOSURE",
        "MEASUREMENT", "OBSERVATION", "DEATH", "CONCEPT",
    ];

    private const string RulePrefix = "rule:";
    private const int LongestId = 63;
    private const int HashLength = 9;

    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-dqd-").FullName;
    private readonly DuckDBConnection _csv = new("DataSource=:memory:");

    public void Dispose()
    {
        _csv.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Imported_checks_fail_the_same_rows_as_the_definitions_over_the_files()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var (dqd, data) = (SharedStandards("omop-dqd"), Path.Combine(_folder, "omop"));
        ZipFile.ExtractToDirectory(ClinicalData.Files("omop", "Synthea27Nj_5.4.zip").Single(), data);
        using var platform = new TestPlatform(Registry(dqd));
        foreach (var table in s_tables)
        {
            var outcome = await platform.Load(Path.Combine(data, table + ".csv"), "omop-csv");
            Assert.True(outcome.Problem is null, $"{table}: {outcome.Problem}");
        }

        var shapes = platform.Registry.DataSets.Values.Select(d => new TableShape(d)).ToList();
        Assert.True(new QualityCounter(platform.Registry, shapes, platform.Lake).Run(cancellation).Ok);
        var counted = platform.Rows("SELECT data_set, measure, sum(failed)::BIGINT FROM quality.count GROUP BY ALL").Select(r => r.Split('|')).ToDictionary(r => (r[0], r[1]), r => long.Parse(r[2]));
        var refused = platform.Rows("SELECT DISTINCT data_set FROM ops.quarantine").ToHashSet();

        _csv.Open();
        foreach (var table in s_tables) _csv.Execute($"CREATE TABLE {table} AS SELECT * FROM read_csv('{Path.Combine(data, table + ".csv")}', header = true, all_varchar = true)");
        var (compared, failing, byKind) = (0, 0, new SortedDictionary<string, int>(StringComparer.Ordinal));
        var measures = FieldLevel(dqd).Concat(ConceptLevel(dqd)).Concat(OfOthers(dqd).Where(c => c.Other is not { } other || (s_tables.Contains(other) && !refused.Contains($"omop54.{other.ToLowerInvariant()}"))).Select(c => (c.Table, c.Measure, c.Violated)));
        foreach (var (table, id, violated) in measures.Where(c => s_tables.Contains(c.Table)))
        {
            var dataSet = $"omop54.{table.ToLowerInvariant()}";
            if (refused.Contains(dataSet)) continue;
            var expected = _csv.Scalar<long>($"SELECT count(*) FROM {table} WHERE {violated}");

            var longest = LongestId + (id.StartsWith(RulePrefix, StringComparison.Ordinal) ? RulePrefix.Length : 0);

            // An id that is too long for the registry is cut and ends in a hash.
            var found = counted.Where(c => c.Key.Item1 == dataSet && (c.Key.Item2 == id || (id.Length > longest && c.Key.Item2.StartsWith(id[..(longest - HashLength)], StringComparison.Ordinal)))).ToList();
            if (found.Count == 0 && expected == 0 && longest == LongestId) continue; // No row has a value of which another row could be asked.
            Assert.True(found.Count == 1, $"{dataSet} {id} was not counted");
            Assert.True(expected == found[0].Value, $"{dataSet} {id}: {expected} rows of the file violate it, {found[0].Value} were counted ({violated})");
            compared++;
            byKind[id[(id.LastIndexOf('.') + 1)..]] = byKind.GetValueOrDefault(id[(id.LastIndexOf('.') + 1)..]) + 1;
            if (expected > 0) failing++;
        }

        Assert.True(compared > 200 && failing > 0, $"{compared} checks compared, {failing} of them with failures");

        // Of sex-specific concepts the data have few.
        Assert.All(
            [("foreign-key", 20), ("after-birth", 10), ("gender", 1), ("during-life", 10), ("before-death", 10), ("within-visit", 4), ("domain", 10), ("standard", 10)], least => Assert.True(byKind.GetValueOrDefault(least.Item1) >= least.Item2, $"{least.Item1}: {byKind.GetValueOrDefault(least.Item1)}"));
        TestContext.Current.TestOutputHelper?.WriteLine($"{compared} checks compared, {failing} of them with failures");
    }

    /// <summary>Our own data as OMOP tables: what DQD asks of keys, required fields, births and plausible values holds, as the quality report counts it.</summary>
    [Fact]
    public async Task An_export_as_omop_passes_the_checks_of_dqd()
    {
        var (dqd, omop) = (SharedStandards("omop-dqd"), Path.Combine(_folder, "omop"));
        using (var ours = new TestPlatform(Path.Combine(Repository.Root, "standards")))
        {
            async Task LoadAsync(string set, string text) => Assert.Null((await ours.Load(ours.File(set + ".csv", text), "template")).Problem);
            await LoadAsync("person.basic", "org_code,patient_id,sex,birth_date,ethnic,registered_time\nH1,P1,1,1960-05-06,01,2025-01-02 08:00:00\nH1,P2,2,1988-02-29,02,2025-01-02 08:00:00\nH1,P3,2,,02,2025-01-02 08:00:00\n");
            await LoadAsync("encounter.encounter", "org_code,patient_id,encounter_no,encounter_class,start_time,end_time\nH1,P1,E1,01,2025-03-01 09:00:00,2025-03-01 10:00:00\nH1,P2,E2,03,2025-03-02 09:00:00,2025-03-09 10:00:00\nH1,P3,E3,01,2025-03-02 09:00:00,\n");
            await LoadAsync("outpatient.diagnosis", "org_code,patient_id,diagnosis_no,rank,encounter_no,diagnosis_code,diagnosis_name,diagnosis_time\nH1,P1,D1,1,E1,I10.x00,高血压,2025-03-01 09:30:00\nH1,P1,D1,2,E9,E11.900,糖尿病,2025-03-01 09:30:00\n");
            await LoadAsync("lab.result", "org_code,patient_id,report_no,item_no,item_code,item_name,result_value,unit,report_time,encounter_no\nH1,P2,R1,1,GLU,葡萄糖,5.6,mmol/L,2025-03-03 09:30:00,E2\n");
            await LoadAsync("public_health.death", "org_code,patient_id,certificate_no,underlying_code,death_time\nH1,P1,C1,I21.100,2025-04-05 01:00:00\n");
            ours.Close();
            var run = await Standards.CliRun.Of("en", "export", "omop", "--out", omop, "--data", ours.Data, "--standards", ours.Standards);
            Assert.True(run.ExitCode == 0, run.Error);
        }

        using var platform = new TestPlatform(Registry(dqd));
        var counts = new Dictionary<string, long>();
        foreach (var table in s_tables.Where(t => File.Exists(Path.Combine(omop, t + ".csv"))))
        {
            var outcome = await platform.Load(Path.Combine(omop, table + ".csv"), "omop-csv");
            Assert.True(outcome.Problem is null or { Code: "ingest.empty" }, $"{table}: {outcome.Problem}");
            counts[table] = outcome.Batch?.Accepted ?? 0;
            Assert.Equal(0L, outcome.Batch?.Quarantined ?? 0);
        }

        Assert.Equal((2L, 2L, 2L, 2L, 1L, 1L), (counts["PERSON"], counts["OBSERVATION_PERIOD"], counts["VISIT_OCCURRENCE"], counts["CONDITION_OCCURRENCE"], counts["MEASUREMENT"], counts["DEATH"]));
        var shapes = platform.Registry.DataSets.Values.Select(d => new TableShape(d)).ToList();
        Assert.True(new QualityCounter(platform.Registry, shapes, platform.Lake).Run(TestContext.Current.CancellationToken).Ok);

        // Without a vocabulary no concept can be in it; all else holds.
        Assert.Empty(platform.Rows("SELECT data_set, measure, sum(failed)::BIGINT FROM quality.count WHERE measure LIKE '%dqd.%' AND measure NOT LIKE 'dqd.%concept_id.%' GROUP BY ALL HAVING sum(failed) > 0"));
        Assert.Equal(["1"], platform.Rows("SELECT count(*) FROM omop54.condition_occurrence WHERE visit_occurrence_id IS NULL"));
        Assert.Equal(["E11.900", "I10.x00"], platform.Rows("SELECT condition_source_value FROM omop54.condition_occurrence WHERE condition_concept_id = 0 ORDER BY 1"));
    }

    /// <summary>Of DQD's field checks those that one row answers: plausible values, start before end, after another field of the table.</summary>
    private IEnumerable<(string Table, string Measure, string Violated)> FieldLevel(string dqd)
    {
        foreach (var row in Read(Path.Combine(dqd, "OMOP_CDMv5.4_Field_Level.csv"),
            "cdmTableName", "cdmFieldName", "plausibleValueLow", "plausibleValueHigh", "plausibleStartBeforeEnd", "plausibleStartBeforeEndFieldName", "plausibleTemporalAfter", "plausibleTemporalAfterTableName", "plausibleTemporalAfterFieldName", "cdmDatatype"))
        {
            var (table, field) = (row[0].ToUpperInvariant(), row[1].Trim('"').ToLowerInvariant());
            var type = row[9] is "date" or "datetime" ? "TIMESTAMP" : "DOUBLE";
            string Value(string column) => $"TRY_CAST(\"{column}\" AS {type})";
            string Id(string kind) => $"rule:dqd.{table.ToLowerInvariant()}.{field}.{kind}";
            if (row[2].Length > 0) yield return (table, Id("low"), $"{Value(field)} < {Literal(row[2])}");
            if (row[3].Length > 0) yield return (table, Id("high"), $"{Value(field)} > {Literal(row[3])}");
            if (row[4] == "Yes") yield return (table, Id("start-before-end"), $"{Value(field)} > {Value(row[5].ToLowerInvariant())}");
            if (row[6] == "Yes" && row[7].Equals(table, StringComparison.OrdinalIgnoreCase)) yield return (table, Id("after"), $"{Value(field)} < {Value(row[8].ToLowerInvariant())}");
        }
    }

    /// <summary>Of DQD's concept checks those of a plausible value, of all units or of one.</summary>
    private IEnumerable<(string Table, string Measure, string Violated)> ConceptLevel(string dqd)
    {
        foreach (var row in Read(Path.Combine(dqd, "OMOP_CDMv5.4_Concept_Level.csv"), "cdmTableName", "cdmFieldName", "conceptId", "unitConceptId", "plausibleValueLow", "plausibleValueHigh"))
        {
            var outside = string.Join(" OR ", new[] { row[4].Length > 0 ? $"CAST(value_as_number AS DOUBLE) < {row[4]}" : null, row[5].Length > 0 ? $"CAST(value_as_number AS DOUBLE) > {row[5]}" : null }.OfType<string>());
            if (outside.Length == 0) continue;
            var unit = row[3].Length > 0 ? $" AND CAST(unit_concept_id AS BIGINT) = {row[3]}" : "";
            var table = row[0].ToUpperInvariant();
            yield return (table, $"rule:dqd.{table.ToLowerInvariant()}.{row[2]}.{(row[3].Length > 0 ? row[3] : "any")}", $"CAST({row[1]} AS BIGINT) = {row[2]}{unit} AND ({outside})");
        }
    }

    /// <summary>
    /// Of DQD's checks those that ask for another row: foreign keys, standard concepts of a domain, nothing before the birth or long after the
    /// death, dates of the visit, sex-specific concepts.
    /// </summary>
    private IEnumerable<(string Table, string Measure, string Violated, string? Other)> OfOthers(string dqd)
    {
        foreach (var row in Read(Path.Combine(dqd, "OMOP_CDMv5.4_Field_Level.csv"), "cdmTableName", "cdmFieldName", "isForeignKey", "fkTableName", "fkFieldName", "plausibleAfterBirth",
            "plausibleDuringLife", "plausibleBeforeDeath", "withinVisitDates", "fkDomain", "fkClass", "isStandardValidConcept"))
        {
            var (table, field) = (row[0].ToUpperInvariant(), row[1].Trim('"').ToLowerInvariant());
            var (other, key) = (row[3].Trim('"').ToUpperInvariant(), row[4].Trim('"').ToLowerInvariant());
            if (row[2] == "Yes" && key.Length > 0 && s_tables.Contains(other))
                yield return (table, $"dqd.{table.ToLowerInvariant()}.{field}.foreign-key", $"\"{field}\" IS NOT NULL AND CAST(\"{field}\" AS BIGINT) NOT IN (SELECT CAST(\"{key}\" AS BIGINT) FROM {other})", other);
            if (row[5] == "Yes")
                yield return (table, $"dqd.{table.ToLowerInvariant()}.{field}.after-birth", $"TRY_CAST(\"{field}\" AS TIMESTAMP)::DATE < (SELECT TRY_CAST(p.birth_datetime AS TIMESTAMP)::DATE FROM PERSON p WHERE p.person_id = {table}.person_id)", null);

            string Id(string kind) => $"dqd.{table.ToLowerInvariant()}.{field}.{kind}";
            string Joined(string to, string of, string bad) => $"EXISTS (SELECT 1 FROM {to} o WHERE CAST(o.{of} AS BIGINT) = CAST({table}.{(to == "CONCEPT" ? field : of)} AS BIGINT) AND ({bad}))";
            var value = $"TRY_CAST({table}.\"{field}\" AS TIMESTAMP)";
            if (row[6] == "Yes") yield return (table, Id("during-life"), Joined("DEATH", "person_id", $"{value} > CAST(o.death_date AS DATE) + INTERVAL 60 DAY"), "DEATH");
            if (row[7] == "Yes") yield return (table, Id("before-death"), Joined("DEATH", "person_id", $"CAST({value} AS DATE) > CAST(o.death_date AS DATE) + INTERVAL 60 DAY"), "DEATH");
            if (row[8] == "Yes")
            {
                yield return (
                    table, Id("within-visit"),
                    Joined("VISIT_OCCURRENCE", "visit_occurrence_id", $"{value} < CAST(o.visit_start_date AS DATE) - INTERVAL 7 DAY OR {value} > CAST(o.visit_end_date AS DATE) + INTERVAL 7 DAY"),
                    "VISIT_OCCURRENCE");
            }

            if (row[9].Length > 0) yield return (table, Id("domain"), Joined("CONCEPT", "concept_id", $"o.concept_id <> '0' AND o.domain_id <> '{row[9]}'"), "CONCEPT");
            if (row[10].Length > 0) yield return (table, Id("class"), Joined("CONCEPT", "concept_id", $"o.concept_id <> '0' AND o.concept_class_id <> '{row[10]}'"), "CONCEPT");
            if (row[11] == "Yes") yield return (table, Id("standard"), Joined("CONCEPT", "concept_id", "o.concept_id <> '0' AND (o.standard_concept IS DISTINCT FROM 'S' OR o.invalid_reason IS NOT NULL)"), "CONCEPT");
        }

        foreach (var row in Read(Path.Combine(dqd, "OMOP_CDMv5.4_Concept_Level.csv"), "cdmTableName", "cdmFieldName", "conceptId", "plausibleGender").Where(r => r[3].Length > 0))
        {
            var table = row[0].ToUpperInvariant();
            var sex = row[3] == "Male" ? 8507 : 8532;
            yield return (table, $"dqd.{table.ToLowerInvariant()}.{row[2]}.gender", $"CAST({row[1]} AS BIGINT) = {row[2]} AND (SELECT CAST(p.gender_concept_id AS BIGINT) FROM PERSON p WHERE p.person_id = {table}.person_id) <> {sex}", null);
        }
    }

    private static string Literal(string text) => text switch
    {
        "DATEADD(dd,1,GETDATE())" => "current_date + INTERVAL 1 DAY",
        "YEAR(GETDATE())+1" => "year(current_date) + 1",
        _ when text[0] == '\'' => $"TIMESTAMP '{text[1..5]}-{text[5..7]}-{text[7..9]}'",
        _ => text,
    };

    private List<string[]> Read(string file, params string[] columns) => _csv.Rows(
        r => columns.Select((_, i) => r.IsDBNull(i) ? "" : r.GetString(i)).ToArray(),
        $"SELECT {string.Join(", ", columns.Select(c => $"\"{c}\""))} FROM read_csv('{file}', header = true, all_varchar = true, quote = '\"', escape = '\"')");

    /// <summary>The definitions of OMOP and of DQD as a registry, with a mapping of the CSV files and weights.</summary>
    private string Registry(string dqd)
    {
        var registry = Path.Combine(_folder, "standards");
        foreach (var (kind, files) in new[] { ("omop", SharedStandards("omop-cdm")), ("dqd", dqd) })
        {
            var imported = RegistryImporter.Run(new(kind, [files], registry, new()));
            Assert.True(imported.Ok, imported.Problem?.ToString());
        }

        Save("mappings/omop-csv.yaml", "id: omop-csv\nversion: 1.0.0\nstatus: standard\nname: { zh: OMOP 表, en: OMOP tables }\norganisation: \"S1\"\nformat: csv\nfiles:\n"
            + string.Concat(s_tables.Select(t => $"  - {{ match: \"{t}.csv\", dataset: omop54.{t.ToLowerInvariant()} }}\n")));
        return registry;

        void Save(string name, string text)
        {
            var path = Path.Combine(registry, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text.ReplaceLineEndings("\n"));
        }
    }

    private static string SharedStandards(string name)
    {
        for (var above = new DirectoryInfo(AppContext.BaseDirectory); above is not null; above = above.Parent)
        {
            var candidate = Path.Combine(above.FullName, "shared", "data", "standards", name);
            if (Directory.Exists(candidate)) return candidate;
        }

        Assert.Skip("The shared definitions are not beside the repository.");
        return "";
    }
}
