using System.Data.Common;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Lake.Batches;
using Yunnao.Lake.Queries;
using Yunnao.Services.Jobs;
using Yunnao.Standards;
using Yunnao.Standards.Compile;
using Yunnao.Standards.Feeds;

namespace Yunnao.Services.Exports.Targets;

/// <summary>
/// Another platform of this kind. Rows go to it as files in parts, each a batch of its ledger, named for table, sender, number of the writing and part; a
/// record that is sent again supersedes what it was. A part that was sent before a crash is known by its bytes and not loaded twice. A ledger takes no single
/// record back: where records are gone, all rows are written anew, and then the batches of earlier writings are taken back.
/// </summary>
internal sealed class YunnaoTarget : TargetDatabase
{
    private const string UsualSource = "yunnao";
    private const string UsualPartMb = "64";
    private const int MostBatches = 10_000;

    private readonly ReceivingServer _server;
    private readonly SentBook _book;
    private readonly string _sender, _source;
    private readonly long _partBytes;
    private string _table = "";
    private CsvRows? _encoder;
    private long _quarantined;

    private YunnaoTarget(ReceivingServer server, SentBook book, string sender, string source, int partMb) =>
        (_server, _book, _sender, _source, _partBytes) = (server, book, sender, source, (long)partMb << 20);

    /// <inheritdoc/>
    public override bool NeedsWhole => _encoder?.Gone > 0;

    /// <inheritdoc/>
    public override long Quarantined => _quarantined;

    private SentTable Sent => _book.Of(_table);

    /// <summary>A target that its connection describes. Problem: <c>target.connection</c>.</summary>
    public static Result<YunnaoTarget> Of(Target target, string? secret)
    {
        var words = new DbConnectionStringBuilder { ConnectionString = target.Connection };
        if (!Uri.TryCreate(Word("url", ""), UriKind.Absolute, out var url) || !(url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))) return TargetProblems.Connection;
        var (sender, client) = (Word("sender", target.Id), Word("client", ""));
        if (client.Length == 0 || sender.Length is 0 or > 40 || !sender.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')) return TargetProblems.Connection;
        if (!int.TryParse(Word("part", UsualPartMb), NumberStyles.None, CultureInfo.InvariantCulture, out var partMb) || partMb is 0 or > 1024) return TargetProblems.Connection;
        var book = new SentBook(Path.ChangeExtension(target.File, ".sent.json"), $"{url} {sender}");
        return new YunnaoTarget(new ReceivingServer(url, client, secret ?? ""), book, sender, Word("source", UsualSource), partMb);

        string Word(string name, string usual) => words.TryGetValue(name, out var value) ? $"{value}" : usual;
    }

    /// <summary>Proves that the server is there and knows the client. Null when it is; problems: <c>target.connect</c>, <c>target.login</c>.</summary>
    public async Task<Problem?> SignInAsync(CancellationToken cancellation)
    {
        try
        {
            await _server.SignInAsync(cancellation).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (Explain(e) is { } problem)
        {
            return problem;
        }
    }

    /// <inheritdoc/>
    public override async Task<Result<TargetMark?>> BeginAsync(string table, CancellationToken cancellation)
    {
        if (!_book.Open()) return TargetProblems.Busy(table);
        (_table, _encoder, _quarantined) = (table, null, 0);
        var newest = await BatchesAsync(1, cancellation).ConfigureAwait(false);
        if (Sent.Mark is not { } mark || Sent.Begun?.Replace == true) return (TargetMark?)null;

        // What the other side has must be what this side remembers: either of them may have been restored from a backup.
        long? there = newest is [var last] ? NumberOf(last) : null;
        return there == Sent.Newest || (there is not null && there == Sent.Begun?.Number) ? mark : (TargetMark?)null;
    }

    /// <inheritdoc/>
    public override long Number(long next, LakeMark upTo, bool replace)
    {
        // The same rows under the same number are the same bytes, which the other side knows again.
        if (Sent.Begun is { } begun && begun.UpTo == upTo && begun.Replace == replace) return begun.Number;
        var number = Math.Max(next, Math.Max(Sent.Begun?.Number ?? 0, Sent.Newest ?? 0) + 1);
        _book.Put(_table, Sent with { Begun = new(number, upTo, replace) });
        return number;
    }

    /// <inheritdoc/>
    public override Task<Problem?> PrepareAsync(TargetTable table, bool known, CancellationToken cancellation) => Task.FromResult<Problem?>(null);

    /// <inheritdoc/>
    public override async Task<Problem?> WriteAsync(TargetTable table, bool replace, long sequence, AnswerRows rows, CancellationToken cancellation)
    {
        var columns = Columns(table, rows);
        var header = Encoding.UTF8.GetBytes(string.Join(',', columns.Select(c => c.Item)) + "\n");
        _encoder = new CsvRows([.. columns.Select(c => c.Place)]);
        var number = 0;
        var part = new SentPart(header, _partBytes);
        var loading = Task.CompletedTask;
        try
        {
            await foreach (var block in rows.BlocksAsync(_encoder, cancellation).ConfigureAwait(false))
            {
                part.Add(block);
                if (!part.Full) continue;

                // While the other side loads a part, the next one is made.
                await loading.ConfigureAwait(false);
                loading = LoadAsync(part, Name(table, sequence, ++number), cancellation);
                part = new SentPart(header, _partBytes);
            }

            await loading.ConfigureAwait(false);
            if (part.Rows > 0) await LoadAsync(part, Name(table, sequence, ++number), cancellation).ConfigureAwait(false);
            else part.Dispose();
        }
        finally
        {
            await loading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (replace) await TakeBackAsync(sequence, cancellation).ConfigureAwait(false);
        if (number > 0) _book.Put(_table, Sent with { Newest = sequence });
        else if (replace) _book.Put(_table, Sent with { Newest = null });
        return null;
    }

    /// <inheritdoc/>
    public override Task CommitAsync(TargetMark mark, CancellationToken cancellation)
    {
        _book.Put(_table, Sent with { Mark = mark, Begun = null });
        _book.Close();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task AbandonAsync()
    {
        _book.Close();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Problem? Explain(Exception exception) => exception switch
    {
        ReceivingException refused => refused.Problem,
        HttpRequestException or SocketException or IOException or TimeoutException or JsonException => TargetProblems.Lost,
        _ => null,
    };

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _book.Close();
        _server.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The items that are sent and their places in the answer. One that the policy shows in another form than the item has is not: it would be no value of it.</summary>
    private static List<(string Item, int Place)> Columns(TargetTable table, AnswerRows rows)
    {
        var set = table.Shape.DataSet;
        var found = new List<(string, int)>();
        foreach (var column in table.Columns)
        {
            var item = column.Name switch
            {
                SystemColumns.Subject => set.Subject,
                SystemColumns.Org => set.Organisation,
                SystemColumns.Time => set.Time,
                var name => set.Find(name),
            };
            if (item is null || (column.Type == TargetType.Text && item.Element.Type is not (ElementType.S1 or ElementType.S2 or ElementType.S3))) continue;
            found.Add((item.Name, rows.Schema.GetFieldIndex(column.Name)));
        }

        return found;
    }

    private string Prefix(string table) => $"{table}.{_sender}.";

    private string Name(TargetTable table, long sequence, int part) => string.Create(CultureInfo.InvariantCulture, $"{Prefix(table.Name)}{sequence}-{part:D5}.csv.gz");

    private static long? NumberOf(BatchEntry batch)
    {
        var name = batch.Header.FileName.Split('.');
        return name.Length >= 3 && long.TryParse(name[^3].Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    /// <summary>Sends a part, which is used up by it, and waits until it is loaded.</summary>
    private async Task LoadAsync(SentPart part, string name, CancellationToken cancellation)
    {
        var (bytes, rows) = (part.Bytes(), part.Rows);
        part.Dispose();
        var job = await _server.PostAsync<Job>($"api/v1/batches?source={_source}&organisation={_sender}&name={name}", bytes, cancellation).ConfigureAwait(false);
        for (var wait = 20; !job.Final; wait = Math.Min(wait * 2, 1000))
        {
            await Task.Delay(wait, cancellation).ConfigureAwait(false);
            job = await _server.GetAsync<Job>($"api/v1/jobs/{job.Id}", cancellation).ConfigureAwait(false);
        }

        var outcome = job.Outcome ?? default;
        if (job.State != JobState.Done) throw new ReceivingException(TargetProblems.Refused(CodeOf(outcome)));
        var batch = outcome.TryGetProperty("batch", out var loaded) ? loaded.Deserialize<BatchEntry>(Web.ApiJson.Options)!
            : await _server.GetAsync<BatchEntry>($"api/v1/batches/{outcome.GetProperty("already_loaded").GetInt32()}", cancellation).ConfigureAwait(false);
        if (batch.Accepted + batch.Quarantined != rows) throw new ReceivingException(TargetProblems.Count(rows, batch.Accepted + batch.Quarantined));
        _quarantined += batch.Quarantined;
    }

    private static string CodeOf(JsonElement outcome) => outcome.ValueKind == JsonValueKind.Object && outcome.TryGetProperty("code", out var code) ? $"{code}" : "job";

    /// <summary>After all rows came anew: what earlier writings brought and nothing superseded is gone on this side.</summary>
    private async Task TakeBackAsync(long sequence, CancellationToken cancellation)
    {
        while (true)
        {
            var earlier = (await BatchesAsync(MostBatches, cancellation).ConfigureAwait(false)).Where(b => NumberOf(b) < sequence).OrderBy(b => b.Number).ToList();
            if (earlier.Count == 0) return;
            foreach (var batch in earlier) await _server.DeleteAsync($"api/v1/batches/{batch.Number}", cancellation).ConfigureAwait(false);
        }
    }

    private Task<List<BatchEntry>> BatchesAsync(int most, CancellationToken cancellation) =>
        _server.GetAsync<List<BatchEntry>>($"api/v1/batches?most={most}&taken_back=false&name={Prefix(_table)}", cancellation);
}
