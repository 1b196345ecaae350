using System.Collections.Frozen;
using Microsoft.Data.Sqlite;
using Yunnao.Kernel;

namespace Yunnao.Services.Identity;

/// <summary>
/// Which local numbers were merged into which, in the vault's file. The identities keep the subjects they had: what follows from the merges that
/// hold is computed from all of them, so undoing one leaves exactly what the others say.
/// </summary>
internal sealed class MergeBook(SqliteConnection connection)
{
    private const string Columns =
        "SELECT m.number, m.organisation, p.subject, s.subject, m.batch, m.recorded, m.undone, m.undone_by FROM merge m "
        + "JOIN identity p ON p.organisation = m.organisation AND p.key = m.prior JOIN identity s ON s.organisation = m.organisation AND s.key = m.surviving ";

    private FrozenDictionary<ulong, ulong>? _survivors;
    private long _seen;

    /// <summary>True when a merge was noted since somebody last set it to false.</summary>
    public bool Fresh { get; set; }

    /// <summary>Merged subject → the one under which the person is found, of all merges that hold.</summary>
    public FrozenDictionary<ulong, ulong> Survivors
    {
        get
        {
            // The number changes when another connection has written to the file; what this one writes says so itself.
            var seen = (long)Command("PRAGMA data_version").ExecuteScalar()!;
            if (_survivors is null || seen != _seen) (_survivors, _seen) = (Join(Rows("WHERE m.undone IS NULL ORDER BY m.number")), seen);
            return _survivors;
        }
    }

    /// <summary>After a merge or its subjects changed, or a transaction was rolled back.</summary>
    public void Forget() => _survivors = null;

    /// <summary>All subjects of the person that this one is, the surviving one first.</summary>
    public IReadOnlyList<ulong> PersonOf(ulong subject)
    {
        var survivor = Survivors.GetValueOrDefault(subject, subject);
        return [survivor, .. Survivors.Where(s => s.Value == survivor).Select(s => s.Key)];
    }

    /// <summary>Notes that a number was replaced by another; false when that is known. Both are identities of the vault. In the caller's transaction.</summary>
    public bool Record(string organisation, byte[] prior, byte[] surviving, int batch, DateTimeOffset now)
    {
        Forget();
        using var command = Command(
            "INSERT INTO merge (organisation, prior, surviving, batch, recorded) SELECT $o, $p, $s, $b, $t "
            + "WHERE NOT EXISTS (SELECT 1 FROM merge WHERE organisation = $o AND prior = $p AND surviving = $s AND undone IS NULL)",
            ("$o", organisation), ("$p", prior), ("$s", surviving), ("$b", batch), ("$t", now.ToUnixTimeMilliseconds()));
        var noted = command.ExecuteNonQuery() > 0;
        Fresh |= noted;
        return noted;
    }

    /// <summary>Undoes a merge. Problems: <c>identity.unknown-merge</c>, <c>identity.already-undone</c>.</summary>
    public Result<IdentityMerge> Undo(int number, string by, DateTimeOffset now)
    {
        if (Find(number) is not { } merge) return new Problem(ProblemKind.NotFound, "identity.unknown-merge", $"There is no merge {number}.");
        if (merge.Undone is not null) return new Problem(ProblemKind.Conflict, "identity.already-undone", $"Merge {number} has been undone already.");
        using var command = Command("UPDATE merge SET undone = $t, undone_by = $by WHERE number = $n", ("$t", now.ToUnixTimeMilliseconds()), ("$by", by), ("$n", number));
        command.ExecuteNonQuery();
        Forget();
        return Find(number)!;
    }

    public IdentityMerge? Find(int number) => Rows("WHERE m.number = $n", ("$n", number)) is [var merge] ? merge : null;

    /// <summary>The newest merges, newest first.</summary>
    public IReadOnlyList<IdentityMerge> Newest(int most) => Rows("ORDER BY m.number DESC LIMIT $most", ("$most", most));

    /// <summary>Merges that are not in the audit yet, oldest first.</summary>
    public IReadOnlyList<IdentityMerge> Untold() => Rows("WHERE NOT m.told ORDER BY m.number");

    /// <summary>The merges up to this one are in the audit.</summary>
    public void Told(int number)
    {
        using var command = Command("UPDATE merge SET told = 1 WHERE number <= $n AND NOT told", ("$n", number));
        command.ExecuteNonQuery();
    }

    /// <summary>Follows the merges in their order; numbers that are one person already stay so, whoever replaced whom.</summary>
    private static FrozenDictionary<ulong, ulong> Join(List<IdentityMerge> merges)
    {
        var next = new Dictionary<ulong, ulong>();
        foreach (var merge in merges)
        {
            var (prior, surviving) = (Root(merge.Prior), Root(merge.Surviving));
            if (prior != surviving) next[prior] = surviving;
        }

        return next.Keys.ToFrozenDictionary(s => s, Root);

        ulong Root(ulong subject)
        {
            while (next.TryGetValue(subject, out var to)) subject = to;
            return subject;
        }
    }

    private List<IdentityMerge> Rows(string which, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using var command = Command(Columns + which, values);
        using var reader = command.ExecuteReader();
        var merges = new List<IdentityMerge>();
        while (reader.Read())
        {
            merges.Add(new(
                reader.GetInt32(0), reader.GetString(1), unchecked((ulong)reader.GetInt64(2)), unchecked((ulong)reader.GetInt64(3)), reader.GetInt32(4), Time(5),
                reader.IsDBNull(6) ? null : Time(6), reader.IsDBNull(7) ? null : reader.GetString(7)));
        }

        return merges;

        DateTimeOffset Time(int column) => DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(column));
    }

    private SqliteCommand Command(string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values) command.Parameters.AddWithValue(name, value);
        return command;
    }
}
