using Yunnao.Kernel;
using Yunnao.Lake.DuckDb;
using Yunnao.Trust.Audit;

namespace Yunnao.Services.Identity;

/// <summary>What people do with identities: look at merges of persons, undo one, and find a person.</summary>
/// <param name="vault">One of its own, which it closes: a vault serves one caller at a time.</param>
public sealed class IdentityDesk(Vault vault, DuckDbLake lake, AuditLog audit, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>The newest merges, newest first.</summary>
    public Task<IReadOnlyList<IdentityMerge>> NewestAsync(int most, CancellationToken cancellation) => AloneAsync(() => Task.FromResult(vault.Merges.Newest(most)), cancellation);

    /// <summary>
    /// Undoes a merge: every row is its own person's again, as the merges that still hold have it. Undone and stopped before the lake followed, the
    /// next batch brings the lake after. Problems: <c>identity.unknown-merge</c>, <c>identity.already-undone</c>, <c>batch.open</c>.
    /// </summary>
    /// <returns>The merge, and the rows that changed hands.</returns>
    public Task<Result<UndoneMerge>> UndoAsync(int number, string by, CancellationToken cancellation) => AloneAsync(
        async () =>
        {
            IdentityMerge? undone = null;
            var moved = lake.FollowMerges(
                () => vault.Merges.Undo(number, by, time.GetUtcNow()).Try(out undone, out var refused) ? vault.Merges.Survivors : refused, cancellation);
            await audit.AppendAsync(
                new(AuditKind.Change, by) { What = $"merge {number} undone", Subject = undone?.Prior, Outcome = moved.Problem?.Code ?? AuditEvent.Ok, Rows = moved.Ok ? moved.Value : 0 },
                CancellationToken.None).ConfigureAwait(false);
            return moved.Try(out var rows, out var problem) ? new UndoneMerge(undone!, rows) : (Result<UndoneMerge>)problem;
        },
        cancellation);

    /// <summary>The persons of an identity number, a health card or a telephone number, by exact look-up.</summary>
    internal Task<IReadOnlyList<ulong>> FindAsync(string kind, string value, CancellationToken cancellation) => AloneAsync(() => Task.FromResult(vault.Find(kind, value)), cancellation);

    /// <summary>The persons of whom some name fits each of the questions; null when that can only be asked of some persons (<see cref="FindAsync(IReadOnlyList{NameQuestion}, IReadOnlyList{ulong}, CancellationToken)"/>).</summary>
    internal Task<IReadOnlyList<ulong>?> FindAsync(IReadOnlyList<NameQuestion> questions, CancellationToken cancellation) => AloneAsync(
        () =>
        {
            var survivors = vault.Merges.Survivors;
            return Task.FromResult<IReadOnlyList<ulong>?>(vault.NameBook.Find(questions, cancellation)?.Select(s => survivors.GetValueOrDefault(s, s)).Distinct().ToList());
        },
        cancellation);

    /// <summary>Those of the subjects of whom some name fits each of the questions.</summary>
    internal Task<List<ulong>> FindAsync(IReadOnlyList<NameQuestion> questions, IReadOnlyList<ulong> among, CancellationToken cancellation) => AloneAsync(
        () =>
        {
            var found = new HashSet<ulong>();
            foreach (var (subject, name) in vault.Names(among, cancellation))
            {
                if (questions.All(q => q.Fits(name))) found.Add(subject);
            }

            return Task.FromResult(found.ToList());
        },
        cancellation);

    /// <summary>Puts the merges that batches brought into the audit; what a crash left out is told the next time.</summary>
    /// <param name="by">Who loads.</param>
    public Task TellAsync(string by) => AloneAsync(
        async () =>
        {
            var untold = vault.Merges.Untold();
            foreach (var merge in untold)
            {
                await audit.AppendAsync(
                    new(AuditKind.Change, by)
                    {
                        What = $"merge {merge.Number}", Subject = merge.Surviving,
                        Details = new Dictionary<string, string> { ["prior"] = $"{merge.Prior}", ["organisation"] = merge.Organisation, ["batch"] = $"{merge.Batch}" },
                    },
                    CancellationToken.None).ConfigureAwait(false);
                vault.Merges.Told(merge.Number);
            }

            return untold.Count;
        },
        CancellationToken.None);

    public void Dispose()
    {
        vault.Dispose();
        _turn.Dispose();
    }

    private async Task<T> AloneAsync<T>(Func<Task<T>> work, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await Task.Run(work, cancellation).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }
}
