using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Apache.Arrow.Ipc;
using DuckDB.NET.Data;
using Xunit;
using Yunnao.Services.DataServices;

namespace Yunnao.Tests.EndToEnd.Server;

/// <summary>Data sets by interface, through HTTP: the syntax, the forms, the cursors, and that nobody gets further than the rights.</summary>
public sealed class Data_service_tests(TestServer server) : IClassFixture<TestServer>
{
    private const string Lab = "api/v1/data/lab.result";

    private Task<JsonElement> GetAsync(string address, string role = "application") => server.JsonAsync(HttpMethod.Get, address, role);

    private async Task<(HttpStatusCode Status, string Code)> RefusedAsync(string address, string role = "application", object? body = null)
    {
        using var answer = await server.CallAsync(body is null ? HttpMethod.Get : HttpMethod.Post, address, await server.TokenAsync(role), body is null ? null : JsonContent.Create(body));
        return (answer.StatusCode, await TestServer.CodeAsync(answer));
    }

    private static List<JsonElement> Rows(JsonElement page) => [.. page.GetProperty("rows").EnumerateArray()];

    [Fact]
    public async Task The_list_names_what_the_caller_reaches_and_how_each_column_is_shown()
    {
        var list = await GetAsync("api/v1/data?purpose=care");
        var lab = list.EnumerateArray().Single(d => d.GetProperty("id").GetString() == "lab.result");
        Assert.Equal("检验结果", lab.GetProperty("name_zh").GetString());
        var columns = lab.GetProperty("columns").EnumerateArray().ToDictionary(c => c.GetProperty("name").GetString()!);
        Assert.Equal("number", columns["result_value"].GetProperty("kind").GetString());
        Assert.True(columns["_subject"].GetProperty("only_in_body").GetBoolean());
        Assert.True(columns["report_no"].GetProperty("only_in_body").GetBoolean());
        Assert.False(columns["item_code"].GetProperty("only_in_body").GetBoolean());
        Assert.DoesNotContain("patient_id", columns.Keys);
        Assert.DoesNotContain("_batch", columns.Keys);
    }

    [Fact]
    public async Task Filters_fields_order_and_time_are_what_they_say()
    {
        var page = await GetAsync($"{Lab}?purpose=care&result_value=ge:9&result_value=le:10&fields=item_code,result_value,report_time&sort=-result_value,report_time&limit=1000&from=2025-03-02&to=2025-03-20");
        var rows = Rows(page);
        Assert.NotEmpty(rows);
        Assert.All(rows, r => Assert.InRange(r.GetProperty("result_value").GetDouble(), 9, 10));
        Assert.All(rows, r => Assert.InRange(string.CompareOrdinal(r.GetProperty("report_time").GetString(), "2025-03-02"), 0, int.MaxValue));
        Assert.All(rows, r => Assert.True(string.CompareOrdinal(r.GetProperty("report_time").GetString(), "2025-03-20") < 0));
        var values = rows.Select(r => r.GetProperty("result_value").GetDouble()).ToList();
        Assert.Equal(values.OrderDescending(), values);
        Assert.Equal(["item_code", "result_value", "report_time"], rows[0].EnumerateObject().Select(p => p.Name));
        Assert.Equal(JsonValueKind.Null, page.GetProperty("next").ValueKind);
        var all = Rows(await GetAsync($"{Lab}?purpose=care&limit=1000"));
        Assert.Equal(99, all.Count);
        Assert.Equal(Rows(await GetAsync($"{Lab}?purpose=care&limit=1000&result_value=in:5,6")).Count, all.Count(r => r.GetProperty("result_value").GetDouble() is 5 or 6));
        Assert.Equal(99, Rows(await GetAsync($"{Lab}?purpose=care&limit=1000&item_code=prefix:GL")).Count);
        Assert.Empty(Rows(await GetAsync($"{Lab}?purpose=care&item_code=ne:GLU")));
        Assert.Equal(99, Rows(await GetAsync($"{Lab}?purpose=care&limit=1000&abnormal_flag=null:true")).Count);
    }

    [Fact]
    public async Task Pages_give_every_row_once_in_any_order_and_the_links_lead_through()
    {
        foreach (var sort in new[] { "", "&sort=result_value", "&sort=-report_time,result_value", "&sort=abnormal_flag" })
        {
            var (seen, address) = (new List<string>(), $"{Lab}?purpose=care&limit=7&fields=report_no{sort}");
            while (address is not null)
            {
                using var answer = await server.CallAsync(HttpMethod.Get, address, await server.TokenAsync("application"));
                var page = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
                seen.AddRange(Rows(page).Select(r => r.GetProperty("report_no").GetString()!));
                var next = page.GetProperty("next").GetString();
                Assert.Equal(next, answer.Headers.TryGetValues("Yunnao-Next", out var head) ? head.Single() : null);
                address = answer.Headers.TryGetValues("Link", out var link) ? link.Single().Split('<', '>')[1].TrimStart('/') : null!;
                Assert.Equal(next is null, address is null);
            }

            Assert.Equal(99, seen.Count);
            Assert.Equal(99, seen.Distinct().Count());
        }
    }

    /// <summary>Rows of the other organisation are nobody's business whose right reaches the own one only: not by filter, not by group, not by cursor.</summary>
    [Fact]
    public async Task No_filter_group_or_cursor_reaches_another_organisation()
    {
        Assert.Empty(Rows(await GetAsync($"{Lab}?purpose=care&organisation=H2")));
        Assert.Empty(Rows(await GetAsync($"{Lab}?purpose=care&_org=H2")));
        Assert.All(Rows(await GetAsync($"{Lab}?purpose=care&limit=1000")), r => Assert.Equal("H1", r.GetProperty("_org").GetString()));
        var groups = Rows(await GetAsync($"{Lab}?purpose=care&group=_org&measures=count"));
        Assert.Equal([("H1", 99)], groups.Select(g => (g.GetProperty("_org").GetString()!, g.GetProperty("count").GetInt32())));
    }

    [Fact]
    public async Task Items_without_a_right_are_neither_shown_nor_asked_by_nor_sorted_nor_counted()
    {
        foreach (var parameter in new[] { "fields=patient_id", "sort=patient_id", "group=patient_id", "group=item_code&measures=distinct:patient_id", "fields=_batch", "sort=_checks" })
        {
            Assert.Equal((HttpStatusCode.Forbidden, "scope.item"), await RefusedAsync($"{Lab}?purpose=care&{parameter}"));
        }

        Assert.Equal((HttpStatusCode.Forbidden, "scope.item"), await RefusedAsync($"{Lab}/search", body: new { purpose = "care", patient_id = "P1" }));
        Assert.Equal((HttpStatusCode.Forbidden, "scope.role"), await RefusedAsync($"{Lab}?purpose=self"));
        Assert.Equal((HttpStatusCode.Forbidden, "scope.subject"), await RefusedAsync($"{Lab}?purpose=interface"));
        Assert.Equal((HttpStatusCode.Forbidden, "scope.rows"), await RefusedAsync($"{Lab}?purpose=management", "manager"));
        Assert.Equal((HttpStatusCode.Forbidden, "scope.rows"), await RefusedAsync($"{Lab}?purpose=management&measures=max:result_value", "manager"));
    }

    [Fact]
    public async Task Groups_of_few_persons_are_left_out_where_the_policy_says_so()
    {
        var all = Rows(await GetAsync($"{Lab}?purpose=management&group=_org&measures=count,avg:result_value", "manager"));
        Assert.Equal(2, all.Count);
        Assert.All(all, g => Assert.InRange(g.GetProperty("average_result_value").GetDouble(), 4, 10));
        var days = Rows(await GetAsync($"{Lab}?purpose=management&group=_time,_org&measures=count", "manager"));
        Assert.Empty(days);
    }

    [Fact]
    public async Task Groups_are_sorted_by_their_measures_as_they_are_asked_for_or_called()
    {
        foreach (var sort in new[] { "-avg:result_value", "-average_result_value", "-count,-avg:result_value" })
        {
            var groups = Rows(await GetAsync($"{Lab}?purpose=care&group=report_time&measures=count,avg:result_value&sort={sort}"));
            Assert.True(groups.Count > 2);
            (int Count, double Mean) Of(JsonElement g) => (sort.StartsWith("-count", StringComparison.Ordinal) ? g.GetProperty("count").GetInt32() : 0, g.GetProperty("average_result_value").GetDouble());
            Assert.Equal(groups.Select(Of).OrderDescending(), groups.Select(Of));
        }

        Assert.Equal((HttpStatusCode.BadRequest, "query.item"), await RefusedAsync($"{Lab}?purpose=care&group=item_code&measures=count&sort=-avg:result_value"));
        Assert.Equal((HttpStatusCode.Forbidden, "scope.item"), await RefusedAsync($"{Lab}?purpose=care&group=item_code&measures=count&sort=patient_id"));
    }

    [Fact]
    public async Task Bounds_that_meet_in_one_value_are_no_impossible_range() =>
        Assert.Equal(Rows(await GetAsync($"{Lab}?purpose=care&result_value=5&limit=1000")).Count, Rows(await GetAsync($"{Lab}?purpose=care&result_value=ge:5&result_value=le:5&limit=1000")).Count);

    [Fact]
    public async Task One_person_is_named_in_the_body_and_nowhere_else()
    {
        var subjects = Rows(await GetAsync($"{Lab}?purpose=care&fields=_subject&limit=1000")).Select(r => r.GetProperty("_subject").GetString()!).ToList();
        var page = await server.JsonAsync(HttpMethod.Post, $"{Lab}/search", "application", new { purpose = "care", subject = subjects[0], limit = 1000 });
        Assert.Equal(subjects.Count(s => s == subjects[0]), Rows(page).Count);
        Assert.All(Rows(page), r => Assert.Equal(subjects[0], r.GetProperty("_subject").GetString()));
        var report = Rows(page)[0].GetProperty("report_no").GetString();
        Assert.Equal(report, Rows(await server.JsonAsync(HttpMethod.Post, $"{Lab}/search", "application", new { purpose = "care", report_no = report }))[0].GetProperty("report_no").GetString());
        Assert.Equal((HttpStatusCode.BadRequest, "data.only-in-body"), await RefusedAsync($"{Lab}?purpose=care&subject={subjects[0]}"));
        Assert.Equal((HttpStatusCode.BadRequest, "data.only-in-body"), await RefusedAsync($"{Lab}?purpose=care&_subject={subjects[0]}"));
        Assert.Equal((HttpStatusCode.BadRequest, "data.only-in-body"), await RefusedAsync($"{Lab}?purpose=care&report_no={report}"));
        Assert.Equal((HttpStatusCode.BadRequest, "data.only-in-body"), await RefusedAsync($"{Lab}?purpose=care&patient_id=P1"));

        // With pseudonyms for keys, pages go on all the same, and the pseudonyms are those of the list.
        var shown = await server.JsonAsync(HttpMethod.Post, $"{Lab}/search", "application", new { purpose = "interface", subject = subjects[0], limit = 2 });
        Assert.Equal(32, Rows(shown)[0].GetProperty("_subject").GetString()!.Length);
        Assert.DoesNotContain(subjects[0], shown.GetRawText(), StringComparison.Ordinal);
        var more = await server.JsonAsync(HttpMethod.Post, $"{Lab}/search", "application", new { purpose = "interface", subject = subjects[0], limit = 2, after = shown.GetProperty("next").GetString() });
        Assert.NotEmpty(Rows(more));
        Assert.DoesNotContain(Rows(more)[0].GetProperty("_record").GetString(), Rows(shown).Select(r => r.GetProperty("_record").GetString()));
    }

    [Fact]
    public async Task A_cursor_opens_its_own_question_for_its_own_caller_and_nothing_else()
    {
        var cursor = (await GetAsync($"{Lab}?purpose=care&limit=5&sort=result_value")).GetProperty("next").GetString()!;
        Assert.Equal(5, Rows(await GetAsync($"{Lab}?purpose=care&limit=5&sort=result_value&after={cursor}")).Count);
        Assert.Equal(9, Rows(await GetAsync($"{Lab}?purpose=care&limit=9&sort=result_value&after={cursor}")).Count);
        Assert.Equal((HttpStatusCode.BadRequest, "data.cursor-of-another"), await RefusedAsync($"{Lab}?purpose=care&limit=5&sort=-result_value&after={cursor}"));
        Assert.Equal((HttpStatusCode.BadRequest, "data.cursor-of-another"), await RefusedAsync($"{Lab}?purpose=care&limit=5&sort=result_value&item_code=GLU&after={cursor}"));
        Assert.Equal((HttpStatusCode.BadRequest, "data.cursor-of-another"), await RefusedAsync($"{Lab}?purpose=care&limit=5&sort=result_value&after={cursor}", "doctor"));
        for (var i = 0; i < cursor.Length; i += 5)
        {
            var bent = cursor[..i] + (cursor[i] == 'A' ? 'B' : 'A') + cursor[(i + 1)..];
            Assert.Equal((HttpStatusCode.BadRequest, "data.cursor"), await RefusedAsync($"{Lab}?purpose=care&limit=5&sort=result_value&after={bent}"));
        }

        Assert.Equal((HttpStatusCode.BadRequest, "data.cursor"), await RefusedAsync($"{Lab}?purpose=care&after=AAAA"));
        Assert.DoesNotContain("GLU", cursor, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("purpose=care&no_such_item=1", HttpStatusCode.BadRequest, "query.item")]
    [InlineData("purpose=care&fields=no_such_item", HttpStatusCode.BadRequest, "query.item")]
    [InlineData("purpose=care&result_value=ge:lots", HttpStatusCode.BadRequest, "data.value")]
    [InlineData("purpose=care&result_value=prefix:1", HttpStatusCode.BadRequest, "data.value")]
    [InlineData("purpose=care&result_value=null:perhaps", HttpStatusCode.BadRequest, "data.value")]
    [InlineData("purpose=care&report_time=2025-02-30", HttpStatusCode.BadRequest, "data.value")]
    [InlineData("purpose=care&from=2025-03-02&to=2025-03-01", HttpStatusCode.BadRequest, "data.range")]
    [InlineData("purpose=care&result_value=ge:20&result_value=lt:10", HttpStatusCode.BadRequest, "data.range", "result_value")]
    [InlineData("purpose=care&result_value=ge:5&result_value=lt:5", HttpStatusCode.BadRequest, "data.range", "result_value")]
    [InlineData("purpose=care&report_time=lt:2025-03-01&report_time=gt:2025-03-02", HttpStatusCode.BadRequest, "data.range", "report_time")]
    [InlineData("purpose=care&from=2025-03-02&_time=lt:2025-03-01", HttpStatusCode.BadRequest, "data.range", "_time")]
    [InlineData("purpose=care&from=yesterday", HttpStatusCode.BadRequest, "data.value")]
    [InlineData("purpose=care&limit=1000000", HttpStatusCode.BadRequest, "data.limit")]
    [InlineData("purpose=care&limit=0", HttpStatusCode.BadRequest, "data.limit")]
    [InlineData("purpose=care&limit=-5", HttpStatusCode.BadRequest, "data.limit")]
    [InlineData("purpose=care&limit=5&limit=6", HttpStatusCode.BadRequest, "data.repeated")]
    [InlineData("purpose=care&measures=median:result_value", HttpStatusCode.BadRequest, "data.measure")]
    [InlineData("purpose=care&measures=sum:item_code", HttpStatusCode.BadRequest, "query.outputs")]
    [InlineData("purpose=care&group=item_code&after=AAAA", HttpStatusCode.BadRequest, "data.grouped", "after")]
    [InlineData("purpose=care&group=item_code&limit=2", HttpStatusCode.BadRequest, "data.grouped", "limit")]
    [InlineData("purpose=care&measures=count&fields=item_code", HttpStatusCode.BadRequest, "data.grouped", "fields")]
    [InlineData("purpose=care&_count=5", HttpStatusCode.BadRequest, "query.item", "_count")]
    [InlineData("purpose=care&sort=-no_such_item", HttpStatusCode.BadRequest, "query.item", "no_such_item")]
    [InlineData("purpose=care&fields=item_code,item_code", HttpStatusCode.BadRequest, "query.outputs", "item_code")]
    [InlineData("purpose=care&group=item_code&sort=result_value", HttpStatusCode.BadRequest, "query.order", "result_value")]
    [InlineData("item_code=GLU", HttpStatusCode.BadRequest, "query.purpose", "purpose")]
    [InlineData("purpose=mischief", HttpStatusCode.Forbidden, "scope.purpose", "purpose")]
    public async Task What_is_wrong_in_an_address_has_a_stable_code_and_its_place(string query, HttpStatusCode status, string code, string? place = null)
    {
        using var answer = await server.CallAsync(HttpMethod.Get, $"{Lab}?{query}", await server.TokenAsync("application"));
        var problem = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal((status, code), (answer.StatusCode, problem.GetProperty("code").GetString()));
        var path = problem.GetProperty("where").GetProperty("path").GetString();
        if (place is not null) Assert.Equal(place, path);
    }

    /// <summary>What no endpoint reads is refused by the server itself: with a code and a place too, and without a word of the values that were sent.</summary>
    [Theory]
    [InlineData("GET", "api/v1/no-such-address", null, null, HttpStatusCode.NotFound, "server.no-address", null)]
    [InlineData("DELETE", "api/v1/data/lab.result", null, null, HttpStatusCode.MethodNotAllowed, "server.method", null)]
    [InlineData("POST", "api/v1/data/lab.result/search", "purpose=care", "application/x-www-form-urlencoded", HttpStatusCode.UnsupportedMediaType, "server.content-type", "Content-Type")]
    [InlineData("POST", "api/v1/data/lab.result/search", "{\"purpose\": 张三", "application/json", HttpStatusCode.BadRequest, "server.bad-request", "$")]
    [InlineData("POST", "api/v1/subscriptions", "{\"url\": 张三}", "application/json", HttpStatusCode.BadRequest, "server.bad-request", "url")]
    [InlineData("POST", "api/v1/subscriptions", "{\"data_set\": \"lab.result\", \"purposes\": \"张三\"}", "application/json", HttpStatusCode.BadRequest, "server.bad-request", "purposes")]
    [InlineData("POST", "api/v1/exports", "{\"data_sets\": [\"lab.result\"], \"purpose\": \"care\", \"form\": \"张三\"}", "application/json", HttpStatusCode.BadRequest, "server.bad-request", "form")]
    [InlineData("POST", "api/v1/exports", "{\"data_sets\": [\"lab.result\", \"lab.result\"], \"purpose\": \"care\"}", "application/json", HttpStatusCode.BadRequest, "export.order", "data_sets")]
    [InlineData("POST", "api/v1/exports", "{\"data_sets\": [\"lab.result\"], \"purpose\": \"care\", \"since\": {\"batch\": 99999, \"move\": 1}}", "application/json", HttpStatusCode.Conflict, "export.full-needed", "since")]
    [InlineData("POST", "api/v1/exports", "{\"data_sets\": [\"lab.result\"], \"purpose\": \"care\", \"since\": \"张三\"}", "application/json", HttpStatusCode.BadRequest, "server.bad-request", "since")]
    [InlineData("GET", "api/v1/exports?most=张三", null, null, HttpStatusCode.BadRequest, "server.bad-request", "most")]
    public async Task What_no_endpoint_reads_is_refused_with_a_code_and_a_place(string method, string address, string? body, string? type, HttpStatusCode status, string code, string? place)
    {
        using var content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, type!);
        using var answer = await server.CallAsync(new(method), address, await server.TokenAsync("application"), content, language: "zh-CN");
        var text = await answer.Content.ReadAsStringAsync();
        var problem = JsonElement.Parse(text);
        Assert.Equal((status, code), (answer.StatusCode, problem.GetProperty("code").GetString()));
        Assert.Equal(place, problem.TryGetProperty("where", out var where) ? where.GetProperty("path").GetString() : null);
        foreach (var said in (string[])["title", "detail"]) Assert.Matches("[\\u4e00-\\u9fff]", problem.GetProperty(said).GetString());
        Assert.DoesNotContain("张三", text, StringComparison.Ordinal);
        if (status == HttpStatusCode.MethodNotAllowed) Assert.Contains("GET", answer.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("en", "The value is none of parquet, csv, ndjson, duckdb, xlsx (line 1, byte 63).")]
    [InlineData("zh-CN", "该值不在 parquet, csv, ndjson, duckdb, xlsx 之中(第 1 行,第 63 字节)。")]
    public async Task A_word_that_is_none_of_those_taken_is_refused_with_the_list_of_them(string language, string detail)
    {
        using var content = new StringContent("{\"data_sets\": [\"lab.result\"], \"purpose\": \"care\", \"form\": \"xml\"}", System.Text.Encoding.UTF8, "application/json");
        using var answer = await server.CallAsync(HttpMethod.Post, "api/v1/exports", await server.TokenAsync("application"), content, language: language);
        var problem = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal(("server.bad-request", "form", detail), (problem.GetProperty("code").GetString(), problem.GetProperty("where").GetProperty("path").GetString(), problem.GetProperty("detail").GetString()));
    }

    [Fact]
    public async Task What_is_wrong_in_a_body_has_a_stable_code_and_unknown_data_sets_are_not_found()
    {
        Assert.Equal((HttpStatusCode.BadRequest, "data.body"), await RefusedAsync($"{Lab}/search", body: new[] { 1 }));
        Assert.Equal((HttpStatusCode.BadRequest, "data.body"), await RefusedAsync($"{Lab}/search", body: new { purpose = "care", result_value = new { about = 5 } }));
        Assert.Equal((HttpStatusCode.BadRequest, "data.body"), await RefusedAsync($"{Lab}/search", body: new { purpose = "care", subject = "Zhang" }));
        Assert.Equal((HttpStatusCode.NotFound, "query.data-set"), await RefusedAsync("api/v1/data/no.such?purpose=care"));
        using var chinese = await server.CallAsync(HttpMethod.Get, $"{Lab}?purpose=care&limit=1000000", await server.TokenAsync("application"), language: "zh-CN");
        var problem = JsonElement.Parse(await chinese.Content.ReadAsStringAsync());
        Assert.Equal("application/problem+json", chinese.Content.Headers.ContentType!.MediaType);
        Assert.Matches("[\\u4e00-\\u9fff]", problem.GetProperty("title").GetString());
        Assert.Equal("limit 须为 1 至 10000 的整数。要取更多,请沿 next 中的游标继续,或申请导出。", problem.GetProperty("detail").GetString());
        Assert.Equal("limit", problem.GetProperty("where").GetProperty("path").GetString());
        using var english = await server.CallAsync(HttpMethod.Get, $"{Lab}?purpose=care&limit=1000000", await server.TokenAsync("application"));
        Assert.StartsWith("limit is a whole number from 1 to 10000.", JsonElement.Parse(await english.Content.ReadAsStringAsync()).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unchanged_page_is_not_sent_again()
    {
        var (address, token) = ($"{Lab}?purpose=care&limit=10", await server.TokenAsync("application"));
        using var first = await server.CallAsync(HttpMethod.Get, address, token);
        var tag = first.Headers.ETag!;
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        request.Headers.IfNoneMatch.Add(tag);
        using var again = await server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Empty(await again.Content.ReadAsByteArrayAsync());
        using var other = await server.CallAsync(HttpMethod.Get, $"{Lab}?purpose=care&limit=11", token);
        Assert.NotEqual(tag, other.Headers.ETag);
    }

    /// <summary>Each form is read by the reader that people use for it, and says the same.</summary>
    [Fact]
    public async Task Every_form_is_read_back_by_its_own_reader()
    {
        var folder = Directory.CreateTempSubdirectory("yunnao-forms-").FullName;
        try
        {
            var expected = Rows(await GetAsync($"{Lab}?purpose=care&limit=1000&sort=report_no")).Select(r => (r.GetProperty("report_no").GetString(), r.GetProperty("result_value").GetDouble())).ToList();
            foreach (var (form, name, reader) in new[] { (DataForm.Parquet, "x.parquet", "read_parquet"), ("text/csv", "x.csv", "read_csv"), ("application/x-ndjson", "x.ndjson", "read_json") })
            {
                var file = Path.Combine(folder, name);
                await File.WriteAllBytesAsync(file, await BytesAsync(form));
                using var connection = new DuckDBConnection("DataSource=:memory:");
                connection.Open();
                using var command = connection.CreateCommand();
                command.CommandText = $"SELECT report_no::VARCHAR, result_value::DOUBLE, report_time::TIMESTAMP FROM {reader}('{file}') ORDER BY 1";
                using var rows = command.ExecuteReader();
                var read = new List<(string?, double)>();
                while (rows.Read()) read.Add((rows.GetString(0), rows.GetDouble(1)));
                Assert.Equal(expected, read);
            }

            using var arrow = new ArrowStreamReader(new MemoryStream(await BytesAsync("application/vnd.apache.arrow.stream")));
            var count = 0;
            while (await arrow.ReadNextRecordBatchAsync() is { } batch) count += batch.Length;
            Assert.Equal(expected.Count, count);
            Assert.DoesNotContain(arrow.Schema.FieldsList, f => f.Name.StartsWith("_sort", StringComparison.Ordinal) || f.Name == "_key");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        using var unknown = await AskAsync("application/pdf");
        Assert.Equal(HttpStatusCode.NotAcceptable, unknown.StatusCode);
        Assert.Equal("data.form", await TestServer.CodeAsync(unknown));
        using var many = await AskAsync("text/html, application/vnd.apache.parquet;q=0.2, text/csv;q=0.9, */*;q=0.1");
        Assert.Equal("text/csv", many.Content.Headers.ContentType!.MediaType);

        async Task<byte[]> BytesAsync(string form)
        {
            using var answer = await AskAsync(form);
            Assert.Equal(form, answer.Content.Headers.ContentType!.MediaType);
            return await answer.Content.ReadAsByteArrayAsync();
        }

        async Task<HttpResponseMessage> AskAsync(string accept)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, $"{Lab}?purpose=care&limit=1000&sort=report_no");
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {await server.TokenAsync("application")}");
            foreach (var one in accept.Split(", ")) request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(one));
            return await server.Http.SendAsync(request);
        }
    }
}
