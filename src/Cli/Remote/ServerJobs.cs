using System.Net.ServerSentEvents;
using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Services.Jobs;
using Yunnao.Services.Web;

namespace Yunnao.Cli.Remote;

/// <summary>Work that the server does as a job: asked for, followed to its end, and stopped when this command is stopped.</summary>
internal static class ServerJobs
{
    /// <summary>What came out of a job, or its problem.</summary>
    public static async Task<Result<JsonElement>> DoAsync(this ServerConnection server, string address, HttpContent? content, Action<Job>? told, CancellationToken cancellation)
    {
        if (!(await server.AskAsync<Job>(HttpMethod.Post, address, cancellation, content).ConfigureAwait(false)).Try(out var job, out var problem)) return problem;
        return await EndAsync(server, job, told, cancellation).ConfigureAwait(false);
    }

    /// <summary>Follows a job to its end; null, or its problem.</summary>
    public static async Task<Problem?> FollowToEndAsync(this ServerConnection server, string id, Action<Job>? told, CancellationToken cancellation)
    {
        if (!(await server.AskAsync<Job>(HttpMethod.Get, $"jobs/{id}", cancellation).ConfigureAwait(false)).Try(out var job, out var problem)) return problem;
        return (await EndAsync(server, job, told, cancellation).ConfigureAwait(false)).Problem;
    }

    private static async Task<Result<JsonElement>> EndAsync(ServerConnection server, Job job, Action<Job>? told, CancellationToken cancellation)
    {
        try
        {
            while (!job.Final)
            {
                // A stream that was cut off is opened again: the job goes on without us.
                if (!(await FollowAsync(server, job, told, cancellation).ConfigureAwait(false)).Try(out var news, out var problem)) return problem;
                job = news;
            }
        }
        catch (OperationCanceledException)
        {
            await server.AskAsync<Job>(HttpMethod.Delete, $"jobs/{job.Id}", CancellationToken.None).ConfigureAwait(false);
            throw;
        }

        return job.State switch
        {
            JobState.Done => job.Outcome ?? default,
            JobState.Failed => ServerConnection.ProblemOf(job.Outcome!.Value),
            _ => new Problem(ProblemKind.Interrupted, "job.cancelled", "The job was stopped."),
        };
    }

    private static async Task<Result<Job>> FollowAsync(ServerConnection server, Job job, Action<Job>? told, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"jobs/{job.Id}/events");
        if (!(await server.SendAsync(request, cancellation).ConfigureAwait(false)).Try(out var response, out var problem)) return problem;
        using (response)
        {
            try
            {
                var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
                await foreach (var news in SseParser.Create(stream, (_, data) => JsonSerializer.Deserialize<Job>(data, ApiJson.Options)!).EnumerateAsync(cancellation).ConfigureAwait(false))
                {
                    job = news.Data;
                    told?.Invoke(job);
                }
            }
            catch (IOException)
            {
                return ServerConnection.Gone();
            }
        }

        return job;
    }
}
