using System.Net;
using System.Security.Cryptography;
using Xunit;
using Yunnao.Tests.EndToEnd.Standards;

namespace Yunnao.Tests.EndToEnd.Imaging;

/// <summary>The archive is killed while it stores. What it acknowledged is there and whole; nothing is there in part.</summary>
public sealed class Archive_kill_tests : IDisposable
{
    private const int Archives = 2;
    private static readonly int Rounds = (int.TryParse(Environment.GetEnvironmentVariable("YUNNAO_KILLS"), out var kills) ? kills : 16) / Archives;
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-image-kill-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Two archives beside each other: 16 times in all, or as often as YUNNAO_KILLS says.</summary>
    [Fact]
    public Task Killed_again_and_again_no_acknowledged_instance_is_lost_and_none_is_half() => Task.WhenAll(Enumerable.Range(0, Archives).Select(KillAsync));

    private async Task KillAsync(int lane)
    {
        var (random, folder) = (new Random(11 + lane), Path.Combine(_folder, $"{lane}"));
        var acknowledged = new List<(int Study, int Number)>();
        for (var round = 1; round <= Rounds; round++)
        {
            await using var archive = await ArchiveProcess.Start(folder);

            // Three of four are killed while they store, after some answers: a busy machine takes long to warm up, and longer for each.
            var (answered, enough) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), random.Next(1, 8));
            if (round % 4 == 0) answered.SetResult();
            var killing = Task.Run(async () =>
            {
                await Task.WhenAny(answered.Task, Task.Delay(TimeSpan.FromSeconds(20)));
                await Task.Delay(random.Next(0, 300));
                await archive.Kill();
            }, TestContext.Current.CancellationToken);
            for (var number = 1; !killing.IsCompleted; number++)
            {
                try
                {
                    var (status, _) = await Stow.Send(archive.Http, TestImages.Bytes(round, number, Size(number)));
                    Assert.Equal(HttpStatusCode.OK, status);
                    acknowledged.Add((round, number));
                    if (number >= enough) answered.TrySetResult();
                }
                catch (HttpRequestException)
                {
                    break;
                }
            }

            await killing;
        }

        var (exit, output, error) = await CliRun.Of("en", "imaging", "verify", "--data", folder);
        Assert.True(exit == 0, output + error);
        await using var last = await ArchiveProcess.Start(folder);
        foreach (var (study, number) in acknowledged)
        {
            var bytes = await last.File1($"studies/{TestImages.Study(study)}/series/{TestImages.Series(study)}/instances/{TestImages.Instance(study, number)}");
            Assert.Equal(SHA256.HashData(TestImages.Bytes(study, number, Size(number))), SHA256.HashData(bytes));
        }

        Assert.True(acknowledged.Count > Rounds, $"only {acknowledged.Count} instances were acknowledged, which proves little");
    }

    /// <summary>Every tenth is so large that it becomes an object of its own.</summary>
    private static int Size(int number) => number % 10 == 0 ? 1500 : 128;
}
