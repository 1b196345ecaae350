using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Yunnao.Kernel;
using Yunnao.Lake;
using Yunnao.Lake.Batches;
using Yunnao.Lake.Objects;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Lake.Upkeep;
using Yunnao.Services.Queries;
using Yunnao.Services.Web;
using Yunnao.Standards.Compile;

namespace Yunnao.Cli.Remote;

/// <summary>The lake of a running server, for the commands that look at it or keep it in order. The server makes the Scope itself.</summary>
internal sealed class ServerLake(ServerConnection server) : ILakeEngine
{
    private const string Purpose = "command-line";

    public Task<Result<BatchEntry>> BatchAsync(int number, CancellationToken cancellation) => server.AskAsync<BatchEntry>(HttpMethod.Get, $"batches/{number}", cancellation);

    public async Task<IReadOnlyList<BatchEntry>> BatchesAsync(int limit, BatchFilter filter, CancellationToken cancellation) =>
        Whole(await server.AskAsync<List<BatchEntry>>(HttpMethod.Get, $"batches?most={limit}{(filter.Name is { } name ? $"&name={Uri.EscapeDataString(name)}" : "")}{(filter.TakenBack is { } taken ? $"&taken_back={taken}" : "")}", cancellation).ConfigureAwait(false));

    public Task<Result<IReadOnlyList<TakeBackReport>>> TakeBackAsync(int number, CancellationToken cancellation) =>
        server.AskAsync<IReadOnlyList<TakeBackReport>>(HttpMethod.Delete, $"batches/{number}", cancellation);

    public Task<Result<RowStream>> RunAsync(Scope scope, Query query, CancellationToken cancellation) => AskAsync(new() { ["purpose"] = Purpose, ["query"] = QueryJson.Write(query) }, cancellation);

    public async Task<LakeMark> MarkAsync(CancellationToken cancellation) =>
        (await server.AskAsync<LakeMark>(HttpMethod.Get, "lake/mark", cancellation).ConfigureAwait(false)).Try(out var mark, out var problem) ? mark : throw new QueryFailedException(problem);

    public Task<Result<RowStream>> RunSqlAsync(Scope scope, string sql, CancellationToken cancellation) => AskAsync(new() { ["purpose"] = Purpose, ["sql"] = sql }, cancellation);

    public async Task<IReadOnlyList<DataSetStats>> StatsAsync(CancellationToken cancellation) =>
        Whole(await server.AskAsync<List<DataSetStats>>(HttpMethod.Get, "lake/stats", cancellation).ConfigureAwait(false));

    public async Task<Result<IReadOnlyList<OptimizeReport>>> OptimizeAsync(CancellationToken cancellation)
    {
        var done = await server.DoAsync("lake/optimize", null, null, cancellation).ConfigureAwait(false);
        return done.Try(out var outcome, out var problem) ? outcome.Deserialize<List<OptimizeReport>>(ApiJson.Options)! : problem;
    }

    public async Task<IReadOnlyList<Problem>> VerifyAsync(IObjectStore objects, CancellationToken cancellation)
    {
        var done = await server.DoAsync("lake/verify", null, null, cancellation).ConfigureAwait(false);
        return done.Try(out var outcome, out var problem) ? outcome.Deserialize<List<Problem>>(ApiJson.Options)! : [problem];
    }

    public Task<Problem?> MakeTablesAsync(IReadOnlyList<TableShape> shapes, CancellationToken cancellation) => throw Other();

    public Result<ILakeBatch> BeginBatch(BatchHeader header) => throw Other();

    public Task<int?> FindBatchAsync(string objectId, string source, CancellationToken cancellation) => throw Other();

    public Task<Result<long>> ExportAsync(Scope scope, Query query, ExportTarget target, CancellationToken cancellation) => throw Other();

    public Task<Result<long>> ExportSqlAsync(Scope scope, string sql, ExportTarget target, CancellationToken cancellation) => throw Other();

    public Task<Problem?> PutConsentsAsync(IReadOnlyList<ConsentState> states, long sequence, CancellationToken cancellation) => throw Other();

    public Task<long> ConsentSequenceAsync(CancellationToken cancellation) => throw Other();

    public Task<IReadOnlyList<ulong>> PersonAsync(ulong subject, CancellationToken cancellation) => throw Other();

    /// <inheritdoc/>
    /// <remarks>The server knows; here nobody can say.</remarks>
    public bool MayHold(string dataSet) => true;

    /// <inheritdoc/>
    public bool LiesByPersons(string dataSet) => false;

    /// <inheritdoc/>
    public bool HasAtHand(string dataSet, UInt128 record) => false;

    public LakeStand Stand => default;

    public void Dispose() => server.Dispose();

    private async Task<Result<RowStream>> AskAsync(JsonObject body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "query") { Content = JsonContent.Create(body) };
        request.Headers.Accept.Add(new(AnswerResult.Arrow));
        if (!(await server.SendAsync(request, cancellation).ConfigureAwait(false)).Try(out var response, out var problem)) return problem;
        var reader = new ArrowStreamReader(await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false));
        try
        {
            return new RowStream(await reader.GetSchema(cancellation).ConfigureAwait(false), BatchesAsync(reader, cancellation), new Both(reader, response));
        }
        catch (IOException)
        {
            response.Dispose();
            return ServerConnection.Gone();
        }
    }

    private static async IAsyncEnumerable<RecordBatch> BatchesAsync(ArrowStreamReader reader, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (await NextAsync(reader, cancellation).ConfigureAwait(false) is { } batch) yield return batch;
    }

    /// <summary>The server cuts an answer off that it cannot finish, so that nobody takes it for whole.</summary>
    private static async Task<RecordBatch?> NextAsync(ArrowStreamReader reader, CancellationToken cancellation)
    {
        try
        {
            return await reader.ReadNextRecordBatchAsync(cancellation).ConfigureAwait(false);
        }
        catch (IOException)
        {
            throw new QueryFailedException(new(ProblemKind.Unavailable, "server.cut-off", "The server ended the answer before its last row: the query failed, or the right to it was taken back."));
        }
    }

    private static List<T> Whole<T>(Result<List<T>> answer) => answer.Try(out var all, out var problem) ? all : throw new QueryFailedException(problem);

    private static InvalidOperationException Other() => new("The server does this itself.");

    private sealed class Both(IDisposable first, IDisposable second) : IDisposable
    {
        public void Dispose()
        {
            first.Dispose();
            second.Dispose();
        }
    }
}
