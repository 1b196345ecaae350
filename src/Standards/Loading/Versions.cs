using Yunnao.Kernel;

namespace Yunnao.Standards.Loading;

/// <summary>
/// The entries of one kind by id. An id may stand in several rows, one a version; at most one of them is current (<c>standard</c>) and at
/// most one is being prepared (<c>draft</c>). Look-ups see the current one, else the draft, else the last that was superseded.
/// </summary>
internal sealed class Versions<T>(Sentence kind, ProblemList problems) where T : class
{
    private readonly Dictionary<string, List<Row>> _rows = new(StringComparer.Ordinal);

    private readonly record struct Row(string Version, Status Status, T? Entry, SourceLine At);

    /// <summary>All ids that were written, also those whose row has a mistake, so that one mistake is reported once.</summary>
    public IReadOnlyCollection<string> Ids => _rows.Keys;

    /// <summary>True when an entry of this id was written; also when the file could not be read at all, which is one problem and not thousands.</summary>
    public bool Knows(string id) => Unreadable || _rows.ContainsKey(id);

    /// <summary>Set when the file is missing or has no usable header.</summary>
    public bool Unreadable { get; set; }

    /// <summary>Takes a row; <paramref name="entry"/> is null when the row could not be read.</summary>
    public void Add(string id, string version, Status status, T? entry, SourceLine at)
    {
        if (!_rows.TryGetValue(id, out var rows)) _rows.Add(id, rows = []);
        foreach (var row in rows)
        {
            var clash = row.Version == version ? (Sentence)$"version {version}"
                : row.Status == status && status != Status.Superseded ? (Sentence)$"status {status.ToString().ToLowerInvariant()}"
                : null;
            if (clash is null) continue;
            problems.Add("standards.duplicate-id", at, $"{kind} '{id}' with {clash} is already in {row.At.File}:{row.At.Line}");
            return;
        }

        rows.Add(new(version, status, entry, at));
    }

    /// <summary>The entry in force for each id.</summary>
    public Dictionary<string, T> Current()
    {
        var current = new Dictionary<string, T>(_rows.Count, StringComparer.Ordinal);
        foreach (var (id, rows) in _rows)
        {
            var best = rows.Where(r => r.Entry is not null).OrderBy(r => Rank(r.Status)).ThenByDescending(r => Order(r.Version)).FirstOrDefault();
            if (best.Entry is not null) current.Add(id, best.Entry);
        }

        return current;
    }

    private static int Rank(Status status) => status switch { Status.Standard => 0, Status.Draft => 1, _ => 2 };

    private static Semver Order(string version) => Semver.TryParse(version, out var parsed) ? parsed : default;
}
