using System.Globalization;
using System.Text.Json;
using Xunit;
using Yunnao.Services.Upkeep;

namespace Yunnao.Tests.EndToEnd.Server;

/// <summary>The server optimizes its lake at the time that it was told, with nobody asking for it.</summary>
public sealed class Optimize_care_tests : IAsyncLifetime
{
    private static readonly TimeSpan s_untilItRuns = TimeSpan.FromSeconds(30), s_patience = TimeSpan.FromMinutes(2);

    private readonly TestServer _server = new(null, o => o.OptimizeAt = (TimeProvider.System.GetLocalNow() + s_untilItRuns).ToString("HH:mm:ss", CultureInfo.InvariantCulture));

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task At_its_time_a_job_of_the_server_puts_the_rows_in_order()
    {
        var until = TimeProvider.System.GetUtcNow() + s_patience;
        while (TimeProvider.System.GetUtcNow() < until)
        {
            var jobs = await _server.JsonAsync(HttpMethod.Get, "api/v1/jobs?limit=50", "system_administrator");
            var job = jobs.EnumerateArray().FirstOrDefault(j => j.GetProperty("kind").GetString() == OptimizeJob.Kind);
            if (job.ValueKind == JsonValueKind.Object && job.GetProperty("state").GetString() == "done")
            {
                Assert.Equal(OptimizeCare.Who, job.GetProperty("who").GetString());
                Assert.Contains(job.GetProperty("outcome").EnumerateArray(), o => o.GetProperty("rows").GetInt64() > 0);
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500), TestContext.Current.CancellationToken);
        }

        Assert.Fail("No job came.");
    }
}
