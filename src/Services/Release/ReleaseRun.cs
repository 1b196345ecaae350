using DuckDB.NET.Data;
using Yunnao.Kernel;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Services.Ingest;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Release;

/// <summary>
/// The judging of one batch's rows in quarantine. A row is found again in the file by its record number; where a record gives several
/// rows, those that were accepted are told by their keys and the others are taken in their order.
/// </summary>
internal sealed class ReleaseRun(Registry registry, DuckDbRelease release, ReleaseRequest request)
{
    private const string Positioned = "release_positioned";
    private const string Places = "release_places_in_file";
    private readonly HashSet<string> _types = new(StringComparer.Ordinal);

    public DuckDbRelease Release { get; } = release;

    public CodeMapSql Codes { get; } = new(registry, release);

    public CodeSets Sets { get; } = new(registry);

    private DuckDBConnection Connection => Release.Connection;

    /// <summary>Lets the records that gave no row, and give some by the mapping as it is now, stand in the quarantine with these rows.</summary>
    /// <param name="sets">What the file gives now.</param>
    /// <param name="refused">The records that give no row now.</param>
    public void Admit(IReadOnlyList<StagedSet> sets, IEnumerable<RefusedRecord> refused, CancellationToken cancellation)
    {
        Connection.Execute("CREATE OR REPLACE TEMP TABLE release_refused (number BIGINT)");
        Connection.Execute($"CREATE OR REPLACE TEMP TABLE {DuckDbRelease.Admitted} (ordinal BIGINT)");
        if (QuarantinedRows.WithoutRow(Connection, Release.Number) == 0) return;

        foreach (var part in refused.Chunk(Stager.RefusedAtOnce))
        {
            using var appender = Connection.CreateAppender("temp", "main", "release_refused");
            foreach (var record in part) appender.CreateRow().AppendValue(record.Record).EndRow();
        }

        if (request.Corrections is { Count: > 0 }) return;
        Connection.Execute(
            $"""
            CREATE OR REPLACE TEMP TABLE release_freed AS SELECT ordinal, record_number AS number FROM ops.quarantine q
            WHERE batch = {Release.Number} AND {QuarantinedRows.RecordFits(request)} AND record_number NOT IN (SELECT number FROM temp.release_refused WHERE number IS NOT NULL)
            """);
        if (Connection.Scalar<long>("SELECT count(*) FROM temp.release_freed") == 0) return;
        Connection.Execute($"CREATE OR REPLACE TEMP TABLE {DuckDbRelease.Given} (ordinal BIGINT, data_set VARCHAR, version VARCHAR, n BIGINT)");
        foreach (var set in sets)
        {
            Connection.Run(
                $"""
                INSERT INTO temp.{DuckDbRelease.Given} SELECT f.ordinal, $1, $2, count(*) FROM {Located(set.Rows).From} s
                JOIN temp.release_freed f ON f.number = s.p_number GROUP BY 1
                """,
                [set.Shape.DataSet.Id, set.Shape.DataSet.Version],
                cancellation);
        }

        if (request.DataSet is { } only)
            Connection.Execute($"DELETE FROM temp.{DuckDbRelease.Given} WHERE ordinal NOT IN (SELECT ordinal FROM temp.{DuckDbRelease.Given} WHERE data_set = $1)", only);
        if (Connection.Scalar<long>($"SELECT count(*) FROM temp.{DuckDbRelease.Given}") > 0) Release.Admit(cancellation);
    }

    /// <summary>Judges the rows of one data set. Null when none of them is asked for.</summary>
    /// <param name="sets">What the rules of the mapping give for it.</param>
    /// <param name="learn">Takes who the persons of these rows are.</param>
    public Result<ReleaseReport?> Judge(IReadOnlyList<StagedSet> sets, Action<StagedSet> learn, CancellationToken cancellation)
    {
        var shape = sets[0].Shape;
        if (!Wanted(shape)) return (ReleaseReport?)null;
        if (!Located(sets, cancellation).Try(out var rows, out var problem)) return problem;
        Find(shape, rows, cancellation);
        var unmatched = Connection.Scalar<long>($"SELECT count(*) FROM temp.release_wanted w WHERE asked AND NOT EXISTS (SELECT 1 FROM temp.{DuckDbRelease.Pairs} p WHERE p.ordinal = w.ordinal)");
        if (!Corrected(rows, shape).Try(out var judged, out problem)) return problem;
        var only = judged with { From = $"(SELECT * FROM {judged.From} WHERE p_at IN (SELECT p.place FROM temp.{DuckDbRelease.Pairs} p JOIN temp.release_wanted w ON w.ordinal = p.ordinal WHERE w.asked))" };
        learn(new(shape, only));
        Run(DuckDbRelease.Judged, CheckingSql.Build(shape, only, withRecordNumber: true), cancellation);
        PlaceOthers(shape, rows, cancellation);
        return Release.Release(shape, CheckingSql.Columns(shape, only), Places, unmatched, cancellation);
    }

    /// <summary>The rows in quarantine, in <c>release_wanted</c>; false when none is asked for.</summary>
    private bool Wanted(TableShape shape)
    {
        var ordinals = request.Corrections?.Where(c => c.Batch == Release.Number).Select(c => c.Ordinal).Distinct().ToList();
        var asked = ordinals is { Count: > 0 } ? $"q.ordinal IN ({string.Join(", ", ordinals)})" : QuarantinedRows.Fits(request);
        Connection.Execute(
            $"""
            CREATE OR REPLACE TEMP TABLE release_wanted AS
            SELECT ordinal, record_number, record, {asked} OR ordinal IN (SELECT ordinal FROM temp.{DuckDbRelease.Admitted}) AS asked, row_number() OVER (PARTITION BY record_number ORDER BY ordinal) AS k, count(*) OVER (PARTITION BY record_number) AS n
            FROM ops.quarantine q WHERE batch = {Release.Number} AND data_set = {SqlNames.Literal(shape.DataSet.Id)} AND checks IS NOT NULL
            """);
        return Connection.Scalar<long>("SELECT count(*) FROM temp.release_wanted WHERE asked") > 0;
    }

    /// <summary>
    /// The rows of the file with <c>p_at</c>, their position from 1, and <c>p_number</c>, the number of their record. Rows of several rules stand
    /// one rule after the other, as they were loaded.
    /// </summary>
    private Result<StagedRows> Located(IReadOnlyList<StagedSet> sets, CancellationToken cancellation)
    {
        if (sets is [var only]) return Located(only.Rows);
        var items = sets.SelectMany(s => s.Rows.Texts.Keys).Distinct(StringComparer.Ordinal).ToList();
        var formats = items.ToDictionary(i => i, i => sets.Select(s => s.Rows.Texts.GetValueOrDefault(i)).OfType<StagedText>().Select(t => t.TimeFormat).Distinct().ToList(), StringComparer.Ordinal);
        if (items.Find(i => formats[i].Count > 1) is { } item)
        {
            return new Problem(
                ProblemKind.Unsupported, "release.two-rules",
                $"Two rules of the mapping give rows of {sets[0].Shape.DataSet.Id} and read {item} in two formats of dates: take the batch back and load the file again.");
        }

        var selects = sets.Select((s, rule) =>
        {
            var rows = Located(s.Rows);
            var texts = string.Concat(items.Select(i => $", {rows.Texts.GetValueOrDefault(i)?.Sql ?? "NULL::VARCHAR"} AS {Sql.Name("text " + i)}"));
            return $"SELECT {rule} AS p_rule, p_at AS p_in_rule, p_number, {rows.Offset ?? "NULL::BIGINT"} AS p_byte{texts} FROM {rows.From}";
        });
        Run("release_joined", $"SELECT * FROM ({string.Join("\nUNION ALL ", selects)}) ORDER BY p_rule, p_in_rule", cancellation);
        return sets[0].Rows with
        {
            From = "(SELECT *, row_number() OVER () AS p_at FROM temp.release_joined)",
            Texts = items.ToDictionary(i => i, i => new StagedText(Sql.Name("text " + i), formats[i][0]), StringComparer.Ordinal),
            Position = "p_at",
            Offset = "p_byte",
        };
    }

    /// <summary>The same of one rule. Where a row is a record, records that could not be read come in between.</summary>
    private static StagedRows Located(StagedRows rows)
    {
        var at = $"(SELECT *, row_number() OVER () AS p_at FROM {rows.From})";
        at = rows.Position is { } position
            ? $"(SELECT *, {position} AS p_number FROM {at})"
            : $"(SELECT r.*, r.p_at + coalesce(s.skipped, 0) AS p_number FROM {at} r ASOF LEFT JOIN {SkippedRecords.Steps("temp.release_refused", "number")} s ON r.p_at > s.rows_before)";
        return rows with { From = at, Position = "p_at" };
    }

    /// <summary>Finds the rows in quarantine again: pairs of ordinal and position.</summary>
    private void Find(TableShape shape, StagedRows rows, CancellationToken cancellation)
    {
        // Rows that were refused when they were judged again in the table have no record number: their keys are looked for.
        var near = $"(SELECT * FROM {rows.From} WHERE p_number IN (SELECT record_number FROM temp.release_wanted))";
        var byKey = Connection.Scalar<long>("SELECT count(*) FROM temp.release_wanted WHERE record_number IS NULL") > 0;
        var candidates = rows with { From = byKey ? rows.From : near };
        Run(Positioned, $"SELECT _record AS record, {CheckingSql.RecordNumber} AS place FROM ({CheckingSql.Build(shape, candidates, withRecordNumber: true)})", cancellation);
        Run("release_numbers", $"SELECT p_at AS place, p_number AS number FROM {candidates.From}", cancellation);
        Run("release_candidates", $"SELECT c.place, n.number, c.record, count(*) OVER (PARTITION BY n.number) AS n FROM temp.{Positioned} c JOIN temp.release_numbers n ON n.place = c.place", cancellation);
        Run(
            DuckDbRelease.Pairs,
            $"""
            SELECT w.ordinal, c.place FROM temp.release_wanted w JOIN (
                SELECT *, row_number() OVER (PARTITION BY number ORDER BY place) AS k, count(*) OVER (PARTITION BY number) AS left_over FROM (
                    SELECT c.* FROM temp.release_candidates c JOIN (SELECT DISTINCT record_number, n FROM temp.release_wanted) w ON w.record_number = c.number
                    WHERE c.n = w.n OR c.record IS NULL OR c.record NOT IN ({AcceptedKeys(shape)}))) c
                ON c.number = w.record_number AND c.k = w.k AND c.left_over = w.n
            UNION ALL
            SELECT w.ordinal, min(c.place) FROM temp.release_wanted w JOIN temp.release_candidates c ON c.record = w.record WHERE w.record_number IS NULL GROUP BY 1
            """,
            cancellation);
    }

    /// <summary>Keys of what the batch brought and what was accepted of it, current or not.</summary>
    private string AcceptedKeys(TableShape shape)
    {
        var parts = new List<string>();
        if (Release.Holds(shape)) parts.Add($"SELECT _record FROM {SqlNames.Table(shape)} WHERE _batch = {Release.Number} AND _rejected IS NULL");
        if (Release.HasHistory(shape)) parts.Add($"SELECT _record FROM {SqlNames.History(shape)} WHERE _batch = {Release.Number}");
        return parts.Count == 0 ? "SELECT NULL::UHUGEINT WHERE false" : string.Join(" UNION ALL ", parts);
    }

    /// <summary>Where in the file the accepted rows are whose records also have a row that is released now.</summary>
    private void PlaceOthers(TableShape shape, StagedRows rows, CancellationToken cancellation)
    {
        Run("release_clashes", $"SELECT DISTINCT _record AS record FROM temp.{DuckDbRelease.Judged} WHERE _rejected IS NULL AND _record IN ({AcceptedKeys(shape)})", cancellation);
        if (Connection.Scalar<long>("SELECT count(*) FROM temp.release_clashes") == 0)
        {
            Connection.Execute($"CREATE OR REPLACE TEMP TABLE {Places} (record UHUGEINT, place BIGINT)");
            return;
        }

        Run(
            Places,
            $"""
            SELECT _record AS record, {CheckingSql.RecordNumber} AS place FROM ({CheckingSql.Build(shape, rows, withRecordNumber: true)})
            WHERE _record IN (SELECT record FROM temp.release_clashes) AND {CheckingSql.RecordNumber} NOT IN (SELECT place FROM temp.{DuckDbRelease.Pairs})
            """,
            cancellation);
    }

    /// <summary>The rows with what people corrected, now and before, in place of what the file says.</summary>
    private Result<StagedRows> Corrected(StagedRows rows, TableShape shape)
    {
        if (Remember(shape) is { } problem) return problem;
        var items = Connection.Rows(r => r.GetString(0), "SELECT DISTINCT item FROM temp.release_fixes");
        if (items.Count == 0) return rows;
        var columns = string.Concat(items.Select(i => $", any_value(value) FILTER (item = {SqlNames.Literal(i)}) AS {Fix(i)}, bool_or(item = {SqlNames.Literal(i)}) AS {Has(i)}"));
        Connection.Execute($"CREATE OR REPLACE TEMP TABLE release_fixed AS SELECT p.place AS p_fixed{columns} FROM temp.release_fixes f JOIN temp.{DuckDbRelease.Pairs} p ON p.ordinal = f.ordinal GROUP BY 1");
        var texts = rows.Texts.ToDictionary(StringComparer.Ordinal);
        foreach (var item in items)
        {
            var before = texts.GetValueOrDefault(item) ?? new StagedText("NULL::VARCHAR");
            texts[item] = new($"CASE WHEN {Has(item)} THEN {Fix(item)} ELSE {before.Sql} END", before.TimeFormat);
        }

        return rows with { From = $"(SELECT s.*, f.* FROM {rows.From} s LEFT JOIN temp.release_fixed f ON f.p_fixed = s.p_at)", Texts = texts };
    }

    /// <summary>Gathers the corrections of this data set in <c>release_fixes</c>, and keeps the new ones with what stood there before. Values of the vault are not kept.</summary>
    private Problem? Remember(TableShape shape)
    {
        var id = SqlNames.Literal(shape.DataSet.Id);
        Connection.Execute("CREATE OR REPLACE TEMP TABLE release_fixes (ordinal BIGINT, item VARCHAR, value VARCHAR)");
        Connection.Execute(
            $"INSERT INTO temp.release_fixes SELECT ordinal, item, arg_max(nullif(after, ''), corrected) FROM ops.correction WHERE batch = {Release.Number} AND data_set = {id} GROUP BY 1, 2");
        foreach (var fix in request.Corrections?.Where(c => c.Batch == Release.Number) ?? [])
        {
            if (Connection.Scalar<long>("SELECT count(*) FROM temp.release_wanted WHERE ordinal = $1", fix.Ordinal) == 0) continue;
            if (shape.DataSet.Find(fix.Item) is not { } item)
                return new(ProblemKind.NotFound, "release.unknown-item", $"{shape.DataSet.Id} has no item '{fix.Item}'.");
            Connection.Execute("DELETE FROM temp.release_fixes WHERE ordinal = $1 AND item = $2", fix.Ordinal, fix.Item);
            Connection.Execute("INSERT INTO temp.release_fixes VALUES ($1, $2, nullif($3, ''))", fix.Ordinal, fix.Item, fix.Value);
            Connection.Execute(
                $"""
                INSERT INTO ops.correction SELECT {Release.Number}, ordinal, data_set, $2, json_extract_string("values", '$.' || $2), $3, $4, $5
                FROM ops.quarantine WHERE batch = {Release.Number} AND ordinal = $1
                """,
                fix.Ordinal, fix.Item, item.InVault ? null : fix.Value, Release.Now, request.Note);
        }

        return null;
    }

    private void Run(string table, string select, CancellationToken cancellation)
    {
        foreach (var (name, create) in Sets.Types)
            if (_types.Add(name)) Connection.Execute(create);
        Connection.Run($"CREATE OR REPLACE TEMP TABLE {table} AS {select}", [], cancellation);
    }

    private static string Fix(string item) => Sql.Name("fix " + item);

    private static string Has(string item) => Sql.Name("fixed " + item);
}
