using System.Net;
using System.Text;
using Xunit;

namespace Yunnao.Tests.EndToEnd.Server;

/// <summary>Rows leave the quarantine of a running server, while others write to it.</summary>
public sealed class Quarantine_interface_tests(TestServer server) : IClassFixture<TestServer>
{
    private const string Engineer = "data_engineer";

    [Fact]
    public async Task A_value_is_corrected_and_its_row_let_in_while_files_are_loaded()
    {
        var rows = (await server.JsonAsync(HttpMethod.Get, "api/v1/quarantine/rows?batch=1", Engineer)).GetProperty("rows");
        var row = Assert.Single(rows.EnumerateArray());
        object Release(bool dry) => new { batch = 1, note = "asked", dry_run = dry, corrections = new[] { new { batch = 1, ordinal = row.GetProperty("ordinal").GetInt64(), item = "result_value", value = "5.5" } } };

        var tried = await ReleasedAsync(Release(dry: true));
        Assert.Equal((1, 1), tried);
        Assert.Equal((100L, 99L, 1L), await CountsAsync());

        // Four files wait in the queue before the release and four behind it.
        for (var i = 0; i < 4; i++) await LoadAsync($"before-{i}");
        var job = await server.JsonAsync(HttpMethod.Post, "api/v1/quarantine/release", Engineer, Release(dry: false));
        for (var i = 0; i < 4; i++) await LoadAsync($"after-{i}");
        var ended = await server.EndOfJobAsync(job.GetProperty("id").GetString()!, Engineer);
        Assert.Equal("done", ended.GetProperty("state").GetString());
        Assert.DoesNotContain("result_value", ended.ToString(), StringComparison.Ordinal);
        Assert.Equal((100L, 100L, 0L), await CountsAsync());
        Assert.Equal((0, 0), await ReleasedAsync(Release(dry: false)));
    }

    [Theory]
    [InlineData("""{"batch":"one"}""")]
    [InlineData("""{"rows":[1]}""")]
    [InlineData("nothing")]
    public async Task What_is_no_order_is_refused(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await server.CallAsync(HttpMethod.Post, "api/v1/quarantine/release", await server.TokenAsync(Engineer), content);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private async Task LoadAsync(string name)
    {
        using var content = new StringContent(TestServer.LabFile(20, report: name));
        using var answer = await server.CallAsync(HttpMethod.Post, $"api/v1/batches?source=plain&organisation=H1&name={name}.csv", await server.TokenAsync(Engineer), content);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    private async Task<(int Judged, int Released)> ReleasedAsync(object order)
    {
        var job = await server.JsonAsync(HttpMethod.Post, "api/v1/quarantine/release", Engineer, order);
        var ended = await server.EndOfJobAsync(job.GetProperty("id").GetString()!, Engineer);
        Assert.Equal("done", ended.GetProperty("state").GetString());
        var reports = ended.GetProperty("outcome").EnumerateArray().SelectMany(b => b.GetProperty("reports").EnumerateArray()).ToList();
        return (reports.Sum(r => r.GetProperty("judged").GetInt32()), reports.Sum(r => r.GetProperty("released").GetInt32()));
    }

    private async Task<(long, long, long)> CountsAsync()
    {
        var batch = await server.JsonAsync(HttpMethod.Get, "api/v1/batches/1", Engineer);
        return (batch.GetProperty("received").GetInt64(), batch.GetProperty("accepted").GetInt64(), batch.GetProperty("quarantined").GetInt64());
    }
}
