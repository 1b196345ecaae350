namespace Yunnao.Lake.Scopes;

/// <summary>
/// The right under which a query runs: who asks, for which purpose, and what they see. The lake answers no query without one, and
/// nobody but its makers can create one.
/// </summary>
public sealed class Scope
{
    /// <summary>Bytes of a key for pseudonyms.</summary>
    public const int PseudonymKeyLength = 32;

    private readonly IReadOnlyDictionary<string, DataSetScope> _dataSets;

    internal Scope(
        string who, string purpose, IReadOnlyDictionary<string, DataSetScope> dataSets, bool operations, ReadOnlyMemory<byte> pseudonymKey = default)
    {
        (Who, Purpose, Operations, PseudonymKey, _dataSets) = (who, purpose, operations, pseudonymKey, dataSets);
    }

    /// <summary>Who asks; for the audit.</summary>
    public string Who { get; }

    /// <summary>What for; for the audit.</summary>
    public string Purpose { get; }

    /// <summary>True when the holder may read the lake's own tables: ledger, quarantine, history.</summary>
    public bool Operations { get; }

    /// <summary>Key of the recipient's pseudonyms, 32 bytes; empty when the Scope has none.</summary>
    public ReadOnlyMemory<byte> PseudonymKey { get; }

    /// <summary>Persons that a group of a result needs to be shown (rows, where a data set is not about persons); 0 and 1 show all.</summary>
    public int SmallestGroup { get; internal init; }

    /// <summary>Fires when the right behind the Scope is taken back: running answers end, and no further one begins.</summary>
    public CancellationToken Revoked { get; internal init; }

    /// <summary>The one subject that the Scope is about, or null; for the audit.</summary>
    public ulong? Subject { get; internal init; }

    /// <summary>Data sets that the Scope reaches.</summary>
    public IEnumerable<string> DataSets => _dataSets.Keys;

    /// <summary>A Scope that reaches less. Anybody may make one: nothing of it is wider than this one.</summary>
    /// <param name="left">The data sets that are left, and of each whether it is only <paramref name="subject"/>'s rows.</param>
    /// <param name="subject">The one subject; null leaves no rows where there is one to be.</param>
    public Scope Narrowed(IReadOnlyDictionary<string, bool> left, ulong? subject)
    {
        ArgumentNullException.ThrowIfNull(left);
        var narrower = new Dictionary<string, DataSetScope>(StringComparer.Ordinal);
        foreach (var (dataSet, reached) in _dataSets)
        {
            if (!left.TryGetValue(dataSet, out var ofSubject)) continue;
            narrower[dataSet] = !ofSubject ? reached : reached with { Rows = reached.Rows with { Subjects = subject is { } one && reached.Rows.Subjects?.Contains(one) != false ? [one] : [] } };
        }

        return new(Who, Purpose, narrower, operations: false, PseudonymKey)
        {
            SmallestGroup = SmallestGroup, Revoked = Revoked, Subject = Subject ?? (narrower.Values.All(d => d.Rows.Subjects is [var only] && only == subject) ? subject : null),
        };
    }

    /// <summary>What the Scope reaches of a data set, or null when it reaches nothing of it.</summary>
    public DataSetScope? Of(string dataSet) => _dataSets.GetValueOrDefault(dataSet);
}
