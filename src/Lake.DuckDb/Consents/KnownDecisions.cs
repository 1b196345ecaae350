using System.Collections.Concurrent;
using System.Collections.Frozen;
using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.Scopes;

namespace Yunnao.Lake.DuckDb.Consents;

/// <summary>
/// What persons decided, in memory: the condition of <see cref="ConsentSql"/> for one person without the engine. Read once, then kept with what is put into
/// <see cref="ConsentTable"/>. Used by many threads.
/// </summary>
internal sealed class KnownDecisions(MergedPersons persons)
{
    /// <summary>Decisions that are kept in memory; of more only the engine knows.</summary>
    public const int Most = 1_000_000;

    // Null until they are read, and when they are too many.
    private volatile ConcurrentDictionary<ulong, Decision[]>? _bySubject;
    private int _count;
    private int _reading;

    private sealed record Decision(string Purpose, string Recipient, bool Given, long From, long Until);

    /// <summary>True when they are not read yet, and reading them is now the caller's.</summary>
    public bool IsToBeRead => _bySubject is null && Interlocked.CompareExchange(ref _reading, 1, 0) == 0;

    /// <summary>Reads all of them. Nothing is put meanwhile.</summary>
    public void Read(DuckDBConnection connection)
    {
        if (connection.Scalar<long>($"SELECT count(*) FROM {ConsentTable.Name}") > Most) return;
        var known = new ConcurrentDictionary<ulong, Decision[]>();
        _count = 0;
        foreach (var state in connection.Rows(
            r => new ConsentState(r.GetFieldValue<ulong>(0), r.GetString(1), r.GetString(2), r.GetBoolean(3), r.GetDateTime(4), r.IsDBNull(5) ? null : r.GetDateTime(5)),
            $"SELECT subject, purpose, recipient, given, since, until FROM {ConsentTable.Name}"))
            Put(known, state);
        _bySubject = known;
    }

    /// <summary>Another try is made later.</summary>
    public void Unread() => Volatile.Write(ref _reading, 0);

    /// <summary>Follows what was put into the table. Called in the order of putting.</summary>
    public void Follow(IReadOnlyList<ConsentState> states)
    {
        if (_bySubject is not { } known) return;
        foreach (var state in states) Put(known, state);
        if (_count > Most) _bySubject = null;
    }

    /// <summary>Whether the decisions of a person allow its rows to be read; null when only the engine knows.</summary>
    /// <param name="subject">Under which the rows are found: who was merged has the decisions of all its subjects.</param>
    /// <param name="survivors">Merged subject → the one under which its rows are found.</param>
    public bool? Allows(ConsentFilter filter, ulong subject, FrozenDictionary<ulong, ulong> survivors)
    {
        if (_bySubject is not { } known) return null;
        var (given, at) = (false, Microseconds(filter.At));
        foreach (var one in persons.Of(subject, survivors))
        {
            if (!known.TryGetValue(one, out var decisions)) continue;
            var (everybody, recipient) = (Decided(ConsentState.Everybody), Decided(filter.Recipient));
            if (recipient == false || (everybody == false && recipient is null)) return false;
            given |= everybody == true || recipient == true;

            bool? Decided(string by) =>
                Array.Find(decisions, d => d.Purpose == filter.Purpose && d.Recipient == by && d.From <= at && d.Until > at)?.Given;
        }

        return given || !filter.OptIn;
    }

    private void Put(ConcurrentDictionary<ulong, Decision[]> known, ConsentState state)
    {
        var before = known.GetValueOrDefault(state.Subject, []);
        var after = before.Where(d => d.Purpose != state.Purpose || d.Recipient != state.Recipient).ToList();
        if (state.Given is { } given)
        {
            // Most of them are of few purposes and recipients.
            after.Add(new(string.Intern(state.Purpose), string.Intern(state.Recipient), given, Microseconds(state.From), state.Until is { } until ? Microseconds(until) : long.MaxValue));
        }

        _count += after.Count - before.Length;
        known[state.Subject] = [.. after];
    }

    /// <summary>As exact as the engine has it.</summary>
    private static long Microseconds(DateTime moment) => moment.Ticks / TimeSpan.TicksPerMicrosecond;
}
