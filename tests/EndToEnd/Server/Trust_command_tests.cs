using Xunit;
using Yunnao.Tests.EndToEnd.Ingest;
using Yunnao.Tests.EndToEnd.Standards;

namespace Yunnao.Tests.EndToEnd.Server;

/// <summary>Consents from the command line, and what the local administrator reads is in the audit.</summary>
public sealed class Trust_command_tests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-consent-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_person_consents_withdraws_and_the_withdrawal_is_undone()
    {
        Assert.Contains("given", await ConsentAsync("give", "7", "--purpose", "research", "--recipient", "42010001"), StringComparison.Ordinal);
        Assert.StartsWith("withdrawn", Newest(await ConsentAsync("withdraw", "7", "--purpose", "research", "--recipient", "42010001")), StringComparison.Ordinal);
        Assert.StartsWith("given", Newest(await ConsentAsync("undo", "7", "--purpose", "research", "--recipient", "42010001")), StringComparison.Ordinal);
        Assert.StartsWith("refused", Newest(await ConsentAsync("refuse", "7", "--purpose", "shared_care")), StringComparison.Ordinal);
        Assert.StartsWith("withdrawn", Newest(await ConsentAsync("undo", "7", "--purpose", "shared_care")), StringComparison.Ordinal);
        Assert.Contains("consent.none", (await CliRun.Of("en", "trust", "consent", "undo", "8", "--purpose", "research", "--data", _folder)).Error, StringComparison.Ordinal);
        Assert.Contains("consent.purpose", (await CliRun.Of("en", "trust", "consent", "give", "8", "--purpose", "fun", "--data", _folder)).Error, StringComparison.Ordinal);
        Assert.Contains("consent.period", (await CliRun.Of("en", "trust", "consent", "give", "8", "--purpose", "research", "--until", "2020-01-01", "--data", _folder)).Error, StringComparison.Ordinal);
        Assert.Contains("consent-changed", (await CliRun.Of("en", "audit", "search", "--data", _folder)).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_local_administrator_reads_is_in_the_audit()
    {
        using var platform = new TestPlatform();
        platform.Close();
        string[] at = ["--data", platform.Data, "--standards", platform.Standards];
        Assert.Equal(0, (await CliRun.Of("en", ["query", "SELECT 1 AS one", .. at])).ExitCode);
        await CliRun.Of("en", ["show", "subject", "12345", .. at]);
        await CliRun.Of("en", ["query", "SELECT nothing FROM nowhere.here", .. at]);
        var audit = (await CliRun.Of("en", ["audit", "search", .. at])).Out;
        Assert.Contains("local:", audit, StringComparison.Ordinal);
        Assert.Contains("12345", audit, StringComparison.Ordinal);
        Assert.Contains("sql.table", audit, StringComparison.Ordinal);
        Assert.Equal(0, (await CliRun.Of("en", ["audit", "verify", .. at])).ExitCode);
    }

    private async Task<string> ConsentAsync(params string[] arguments)
    {
        var run = await CliRun.Of("en", ["trust", "consent", .. arguments, "--data", _folder]);
        Assert.True(run.ExitCode == 0, run.Error);
        return run.Out;
    }

    /// <summary>From the decision on, of the first row of a listing.</summary>
    private static string Newest(string listing) => string.Join(' ', listing.Split('\n')[1].Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[3..]);
}
