using Yunnao.Kernel;

namespace Yunnao.Trust.Anonymity;

/// <summary>
/// Makes a table k-anonymous, l-diverse and t-close by generalisation within groups (LeFevre, DeWitt, Ramakrishnan, Mondrian
/// multidimensional k-anonymity, ICDE 2006): rows are divided along the column that can be told apart best, numbers at the median, codes by
/// the next level of their tree, as long as every part keeps the goal. Parts of codes that are too small stay together under their parent.
/// Then the rows that cost most are left out, as far as the goal allows. O(n log n) a column; deterministic.
/// </summary>
public sealed class Anonymiser
{
    private readonly IReadOnlyList<QuasiIdentifier> _columns;
    private readonly Sensitivity _sensitive;
    private readonly int _rows;

    /// <param name="columns">The quasi-identifiers, all of the same length.</param>
    /// <param name="sensitive">The sensitive value of each row, or null.</param>
    public Anonymiser(IReadOnlyList<QuasiIdentifier> columns, IReadOnlyList<string>? sensitive = null)
    {
        if (columns.Count == 0) throw new ArgumentException("A table without a quasi-identifier needs no anonymity.", nameof(columns));
        _rows = columns[0].Values.Length;
        if (columns.Any(c => c.Values.Length != _rows) || (sensitive is not null && sensitive.Count != _rows)) throw new ArgumentException("Columns differ in length.", nameof(columns));
        _columns = columns;
        _sensitive = new Sensitivity(sensitive, _rows);
    }

    /// <summary>What the table gives away as it is.</summary>
    public AnonymityReport Measure()
    {
        var rows = Enumerable.Range(0, _rows).ToArray();
        Array.Sort(rows, Compare);
        var classes = new List<AlikeRows>();
        for (int from = 0, to; from < rows.Length; from = to)
        {
            for (to = from + 1; to < rows.Length && Compare(rows[from], rows[to]) == 0; to++) { }
            classes.Add(Describe(rows.AsSpan(from, to - from)));
        }

        return Report(classes, 0);
    }

    /// <summary>
    /// Reaches a goal. Problem: <c>anonymity.unreachable</c>: not even all rows together meet it (too few rows or sensitive values).
    /// </summary>
    public Result<AnonymousTable> Reach(AnonymityGoal goal)
    {
        var rows = Enumerable.Range(0, _rows).ToArray();
        if (!_sensitive.Meets(rows, goal))
        {
            return new Problem(ProblemKind.Incorrect, "anonymity.unreachable", "Not even all rows taken together meet the goal: ask for a smaller k or l, or give more rows.");
        }

        var classes = new List<AlikeRows>();
        Divide(rows, goal, classes);
        var left = LeaveOut(classes, (int)(goal.Suppress * _rows));
        return new AnonymousTable(_columns, classes, Report(classes, left));
    }

    private int Compare(int a, int b)
    {
        foreach (var column in _columns)
        {
            if (column.Values[a].CompareTo(column.Values[b]) is var order and not 0) return order;
        }

        return 0;
    }

    private void Divide(int[] all, AnonymityGoal goal, List<AlikeRows> classes)
    {
        var open = new Stack<(int From, int Length)>();
        open.Push((0, all.Length));
        while (open.TryPop(out var part))
        {
            var rows = all.AsSpan(part.From, part.Length);
            var described = Describe(rows);
            if (Split(rows, described, goal) is not { } lengths)
            {
                classes.Add(described);
                continue;
            }

            var from = part.From;
            foreach (var length in lengths)
            {
                open.Push((from, length));
                from += length;
            }
        }
    }

    /// <summary>Orders the rows so that they fall into parts that all meet the goal; the parts' lengths, or null when there is no such division.</summary>
    private List<int>? Split(Span<int> rows, AlikeRows described, AnonymityGoal goal)
    {
        if (rows.Length < 2 * goal.K) return null;
        foreach (var column in Enumerable.Range(0, _columns.Count).OrderByDescending(c => _columns[c].Loss(described.From[c], described.To[c])))
        {
            var (from, to) = (described.From[column], described.To[column]);
            if (from == to) continue;
            var values = _columns[column].Values;
            rows.Sort((a, b) => values[a] != values[b] ? values[a].CompareTo(values[b]) : a.CompareTo(b));
            var cuts = _columns[column].Cuts(from, to, values[rows[rows.Length / 2]]);
            if (Gather(rows, values, cuts, goal, _columns[column].IsNumber) is { } lengths) return lengths;
        }

        return null;
    }

    /// <summary>The parts between the cuts; those that do not meet the goal alone are put together at the end and must meet it together.</summary>
    private List<int>? Gather(Span<int> rows, int[] values, IReadOnlyList<int> cuts, AnonymityGoal goal, bool all)
    {
        var (lengths, small, good, begin) = (new List<int>(), new List<int>(), new List<int>(rows.Length), 0);
        for (var cut = 0; cut <= cuts.Count; cut++)
        {
            var end = begin;
            while (end < rows.Length && (cut == cuts.Count || values[rows[end]] < cuts[cut])) end++;
            var part = rows[begin..end];
            begin = end;
            if (part.IsEmpty) continue;
            if (_sensitive.Meets(part, goal))
            {
                lengths.Add(part.Length);
                good.AddRange(part);
            }
            else if (all)
            {
                return null;
            }
            else
            {
                small.AddRange(part);
            }
        }

        if (small.Count > 0)
        {
            if (!_sensitive.Meets(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(small), goal)) return null;
            lengths.Add(small.Count);
            good.AddRange(small);
        }

        if (lengths.Count < 2) return null;
        good.CopyTo(rows);
        return lengths;
    }

    private AlikeRows Describe(ReadOnlySpan<int> rows)
    {
        var (from, to) = (new int[_columns.Count], new int[_columns.Count]);
        for (var c = 0; c < from.Length; c++)
        {
            var values = _columns[c].Values;
            (from[c], to[c]) = (int.MaxValue, int.MinValue);
            foreach (var row in rows)
            {
                from[c] = Math.Min(from[c], values[row]);
                to[c] = Math.Max(to[c], values[row]);
            }
        }

        return new(rows.ToArray(), from, to);
    }

    /// <summary>Takes out whole groups, the most costly a row first, while the allowance lasts; returns the rows taken.</summary>
    private int LeaveOut(List<AlikeRows> classes, int allowed)
    {
        var left = 0;
        if (allowed == 0) return left;
        foreach (var dear in classes.OrderByDescending(LossARow).ThenBy(c => c.Rows[0]).ToList())
        {
            if (LossARow(dear) == 0) break;
            if (left + dear.Rows.Length > allowed || classes.Count == 1) continue;
            classes.Remove(dear);
            left += dear.Rows.Length;
        }

        return left;
    }

    private double LossARow(AlikeRows rows)
    {
        var loss = 0.0;
        for (var c = 0; c < _columns.Count; c++) loss += _columns[c].Loss(rows.From[c], rows.To[c]);
        return loss / _columns.Count;
    }

    private AnonymityReport Report(List<AlikeRows> classes, int left)
    {
        var (rows, loss, squares, least, poorest, farthest, unique) = (0, (double)left, (double)left * _rows, int.MaxValue, int.MaxValue, 0.0, 0);
        foreach (var alike in classes)
        {
            rows += alike.Rows.Length;
            loss += LossARow(alike) * alike.Rows.Length;
            squares += (double)alike.Rows.Length * alike.Rows.Length;
            least = Math.Min(least, alike.Rows.Length);
            if (alike.Rows.Length == 1) unique++;
            var (distinct, distance) = _sensitive.Of(alike.Rows);
            (poorest, farthest) = (Math.Min(poorest, distinct), Math.Max(farthest, distance));
        }

        return classes.Count == 0
            ? new(0, left, 0, 0, 0, 0, 0, 0, 0)
            : new(rows, left, classes.Count, least, poorest, farthest, unique, loss / _rows, squares / ((double)_rows * _rows));
    }
}
