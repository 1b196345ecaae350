using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Yunnao.Services.Identity;

/// <summary>
/// The names of the vault in the order of their words, decrypted, in memory and nowhere else: so that who is called something is found without looking at everybody, and the file tells of no
/// name without its key, not even which ones are alike. It is made when somebody first searches by name, follows what batches bring, and ends with the process. For one caller at a time.
/// </summary>
/// <param name="cipher">Of the vault.</param>
/// <param name="most">Names that are kept at most; of more the caller has to look in the vault itself.</param>
internal sealed class NameBook(SqliteConnection connection, VaultCipher cipher, int most)
{
    /// <summary>Persons whose names are looked at one by one before all are put in order again.</summary>
    private const int MostLoose = 20_000;

    /// <summary>Bytes that a name takes, some more or less, with its places.</summary>
    private const int BytesOfName = 150;

    private const int PartOfMemory = 32, MostAtOnce = 1000;

    private Place[] _places = [];
    private readonly Dictionary<ulong, List<string>> _loose = [];
    private long _seen = -1, _batch = -1, _names;
    private bool _tooMany;

    /// <summary>A word of a name, with what follows it.</summary>
    private readonly record struct Place(string Name, int Start, ulong Subject) : IComparable<Place>
    {
        public ReadOnlySpan<char> Text => Name.AsSpan(Start);

        public int CompareTo(Place other) => Text.CompareTo(other.Text, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>As many names as a 32nd of the memory of the machine holds.</summary>
    public static int MostOfMemory { get; } = (int)Math.Min(int.MaxValue / 8, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / PartOfMemory / BytesOfName);

    /// <summary>The subjects of whom some name fits each of the questions; null when there are more names than are kept.</summary>
    public HashSet<ulong>? Find(IReadOnlyList<NameQuestion> questions, CancellationToken cancellation)
    {
        Follow(cancellation);
        if (_tooMany) return null;

        // By the question that asks for a beginning the places are found, by the others those are judged.
        var (found, first) = (new HashSet<ulong>(), questions.FirstOrDefault(q => q.Beginnings is not null));
        foreach (var place in first is null ? _places.Where(p => p.Start == 0) : first.Beginnings!.SelectMany(b => Beginning(b)))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!found.Contains(place.Subject) && !_loose.ContainsKey(place.Subject) && questions.All(q => q.Fits(place.Name))) found.Add(place.Subject);
        }

        foreach (var (subject, names) in _loose)
            if (names.Any(n => questions.All(q => q.Fits(n)))) found.Add(subject);
        return found;
    }

    /// <summary>The names of some subjects, decrypted; one comes as often as there are names of it.</summary>
    public IEnumerable<(ulong Subject, string Name)> Of(IEnumerable<ulong> subjects, CancellationToken cancellation) => subjects.Chunk(MostAtOnce).SelectMany(
        some => Read($"SELECT subject, key, sealed FROM identity WHERE subject IN ({string.Join(", ", some.Select(s => unchecked((long)s)))})", cancellation));

    private ArraySegment<Place> Beginning(string text)
    {
        var (from, to) = (First(p => p.CompareTo(text, StringComparison.OrdinalIgnoreCase) >= 0), 0);
        to = First(p => p.CompareTo(text, StringComparison.OrdinalIgnoreCase) > 0 && !p.StartsWith(text, StringComparison.OrdinalIgnoreCase));
        return new(_places, from, to - from);
    }

    /// <summary>The first place of which something is true that is true of all behind it.</summary>
    private int First(Func<ReadOnlySpan<char>, bool> isTrue)
    {
        var (low, high) = (0, _places.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (isTrue(_places[middle].Text)) high = middle;
            else low = middle + 1;
        }

        return low;
    }

    /// <summary>Brings in what was committed to the vault since the last time.</summary>
    private void Follow(CancellationToken cancellation)
    {
        // The number changes when another connection has written to the file; this one writes no names.
        var seen = Number("PRAGMA data_version");
        if (seen == _seen) return;
        var batch = Number("SELECT coalesce(max(batch), 0) FROM identity");
        if (_batch < 0) _tooMany = Number($"SELECT count(*) FROM (SELECT 1 FROM identity LIMIT {most + 1L})") > most;
        if (!_tooMany && (_batch < 0 || !Loosen(cancellation))) Fill(Read("SELECT subject, key, sealed FROM identity", cancellation));
        _tooMany = _tooMany || _names + _loose.Count > most;
        if (_tooMany) Fill([]);
        (_seen, _batch) = (seen, batch);
    }

    /// <summary>Looks at the persons of the newest batches by themselves; false when they are too many for that.</summary>
    private bool Loosen(CancellationToken cancellation)
    {
        // A batch that the lake did not take gives its number to the next one.
        var changed = new HashSet<ulong>();
        using (var command = connection.CreateCommand())
        {
            command.CommandText = $"SELECT subject FROM identity WHERE batch >= {_batch} UNION SELECT subject FROM identity_history WHERE batch >= {_batch} LIMIT {MostLoose + 1}";
            using var reader = command.ExecuteReader();
            while (reader.Read()) changed.Add(unchecked((ulong)reader.GetInt64(0)));
        }

        if (changed.Count > MostLoose) return false;
        foreach (var subject in changed) _loose[subject] = [];
        foreach (var (subject, name) in Of(changed, cancellation)) _loose[subject].Add(name);
        if (_loose.Count > MostLoose)
            Fill([.. _places.Where(p => p.Start == 0 && !_loose.ContainsKey(p.Subject)).Select(p => (p.Subject, p.Name)), .. _loose.SelectMany(l => l.Value, (l, name) => (l.Key, name))]);
        return true;
    }

    private void Fill(IEnumerable<(ulong Subject, string Name)> names)
    {
        var places = new List<Place>();
        foreach (var (subject, name) in names)
            foreach (var start in Starts(name)) places.Add(new(name, start, subject));
        _places = [.. places];
        Array.Sort(_places);
        _names = places.Count(p => p.Start == 0);
        _loose.Clear();
    }

    /// <summary>Where a part of a name may begin, as <see cref="NameQuestion"/> parts it: at its words; in one of Chinese characters behind a family name of one or two.</summary>
    private static IEnumerable<int> Starts(string name)
    {
        yield return 0;
        for (var i = 1; i < name.Length; i++)
            if (name[i] != ' ' && (name[i - 1] == ' ' || (i <= NameQuestion.LongestFamily && NameQuestion.IsChinese(name[0])))) yield return i;
    }

    private IEnumerable<(ulong Subject, string Name)> Read(string sql, CancellationToken cancellation)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            cancellation.ThrowIfCancellationRequested();
            if (NameIn(cipher.Open((byte[])reader[2], (byte[])reader[1]))?.Trim() is { Length: > 0 } name) yield return (unchecked((ulong)reader.GetInt64(0)), name);
        }
    }

    /// <summary>The name among the values of an identity (<see cref="SealedIdentity"/>), read without the others.</summary>
    private static string? NameIn(ReadOnlySpan<byte> clear)
    {
        var reader = new Utf8JsonReader(clear);
        while (reader.Read())
            if (reader is { TokenType: JsonTokenType.PropertyName, CurrentDepth: 2 } && reader.ValueTextEquals("name"u8)) return reader.Read() ? reader.GetString() : null;
        return null;
    }

    private long Number(string sql) => VaultLayout.Number(connection, sql);
}
