using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using DuckDB.NET.Data;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Services.Quality;
using Yunnao.Standards;
using Yunnao.Standards.Compile;
using Yunnao.Standards.Expressions;
using Yunnao.Standards.Loading;
using Yunnao.Standards.Quality;

namespace Yunnao.Cli.Bench;

/// <summary>
/// <c>yunnao bench quality</c>: many measures of one data set, counted by institution and month in one scan, beside one query for each
/// measure over the same table. The rival runs a sample of the measures, whose time is multiplied; its answers must be ours.
/// </summary>
internal static class QualityBench
{
    private const int Institutions = 8;
    private const int Months = 24;

    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var options = new BenchOptions(terminal);
        var rows = BenchOptions.Number("--rows", 5_000_000, text["bench.quality.rows"]);
        var checks = BenchOptions.Number("--checks", 1000, text["bench.quality.checks"]);
        var sample = BenchOptions.Number("--rival-checks", 50, text["bench.quality.rival-checks"]);
        var command = new Command("quality", text["bench.quality"]) { rows, checks, sample, options.Dir, options.Keep, options.Memory };
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                using var folder = options.Folder("quality", parsed);
                return Run(folder, parsed.GetValue(rows), (int)parsed.GetValue(checks), (int)parsed.GetValue(sample), parsed.GetValue(options.Memory), terminal, cancellation);
            },
            cancellation));
        return command;
    }

    private static int Run(BenchFolder folder, long rows, int checks, int sample, int memory, Terminal terminal, CancellationToken cancellation)
    {
        var standards = folder.Fresh("standards");
        new QualityBenchRegistry(checks).Write(standards);
        if (!RegistryLoader.Load(standards).Whole.Try(out var registry, out var problem)) return terminal.Fail(problem);
        var shape = new TableShape(registry.DataSets[QualityBenchRegistry.DataSet]);
        var options = memory > 0 ? new DuckDbLakeOptions { Folder = folder.Fresh("data"), MemoryLimitMb = memory } : new() { Folder = folder.Fresh("data") };
        if (Filled(options, shape, rows, terminal, cancellation) is { } unfilled) return terminal.Fail(unfilled);
        if (!DuckDbLake.Open(options, [shape]).Try(out var lake, out problem)) return terminal.Fail(problem);
        using (lake)
        {
            PeakMemory.Forget();
            var (watch, cpu) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
            if (!new QualityCounter(registry, [shape], lake).Run(cancellation).Try(out _, out problem)) return terminal.Fail(problem);
            var ours = new BenchTime(watch.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
            var peak = PeakMemory.Mb;
            terminal.Error.WriteLine(terminal.Text.Format("bench.quality.ours", checks, ours.Seconds, peak));

            if (!Rival(lake, registry, shape, checks, Math.Min(sample, checks), terminal, cancellation).Try(out var rival, out problem)) return terminal.Fail(problem);
            terminal.Print(new BenchLine("quality", "s")
            {
                Ours = ours.Seconds,
                Rival = rival.Seconds,
                RivalName = $"one DuckDB query a check over the same table: {Math.Min(sample, checks)} of them, times {(double)checks / Math.Min(sample, checks):0.#}",
                Ratio = rival.Seconds / ours.Seconds,
                Rows = rows,
                PeakMb = peak,
            }.With("checks", checks).With("ours_cpu", ours.CpuSeconds).With("rival_cpu", rival.CpuSeconds).With("ratio_cpu", rival.CpuSeconds / ours.CpuSeconds)
                .With("checks_rows_per_s", checks * rows / ours.Seconds).ToString());
            return ExitCodes.Ok;
        }
    }

    /// <summary>Fills the lake and closes it, so that all rows are in their place on the disk.</summary>
    private static Problem? Filled(DuckDbLakeOptions options, TableShape shape, long rows, Terminal terminal, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        if (!DuckDbLake.Open(options, [shape]).Try(out var lake, out var problem)) return problem;
        using (lake)
            if (Fill(lake, shape, rows, cancellation) is { } unfilled) return unfilled;
        terminal.Error.WriteLine(terminal.Text.Format("bench.quality.filled", rows, clock.Elapsed.TotalSeconds));
        return null;
    }

    private static Problem? Fill(DuckDbLake lake, TableShape shape, long rows, CancellationToken cancellation)
    {
        if (!lake.Begin(new(null, "bench", "bench", "bench", 0)).Try(out var batch, out var problem)) return problem;
        using (batch)
        {
            var columns = shape.Columns.Select(c => c.Name switch
            {
                SystemColumns.Record => "(i + 1)::UHUGEINT",
                SystemColumns.Subject => "NULL::UBIGINT",
                SystemColumns.Org => $"'H' || (i % {Institutions})",
                SystemColumns.Time => $"TIMESTAMP '2024-01-01' + to_seconds((i * {Months * 30L * 86_400}.0 / {rows})::BIGINT)",
                SystemColumns.Batch => batch.Number.ToString(CultureInfo.InvariantCulture),
                SystemColumns.Version => "1",
                SystemColumns.Rejected => "NULL::VARCHAR",
                _ when c.Item is null => "0::UBIGINT",
                _ => Value(c),
            });
            batch.Append(shape, shape.Columns, $"SELECT {string.Join(", ", columns)} FROM range({rows}) AS r(i)", cancellation);
            batch.Settle(shape, cancellation);
            batch.Commit();
            return null;
        }
    }

    /// <summary>Even values from 0 to 9999, or one of a hundred codes; another column has others.</summary>
    private static string Value(Column column)
    {
        var seed = column.Name.Sum(c => c) * 7919L;
        var drawn = $"(hash(i + {seed * 1_000_003}) % 10000)";
        return column.SqlType == "VARCHAR" ? $"'C' || ({drawn} % 100)" : $"{drawn}::{column.SqlType}";
    }

    private static Result<BenchTime> Rival(DuckDbLake lake, Registry registry, TableShape shape, int checks, int sample, Terminal terminal, CancellationToken cancellation)
    {
        if (!lake.Derive("quality").Try(out var derivation, out var problem)) return problem;
        using (derivation)
        {
            var measures = registry.Quality.Measures.Values.OrderBy(m => m.Id, StringComparer.Ordinal).Where((_, i) => i % (checks / sample) == 0).Take(sample).ToList();
            var (watch, cpu) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
            var found = measures.ConvertAll(m => One(derivation.Connection, shape, m, cancellation));
            var time = new BenchTime(watch.Elapsed.TotalSeconds * checks / sample, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds * checks / sample);
            terminal.Error.WriteLine(terminal.Text.Format("bench.quality.rival", sample, watch.Elapsed.TotalSeconds));
            for (var i = 0; i < measures.Count; i++)
            {
                var ours = derivation.Connection.Scalar<long>("SELECT sum(failed)::BIGINT FROM quality.count WHERE measure = $1", measures[i].Id);
                if (ours != found[i]) return new Problem(ProblemKind.Fault, "bench.quality", $"{measures[i].Id}: we count {ours} failures, one query counts {found[i]}.");
            }

            return time;
        }
    }

    private static long One(DuckDBConnection connection, TableShape shape, QualityMeasure measure, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var holds = RuleExpression.Parse(measure.Holds!).Value.ToSql(Sql.Name, (_, _) => throw new NotSupportedException());
        return connection.Rows(
            r => r.GetInt64(0), $"SELECT count(*) FILTER (NOT ({holds})) FROM {SqlNames.Table(shape)} WHERE _rejected IS NULL GROUP BY _org, date_trunc('month', _time::DATE)").Sum();
    }

    private readonly record struct BenchTime(double Seconds, double CpuSeconds);
}
