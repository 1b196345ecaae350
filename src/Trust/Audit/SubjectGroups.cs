using System.Collections.Frozen;
using Yunnao.Trust.Control;

namespace Yunnao.Trust.Audit;

/// <summary>
/// Which persons belong together (a household, the staff of an organisation), and which person an account is: what the rules about colleagues
/// and neighbours look at. Names of groups are keys: an organisation code, a keyed hash of an address; never the address.
/// </summary>
public sealed class SubjectGroups(ControlDb control)
{
    private volatile State _state = State.Empty;

    private sealed record State(FrozenDictionary<string, ulong> Persons, FrozenDictionary<ulong, List<(string Kind, string Name)>> Groups)
    {
        public static State Empty { get; } = new(FrozenDictionary<string, ulong>.Empty, FrozenDictionary<ulong, List<(string, string)>>.Empty);
    }

    /// <summary>Says which person an account is.</summary>
    public async Task SetPersonAsync(string account, ulong subject, CancellationToken cancellation = default)
    {
        await using (var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false))
        {
            await connection.ExecuteAsync(
                "INSERT INTO account_person (account, subject) VALUES (@account, @subject) ON CONFLICT (account) DO UPDATE SET subject = excluded.subject", cancellation,
                ("account", account), ("subject", unchecked((long)subject))).ConfigureAwait(false);
        }

        await ReadAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Replaces the members of a group. Only groups that some account's person belongs to are of use.</summary>
    public async Task PutAsync(string kind, string name, IReadOnlyCollection<ulong> subjects, CancellationToken cancellation = default)
    {
        await using (var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
            await connection.ExecuteAsync("DELETE FROM subject_group WHERE kind = @kind AND name = @name", cancellation, ("kind", kind), ("name", name)).ConfigureAwait(false);
            foreach (var subject in subjects)
            {
                await connection.ExecuteAsync(
                    "INSERT INTO subject_group (subject, kind, name) VALUES (@subject, @kind, @name)", cancellation,
                    ("subject", unchecked((long)subject)), ("kind", kind), ("name", name)).ConfigureAwait(false);
            }

            await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        }

        await ReadAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>True when a person is not the account's own and shares a group of the kind with it.</summary>
    internal bool AreRelated(string account, ulong subject, string kind)
    {
        var state = _state;
        return state.Persons.TryGetValue(account, out var own) && own != subject
            && state.Groups.TryGetValue(own, out var mine) && state.Groups.TryGetValue(subject, out var theirs)
            && mine.Exists(m => m.Kind == kind && theirs.Contains(m));
    }

    internal async Task ReadAsync(CancellationToken cancellation)
    {
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        var persons = await connection.RowsAsync(r => (r.GetString(0), unchecked((ulong)r.GetInt64(1))), "SELECT account, subject FROM account_person", cancellation).ConfigureAwait(false);
        var groups = await connection.RowsAsync(
            r => (Subject: unchecked((ulong)r.GetInt64(0)), Kind: r.GetString(1), Name: r.GetString(2)), "SELECT subject, kind, name FROM subject_group", cancellation).ConfigureAwait(false);
        _state = new(
            persons.ToFrozenDictionary(p => p.Item1, p => p.Item2, StringComparer.Ordinal),
            groups.GroupBy(g => g.Subject).ToFrozenDictionary(g => g.Key, g => g.Select(m => (m.Kind, m.Name)).ToList()));
    }
}
