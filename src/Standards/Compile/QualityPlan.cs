using Yunnao.Standards.Expressions;

namespace Yunnao.Standards.Compile;

/// <summary>
/// How the conditions of a scan are counted by bits: which bits of which words make up each. A condition that reads one column is a bit of a
/// word of that column; one that joins such conditions by and, or is a term over their bits and costs a row nothing unless it is near to
/// being true; any other is a bit of a word that is worked out for each row. Each distinct condition is counted once.
/// </summary>
/// <param name="column">SQL of the column of an item; null where it has none.</param>
/// <param name="asDouble">SQL of a column's number as DOUBLE; see <see cref="QualityWord.Of"/>.</param>
internal sealed class QualityPlan(Func<string, string?> column, Func<string, bool, string?> asDouble)
{
    // Of fewer conditions, judging is as cheap as remembering.
    private const int WorthRemembering = 4;
    private const int MostTerms = 16;

    private readonly List<(Truth Truth, bool CanFail)> _conditions = [];
    private readonly Dictionary<string, int> _counters = new(StringComparer.Ordinal);

    /// <summary>How many counters there are.</summary>
    public int Counters => _conditions.Count;

    /// <summary>The number of the counter of a condition.</summary>
    /// <param name="canFail">True when some value makes it fail; it is NULL then.</param>
    public int Count(Truth truth, bool canFail)
    {
        if (_counters.TryAdd(truth.Sql, _conditions.Count)) _conditions.Add((truth, canFail));
        return _counters[truth.Sql];
    }

    /// <summary>The same of rows of which it is asked.</summary>
    /// <param name="asked">Null: of all.</param>
    public int Count(Truth truth, bool canFail, Truth? asked, bool askedCanFail)
    {
        if (asked is null) return Count(truth, canFail);
        if (!canFail && !askedCanFail) return Count(new Truth.Every([asked, truth]), false);

        // Each is NULL for itself where it fails.
        var parts = new[] { (asked, askedCanFail), (truth, canFail) }.Select(p => 
            new Truth.Part(QualityCondition.Guarded(p.Item1, p.Item2), [.. p.Item1.Items], At: p.Item1.Steps));
        return Count(new Truth.Every([.. parts]), false);
    }

    /// <summary>The words of a row and the terms over them.</summary>
    public (IReadOnlyList<QualityWord> Words, IReadOnlyList<BitTerm> Terms) Make()
    {
        var joined = _conditions.Select(Joined).ToList();
        var remembered = joined.OfType<List<Term>>().SelectMany(t => t).SelectMany(t => t.All).Distinct().GroupBy(a => a.Column)
            .Where(g => g.Count() >= WorthRemembering).ToDictionary(g => g.Key, g => g.ToList());
        var words = new List<QualityWord>();
        var places = new Dictionary<string, BitPlace>(StringComparer.Ordinal);
        foreach (var (name, atoms) in remembered)
            foreach (var kind in atoms.GroupBy(a => a.Truth.Steps is not null)) Add(name, [.. kind.Select(a => (a.Truth, a.CanFail))]);
        bool ByRow(int i) => joined[i] is not { } terms || !terms.SelectMany(t => t.All).All(a => remembered.ContainsKey(a.Column));
        var byRow = Enumerable.Range(0, joined.Count).Where(ByRow).ToHashSet();
        Add(null, [.. byRow.Order().Select(i => _conditions[i])]);
        return (words, [.. _conditions.SelectMany((c, i) => byRow.Contains(i)
            ? [new BitTerm(i, [places[QualityCondition.Guarded(c.Truth, c.CanFail)]], [])]
            : joined[i]!.Select(t => new BitTerm(i, Places(t.Set), Places(t.Clear))))]);

        void Add(string? name, List<(Truth Truth, bool CanFail)> conditions)
        {
            foreach (var word in QualityWord.Of(name, conditions, asDouble))
            {
                for (var bit = 0; bit < word.Conditions.Count; bit++) places[word.Conditions[bit].Sql] = new(words.Count, bit);
                words.Add(word);
            }
        }

        List<BitPlace> Places(IEnumerable<Atom> atoms) => [.. atoms.Select(a => places[QualityCondition.Guarded(a.Truth, a.CanFail)])];
    }

    /// <summary>
    /// The condition as terms over atoms; null where it is none. What joins columns and can fail is left whole: whether it fails is a matter of
    /// the order in which its parts are asked.
    /// </summary>
    private List<Term>? Joined((Truth Truth, bool CanFail) condition)
    {
        if (OnlyColumn(condition.Truth) is { } only) return [new([new(only, condition.Truth.Sql) { Truth = condition.Truth, CanFail = condition.CanFail }], [])];
        return condition.CanFail ? null : Terms(condition.Truth, true);
    }

    /// <summary>Terms of which exactly one is fulfilled where the truth is (or, for <paramref name="holds"/> false, is not) known to be true; null: too many, or not by columns.</summary>
    private List<Term>? Terms(Truth truth, bool holds)
    {
        if (OnlyColumn(truth) is { } only)
        {
            Atom atom = new(only, truth.Sql) { Truth = truth };
            return [holds ? new([atom], []) : new([], [atom])];
        }

        return truth switch
        {
            Truth.Every every => holds ? All(every.Parts, true) : Any(every.Parts, false),
            Truth.Some some => holds ? Any(some.Parts, true) : All(some.Parts, false),
            _ => null,
        };
    }

    private List<Term>? All(IEnumerable<Truth> parts, bool holds)
    {
        List<Term>? terms = [new([], [])];
        foreach (var part in parts) terms = Both(terms, Terms(part, holds));
        return terms;
    }

    /// <summary>The first; or not the first, and the second; and so on.</summary>
    private List<Term>? Any(IEnumerable<Truth> parts, bool holds)
    {
        List<Term> found = [];
        List<Term>? before = [new([], [])];
        foreach (var part in parts)
        {
            if (Both(before, Terms(part, holds)) is not { } more || found.Count + more.Count > MostTerms) return null;
            found.AddRange(more);
            before = Both(before, Terms(part, !holds));
        }

        return found;
    }

    private static List<Term>? Both(List<Term>? left, List<Term>? right)
    {
        if (left is null || right is null || left.Count * right.Count > MostTerms) return null;
        return [.. left.SelectMany(_ => right, (l, r) => new Term([.. l.Set.Union(r.Set)], [.. l.Clear.Union(r.Clear)])).Where(t => !t.Set.Intersect(t.Clear).Any())];
    }

    private string? OnlyColumn(Truth truth) => truth.Items.Take(2).ToList() is [var item] ? column(item) : null;

    /// <summary>A condition of one column.</summary>
    private sealed record Atom(string Column, string Sql)
    {
        public required Truth Truth { get; init; }

        public bool CanFail { get; init; }

        public bool Equals(Atom? other) => other is not null && (Column, Sql) == (other.Column, other.Sql);

        public override int GetHashCode() => HashCode.Combine(Column, Sql);
    }

    private sealed record Term(IReadOnlyList<Atom> Set, IReadOnlyList<Atom> Clear)
    {
        public IEnumerable<Atom> All => Set.Concat(Clear);
    }
}
