using System.Data.Common;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Lake.Queries;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Exports.Targets;

/// <summary>
/// ClickHouse, by its HTTP interface. It has no transactions: rows are only added, each with the number of the writing (<c>_export</c>) and
/// whether the record is gone, to a ReplacingMergeTree that keeps the newest of a record; the mark comes last. A writing that was cut off is
/// written once more under a greater number, and a view (<c>lab_result</c> over <c>lab_result_rows</c>) shows each record once all the time.
/// </summary>
internal sealed class ClickHouseTarget : TargetDatabase
{
    private const string Export = "_export";
    private const string Rows = "_rows";

    private readonly HttpClient _http;
    private readonly string _database;

    public ClickHouseTarget(string connection, string? secret)
    {
        var words = new DbConnectionStringBuilder { ConnectionString = connection };
        _database = Word("database", "default");
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri($"{Word("protocol", "http")}://{Word("host", "localhost")}:{Word("port", "8123")}/"), Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.Add("X-ClickHouse-User", Word("username", "default"));
        if (secret is not null) _http.DefaultRequestHeaders.Add("X-ClickHouse-Key", secret);

        string Word(string name, string usual) => words.TryGetValue(name, out var value) ? $"{value}" : usual;
    }

    /// <inheritdoc/>
    public override async Task<Result<TargetMark?>> BeginAsync(string table, CancellationToken cancellation)
    {
        await RunAsync(
            $"CREATE TABLE IF NOT EXISTS {TargetMark.TableName} (table_name String, data_set String, version String, export String, shown String, batch Int32, move Int64, sequence UInt64, rows Int64, registry String, "
            + "written DateTime64(3, 'UTC')) ENGINE = ReplacingMergeTree(sequence) ORDER BY table_name COMMENT '云脑导出的进度'", cancellation).ConfigureAwait(false);
        var found = await RunAsync(
            $"SELECT data_set, version, export, shown, batch, toString(move), toString(sequence), toString(rows), registry, toUnixTimestamp64Milli(written) FROM {TargetMark.TableName} FINAL WHERE table_name = '{table}' FORMAT JSONCompactEachRow",
            cancellation).ConfigureAwait(false);
        if (found.Length == 0) return (TargetMark?)null;
        var row = JsonElement.Parse(found);
        return new TargetMark(
            table, row[0].GetString()!, row[1].GetString()!, row[2].GetString()!, row[3].GetString()!, new(row[4].GetInt32(), Whole(row[5])), Whole(row[6]), Whole(row[7]), row[8].GetString()!,
            DateTimeOffset.FromUnixTimeMilliseconds(row[9].ValueKind == JsonValueKind.String ? Whole(row[9]) : row[9].GetInt64()));
    }

    /// <inheritdoc/>
    public override async Task<Problem?> PrepareAsync(TargetTable table, bool known, CancellationToken cancellation)
    {
        var there = new Dictionary<string, string>(StringComparer.Ordinal);
        var listed = await RunAsync($"SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = '{table.Name}{Rows}' FORMAT JSONCompactEachRow", cancellation).ConfigureAwait(false);
        foreach (var line in listed.Split('\n', StringSplitOptions.RemoveEmptyEntries)) there[JsonElement.Parse(line)[0].GetString()!] = JsonElement.Parse(line)[1].GetString()!;
        if (there.Count == 0)
        {
            var index = table.Has(SystemColumns.Subject) ? $", INDEX by_subject {SystemColumns.Subject} TYPE bloom_filter GRANULARITY 4" : "";
            await RunAsync(
                $"CREATE TABLE {Name(table, Rows)} ({string.Join(", ", table.Columns.Select(Definition))}, {ChangeRange.DeletedColumn} UInt8, {Export} UInt64{index}) "
                + $"ENGINE = ReplacingMergeTree({Export}, {ChangeRange.DeletedColumn}) ORDER BY {SystemColumns.Record} COMMENT {Literal(table.Comment)}", cancellation).ConfigureAwait(false);
        }
        else if (!known && (await RunAsync($"SELECT 1 FROM {Name(table, Rows)} WHERE {Export} = 0 LIMIT 1", cancellation).ConfigureAwait(false)).Length > 0)
        {
            return TargetProblems.NotOurs(table.Name + Rows);
        }

        foreach (var column in there.Count == 0 ? [] : table.Columns)
        {
            if (!there.TryGetValue(column.Name, out var type)) await RunAsync($"ALTER TABLE {Name(table, Rows)} ADD COLUMN {Definition(column)} AFTER {Quote(Before(table, column))}", cancellation).ConfigureAwait(false);
            else if (type == SqlType(column) || Wider(column).Contains(type, StringComparer.Ordinal)) continue;
            else if (Narrower(column).Contains(type, StringComparer.Ordinal)) await RunAsync($"ALTER TABLE {Name(table, Rows)} MODIFY COLUMN {Definition(column)}", cancellation).ConfigureAwait(false);
            else return TargetProblems.Shape(table.Name + Rows, column.Name, $"{type}", $"{SqlType(column)}");
        }

        var names = string.Join(", ", table.Columns.Select(c => Quote(c.Name)));
        await RunAsync($"CREATE OR REPLACE VIEW {Name(table, "")} AS SELECT {names} FROM {Name(table, Rows)} FINAL WHERE {ChangeRange.DeletedColumn} = 0", cancellation).ConfigureAwait(false);
        return null;
    }

    /// <inheritdoc/>
    public override async Task<Problem?> WriteAsync(TargetTable table, bool replace, long sequence, AnswerRows rows, CancellationToken cancellation)
    {
        var number = sequence.ToString(CultureInfo.InvariantCulture);
        var names = string.Join(", ", table.Columns.Select(c => Quote(c.Name)).Append(ChangeRange.DeletedColumn).Append(Export));
        using var content = new BlocksContent(rows, new TabRows(rows.TellsDeletions ? $"\t{number}" : $"\t0\t{number}"), cancellation);
        await SendAsync($"INSERT INTO {Name(table, Rows)} ({names}) FORMAT TabSeparated", content, cancellation).ConfigureAwait(false);
        if (!replace) return null;
        var keys = string.Join(", ", table.Columns.Where(c => c.Name is SystemColumns.Record or SystemColumns.Subject or SystemColumns.Org).Select(c => Quote(c.Name)));
        await RunAsync(
            $"INSERT INTO {Name(table, Rows)} ({keys}, {ChangeRange.DeletedColumn}, {Export}) SELECT {keys}, 1, {number} FROM {Name(table, Rows)} FINAL WHERE {ChangeRange.DeletedColumn} = 0 AND {Export} < {number}",
            cancellation).ConfigureAwait(false);
        return null;
    }

    /// <inheritdoc/>
    public override Task CommitAsync(TargetMark mark, CancellationToken cancellation)
    {
        var line = JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["table_name"] = mark.Table, ["data_set"] = mark.DataSet, ["version"] = mark.Version, ["export"] = mark.Order, ["shown"] = mark.Shown, ["batch"] = mark.Mark.Batch, ["move"] = mark.Mark.Move,
            ["sequence"] = mark.Sequence, ["rows"] = mark.Rows, ["registry"] = mark.Registry, ["written"] = mark.Written.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture),
        });
        return SendAsync($"INSERT INTO {TargetMark.TableName} FORMAT JSONEachRow", new StringContent(line), cancellation);
    }

    /// <inheritdoc/>
    public override Task AbandonAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public override Problem? Explain(Exception exception) => exception switch
    {
        ClickHouseException refused => refused.Code switch
        {
            192 or 193 or 194 or 516 or 81 => TargetProblems.Login,
            497 or 164 => TargetProblems.Rights,
            243 or 241 => TargetProblems.Full,
            26 or 27 or 38 or 41 or 72 or 117 => TargetProblems.Value(""),
            210 or 209 or 236 => TargetProblems.Lost,
            var code => TargetProblems.Refused(string.Create(CultureInfo.InvariantCulture, $"code {code}")),
        },
        HttpRequestException or SocketException or IOException or TimeoutException => TargetProblems.Lost,
        ArgumentException or UriFormatException => TargetProblems.Connection,
        _ => null,
    };

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task<string> RunAsync(string sql, CancellationToken cancellation) => SendAsync(null, new StringContent(sql), cancellation);

    /// <summary>Sends a statement, in the address when the body is its rows. Fails with <see cref="ClickHouseException"/>.</summary>
    private async Task<string> SendAsync(string? statement, HttpContent content, CancellationToken cancellation)
    {
        // Half of an answer is no answer: the status waits for the end.
        var address = $"?database={Uri.EscapeDataString(_database)}&wait_end_of_query=1&mutations_sync=1{(statement is null ? "" : $"&query={Uri.EscapeDataString(statement)}")}";
        using var answer = await _http.PostAsync(new Uri(address, UriKind.Relative), content, cancellation).ConfigureAwait(false);
        if (answer.StatusCode == HttpStatusCode.OK) return await answer.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
        throw new ClickHouseException(answer.Headers.TryGetValues("X-ClickHouse-Exception-Code", out var codes) && int.TryParse(codes.First(), out var code) ? code : 0);
    }

    private static long Whole(JsonElement text) => long.Parse(text.GetString()!, CultureInfo.InvariantCulture);

    private static string Before(TargetTable table, TargetColumn column) => table.Columns[Math.Max(0, table.Columns.ToList().IndexOf(column) - 1)].Name;

    private static string Name(TargetTable table, string ending) => Quote(table.Name + ending);

    private static string Definition(TargetColumn column) => $"{Quote(column.Name)} {SqlType(column)} COMMENT {Literal(column.Comment)}";

    private static string SqlType(TargetColumn column) => column.Name == SystemColumns.Record ? "String" : $"Nullable({Plain(column.Type, column.Scale)})";

    private static IEnumerable<string> Wider(TargetColumn column) => Others(column, column.FitsInto);

    private static IEnumerable<string> Narrower(TargetColumn column) => Others(column, (type, scale) => new TargetColumn(column.Name, type, scale, "").FitsInto(column.Type, column.Scale));

    private static IEnumerable<string> Others(TargetColumn column, Func<TargetType, int, bool> fits) =>
        from type in Enum.GetValues<TargetType>()
        from scale in type == TargetType.Decimal ? Enumerable.Range(0, 19) : [0]
        where fits(type, scale)
        select SqlType(new(column.Name, type, scale, ""));

    private static string Plain(TargetType type, int scale) => type switch
    {
        TargetType.Boolean => "Bool",
        TargetType.Integer => "Int32",
        TargetType.Long => "Int64",
        TargetType.Decimal => $"Decimal(18, {scale})",
        TargetType.Double => "Float64",
        TargetType.Date => "Date32",
        TargetType.Timestamp => "DateTime64(6)",

        // It has no type for the time of a day.
        _ => "String",
    };

    private static string Quote(string name) => $"`{name}`";

    private static string Literal(string text) => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";

    private sealed class BlocksContent : HttpContent
    {
        private readonly AnswerRows _rows;
        private readonly TabRows _encoder;
        private readonly CancellationToken _cancellation;

        public BlocksContent(AnswerRows rows, TabRows encoder, CancellationToken cancellation)
        {
            (_rows, _encoder, _cancellation) = (rows, encoder, cancellation);
            Headers.ContentType = new MediaTypeHeaderValue("text/tab-separated-values");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await foreach (var block in _rows.BlocksAsync(_encoder, _cancellation).ConfigureAwait(false)) await stream.WriteAsync(block.Written, _cancellation).ConfigureAwait(false);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
