using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Xunit;
using Yunnao.Services.DataServices;
using Yunnao.Tests.EndToEnd.Ingest;

namespace Yunnao.Tests.EndToEnd.Server;

/// <summary>Walking through pages while others write, and limits; on a server of its own, because it changes what is there.</summary>
public sealed class Data_paging_tests : IAsyncLifetime
{
    private const string Lab = "api/v1/data/lab.result";

    private readonly TestServer _server = new(null, o =>
    {
        o.Data.LimitsOf["app-researcher"] = new DataLimits { RequestsPerMinute = 3 };
        o.Data.LimitsOf["app-doctor"] = new DataLimits { RowsPerDay = 5 };
    });

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private Task<int> LoadAsync(string name, int rows, string report) => SendAsync($"{name}.csv", TestServer.LabFile(rows, report: report), "plain");

    private async Task<int> SendAsync(string name, string file, string source = "hl7v2")
    {
        var job = await _server.CallAsync(
            HttpMethod.Post, $"api/v1/batches?source={source}&name={name}&organisation=H1", await _server.TokenAsync("data_engineer"), new ByteArrayContent(Encoding.UTF8.GetBytes(file)));
        var ended = await _server.EndOfJobAsync((await job.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!, "data_engineer");
        return ended.GetProperty("outcome").GetProperty("batch").GetProperty("number").GetInt32();
    }

    /// <summary>Whatever the order, the length of pages and what is written, loaded again or taken back meanwhile: a row that is there all the time is given once.</summary>
    [Fact]
    public async Task Every_row_that_was_there_all_the_time_is_given_exactly_once_while_others_write()
    {
        var random = new Random(20261128);
        var orders = new[] { "", "-result_value", "abnormal_flag,-_time", "" };
        await LoadAsync("lab-more", 120, "S");
        for (var walk = 0; walk < orders.Length; walk++)
        {
            // From then on the order that nobody asked for is that of persons.
            if (walk == orders.Length - 1) await _server.OptimizeAsync();
            var before = await AllAsync();
            var (limit, seen, cursor, taken, pages) = (random.Next(15, 40), new List<string>(), (string?)null, new List<int>(), 0);
            using var done = new CancellationTokenSource();
            var writing = Task.Run(async () =>
            {
                for (var i = 0; !done.IsCancellationRequested; i++)
                {
                    taken.Add(await LoadAsync($"lab-{walk}-{i}", random.Next(5, 60), $"W{walk}x{i}y"));
                    if (i % 2 == 1) await _server.JsonAsync(HttpMethod.Delete, $"api/v1/batches/{taken[^2]}", "data_engineer");
                }
            });
            do
            {
                var page = await _server.JsonAsync(HttpMethod.Post, $"{Lab}/search", "application", new { purpose = "care", limit, sort = orders[walk], fields = "report_no", after = cursor }.WithoutNulls());
                seen.AddRange(page.GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("report_no").GetString()!));
                cursor = page.GetProperty("next").GetString();
                pages++;
            }
            while (cursor is not null);
            await done.CancelAsync();
            await writing;
            var after = await AllAsync();
            Assert.True(pages > 3 && taken.Count > 0);
            Assert.Equal(seen.Count, seen.Distinct().Count());
            Assert.Empty(before.Intersect(after).Except(seen));
        }
    }

    [Fact]
    public async Task A_walk_that_began_before_the_lake_was_optimized_goes_on_in_its_order_and_a_new_one_comes_by_persons()
    {
        await LoadAsync("lab-more", 120, "S");
        var (before, walk) = (await AllAsync(), new List<JsonElement>());
        var begun = await PageAsync(null);
        await _server.OptimizeAsync();
        for (var page = begun; ; page = await PageAsync(page.GetProperty("next").GetString()))
        {
            walk.AddRange(page.GetProperty("rows").EnumerateArray());
            if (page.GetProperty("next").ValueKind == JsonValueKind.Null) break;
        }

        Assert.Equal(before.Count, walk.Count);
        Assert.Equal(before, walk.Select(r => r.GetProperty("report_no").GetString()!).ToHashSet());
        var persons = new List<ulong>();
        for (var page = await PageAsync(null); ; page = await PageAsync(page.GetProperty("next").GetString()))
        {
            persons.AddRange(page.GetProperty("rows").EnumerateArray().Select(r => ulong.Parse(r.GetProperty("_subject").GetString()!, System.Globalization.CultureInfo.InvariantCulture)));
            if (page.GetProperty("next").ValueKind == JsonValueKind.Null) break;
        }

        Assert.Equal(before.Count, persons.Count);
        Assert.Equal(persons.Order(), persons);
        Assert.True(persons.Distinct().Count() > 3);

        Task<JsonElement> PageAsync(string? after) =>
            _server.JsonAsync(HttpMethod.Post, $"{Lab}/search", "application", new { purpose = "care", limit = 30, fields = "report_no,_subject", after }.WithoutNulls());
    }

    /// <summary>The walk over the changes ends where it began, whatever comes meanwhile; the next mark brings that.</summary>
    [Fact]
    public async Task Changes_since_a_mark_bring_what_is_new_and_what_was_taken_back_once()
    {
        var (held, mark) = (new Dictionary<string, string>(), "start");
        await FollowAsync();
        var batch = await LoadAsync("lab-changes", 60, "C");
        var told = await FollowAsync(async () => await LoadAsync("lab-meanwhile", 10, "D"));
        Assert.Equal((60, 0), told);
        Assert.Equal((10, 0), await FollowAsync());
        await _server.JsonAsync(HttpMethod.Delete, $"api/v1/batches/{batch}", "data_engineer");
        Assert.Equal((0, 60), await FollowAsync());
        Assert.Equal((0, 0), await FollowAsync());
        Assert.Equal(await AllAsync(), held.Values.ToHashSet());

        using var sorted = await _server.CallAsync(HttpMethod.Get, $"{Lab}?purpose=care&since=start&sort=_time", await _server.TokenAsync("application"));
        Assert.Equal((HttpStatusCode.BadRequest, "data.since"), (sorted.StatusCode, await TestServer.CodeAsync(sorted)));
        using var others = await _server.CallAsync(HttpMethod.Get, $"{Lab}?purpose=research&since={mark}", await _server.TokenAsync("application"));
        Assert.Equal((HttpStatusCode.BadRequest, "data.cursor-of-another"), (others.StatusCode, await TestServer.CodeAsync(others)));

        async Task<(int Changed, int Gone)> FollowAsync(Func<Task>? meanwhile = null)
        {
            var (changed, gone, next, cursor) = (0, 0, mark, "");
            do
            {
                var page = await _server.JsonAsync(HttpMethod.Get, $"{Lab}?purpose=care&since={mark}&limit=25&fields=_record,report_no{cursor}", "application");
                foreach (var row in page.GetProperty("rows").EnumerateArray())
                {
                    var (record, ended) = (row.GetProperty("_record").GetString()!, row.GetProperty("_deleted").GetBoolean());
                    if (ended) gone += held.Remove(record) ? 1 : 0;
                    else (held[record], changed) = (row.GetProperty("report_no").GetString()!, changed + 1);
                }

                next = page.GetProperty("mark").GetString()!;
                cursor = page.GetProperty("next").GetString() is { } after ? $"&after={after}" : "";
                if (meanwhile is not null) await meanwhile();
                meanwhile = null;
            }
            while (cursor.Length > 0);
            mark = next;
            return (changed, gone);
        }
    }

    [Fact]
    public async Task A_merge_that_was_sent_is_listed_undone_once_and_audited_and_only_by_those_who_may()
    {
        await SendAsync("merge.hl7", Merge_tests.Result("P1", "R1", 1) + Merge_tests.Result("P2", "R2", 2) + Merge_tests.Merge("P1", "P2", 3));
        var merges = await _server.JsonAsync(HttpMethod.Get, "api/v1/merges", "data_engineer");
        var merge = Assert.Single(merges.EnumerateArray());
        Assert.DoesNotContain("P1", merges.ToString(), StringComparison.Ordinal);
        var number = merge.GetProperty("number").GetInt32();
        foreach (var (method, address, role) in new[] { (HttpMethod.Get, "api/v1/merges", "application"), (HttpMethod.Delete, $"api/v1/merges/{number}", "standards_manager") })
        {
            using var refused = await _server.CallAsync(method, address, await _server.TokenAsync(role));
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }

        var undone = await _server.JsonAsync(HttpMethod.Delete, $"api/v1/merges/{number}", "data_engineer");
        Assert.True(undone.GetProperty("rows").GetInt64() > 0, undone.ToString());
        foreach (var (address, status, code) in new[] { ($"api/v1/merges/{number}", HttpStatusCode.Conflict, "identity.already-undone"), ("api/v1/merges/99", HttpStatusCode.NotFound, "identity.unknown-merge") })
        {
            using var answer = await _server.CallAsync(HttpMethod.Delete, address, await _server.TokenAsync("data_engineer"));
            Assert.Equal((status, code), (answer.StatusCode, await TestServer.CodeAsync(answer)));
        }

        var audit = (await _server.JsonAsync(HttpMethod.Get, "api/v1/audit?most=1000", "audit_administrator")).ToString();
        Assert.Contains($"merge {number} undone", audit, StringComparison.Ordinal);
        Assert.Contains($"\"merge {number}\"", audit, StringComparison.Ordinal);
    }

    private async Task<HashSet<string>> AllAsync() =>
        [.. (await _server.JsonAsync(HttpMethod.Get, $"{Lab}?purpose=care&limit=10000&fields=report_no", "application")).GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("report_no").GetString()!)];

    [Fact]
    public async Task Whoever_took_the_share_of_the_day_is_told_in_the_own_language_when_the_next_one_begins()
    {
        var token = await _server.TokenAsync("doctor");
        Assert.True((await _server.CallAsync(HttpMethod.Get, $"{Lab}?purpose=care&limit=5", token)).IsSuccessStatusCode);
        foreach (var (language, word) in new[] { ("zh-CN", "请"), ("en", "midnight UTC") })
        {
            using var answer = await _server.CallAsync(HttpMethod.Get, $"{Lab}?purpose=care&limit=1", token, language: language);
            Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
            Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 86_400);
            var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal("data.quota", problem.GetProperty("code").GetString());
            Assert.Contains(word, problem.GetProperty("title").GetString(), StringComparison.Ordinal);
        }
    }

    /// <summary>Everybody sees the own share, the administrators those of all, and nobody else another's.</summary>
    [Fact]
    public async Task What_was_taken_of_a_share_is_seen_by_its_owner_and_the_administrators()
    {
        for (var i = 0; i < 2; i++) await _server.JsonAsync(HttpMethod.Get, $"{Lab}?purpose=care&limit=2", "doctor");
        var own = await _server.JsonAsync(HttpMethod.Get, "api/v1/usage", "doctor");
        Assert.Equal(("app-doctor", 2, 4, 5), (own.GetProperty("caller").GetString(), own.GetProperty("requests").GetInt32(), own.GetProperty("rows").GetInt32(), own.GetProperty("limits").GetProperty("rows_per_day").GetInt32()));
        foreach (var role in new[] { "system_administrator", "security_administrator" })
        {
            var all = await _server.JsonAsync(HttpMethod.Get, "api/v1/usage/callers", role);
            Assert.Equal(4, all.EnumerateArray().Single(u => u.GetProperty("caller").GetString() == "app-doctor").GetProperty("rows").GetInt32());
        }

        Assert.Equal(0, (await _server.JsonAsync(HttpMethod.Get, "api/v1/usage/callers?day=2020-01-01", "system_administrator")).GetArrayLength());
        using var other = await _server.CallAsync(HttpMethod.Get, "api/v1/usage/callers", await _server.TokenAsync("doctor"));
        Assert.Equal((HttpStatusCode.Forbidden, "rights.duty"), (other.StatusCode, await TestServer.CodeAsync(other)));
    }

    [Fact]
    public async Task Whoever_asks_too_often_is_told_how_long_to_wait_and_nobody_else_is()
    {
        var codes = new List<string>();
        for (var i = 0; i < 8; i++)
        {
            using var answer = await _server.CallAsync(HttpMethod.Get, $"{Lab}?purpose=research", await _server.TokenAsync("researcher"));
            codes.Add(answer.IsSuccessStatusCode ? "" : await TestServer.CodeAsync(answer));
            if (answer.StatusCode != HttpStatusCode.TooManyRequests) continue;
            Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        }

        // The minute may end on the way, once.
        Assert.InRange(codes.Count(c => c == "data.too-often"), 2, 5);
        Assert.True((await _server.CallAsync(HttpMethod.Get, $"{Lab}?purpose=care", await _server.TokenAsync("application"))).IsSuccessStatusCode);
    }
}

internal static class JsonBodies
{
    private static readonly JsonSerializerOptions s_withoutNulls = new() { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    /// <summary>The object as JSON, without the properties that are null.</summary>
    public static JsonElement WithoutNulls(this object body) =>
        JsonSerializer.SerializeToElement(body, s_withoutNulls);
}
