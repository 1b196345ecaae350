using CsCheck;
using Xunit;
using Yunnao.Trust.Anonymity;

namespace Yunnao.Tests.Unit.Trust;

public sealed class AnonymityTests
{
    private static readonly string[] Divisions = ["420102", "420103", "420106", "420302", "420303", "110101", "110105", "310101"];
    private static readonly string[] Diseases = ["A", "B", "C", "D", "E"];

    [Fact]
    public void Whatever_the_table_every_group_that_looks_alike_meets_the_goal()
    {
        var row = Gen.Select(Gen.Int[0, 99], Gen.Int[0, 1], Gen.Int[0, Divisions.Length - 1], Gen.Int[0, Diseases.Length - 1]);
        Gen.Select(row.List[20, 300], Gen.Int[2, 8], Gen.Int[1, 3], Gen.Double[0.4, 1], Gen.Double[0, 0.2]).Sample((rows, k, l, t, suppress) =>
        {
            var sensitive = rows.Select(r => Diseases[r.Item4]).ToList();
            var table = new Anonymiser(Columns(rows), sensitive).Reach(new() { K = k, L = l, T = t, Suppress = suppress });
            if (table.Problem is { } problem)
            {
                Assert.Equal("anonymity.unreachable", problem.Code);
                return;
            }

            var shown = Enumerable.Range(0, rows.Count).Select(i => (Row: i, Shown: table.Value.Show(i))).Where(r => r.Shown is not null).ToList();
            Assert.True(rows.Count - shown.Count <= (int)(suppress * rows.Count));
            Assert.Equal(shown.Count, table.Value.Report.Rows);
            foreach (var alike in shown.GroupBy(r => string.Join('|', r.Shown!)))
            {
                Assert.True(alike.Count() >= k);
                Assert.True(alike.Select(r => sensitive[r.Row]).Distinct().Count() >= l);
            }

            Assert.All(shown, r => Assert.True(Holds(r.Shown![0], rows[r.Row].Item1) && Covers(r.Shown[2], Divisions[rows[r.Row].Item3])));
        });
    }

    [Fact]
    public void Measuring_what_was_made_tells_the_same()
    {
        var rows = Enumerable.Range(0, 500).Select(i => (i * 7 % 90, i % 2, i * 3 % Divisions.Length, i * 11 % Diseases.Length)).ToList();
        var sensitive = rows.Select(r => Diseases[r.Item4]).ToList();
        var made = new Anonymiser(Columns(rows), sensitive).Reach(new() { K = 5, L = 2 }).Value;
        var shown = Enumerable.Range(0, rows.Count).Select(i => made.Show(i)!).ToList();
        var again = new Anonymiser([.. Enumerable.Range(0, 3).Select(c => QuasiIdentifier.OfCodes($"c{c}", [.. shown.Select(s => s[c])]))], sensitive).Measure();
        Assert.Equal((made.Report.K, made.Report.L, made.Report.Classes), (again.K, again.L, again.Classes));
        Assert.Equal(made.Report.T, again.T, 9);
        Assert.InRange(made.Report.Loss, 0.0001, 0.9);
    }

    [Fact]
    public void A_table_as_it_is_tells_who_is_alone()
    {
        List<(int, int, int, int)> rows = [(30, 1, 0, 0), (30, 1, 0, 1), (31, 1, 0, 0), (30, 0, 0, 0)];
        var report = new Anonymiser(Columns(rows), [.. rows.Select(r => Diseases[r.Item4])]).Measure();
        Assert.Equal((4, 3, 1, 1, 2), (report.Rows, report.Classes, report.K, report.L, report.Unique));
        Assert.Equal(0, report.Loss);
    }

    [Fact]
    public void Codes_become_coarser_by_their_prefixes()
    {
        var column = QuasiIdentifier.OfCodes("division", Divisions, 2, 4);
        var (a, b, c) = (column.Values[0], column.Values[3], column.Values[5]);
        Assert.Equal("4201*", column.Show(column.Values[0], column.Values[2]));
        Assert.Equal("42*", column.Show(Math.Min(a, b), Math.Max(a, b)));
        Assert.Equal("*", column.Show(Math.Min(a, c), Math.Max(a, c)));
        Assert.Equal(3.0 / Divisions.Length, column.Loss(column.Values[0], column.Values[1]), 9);
    }

    [Fact]
    public void Leaving_out_the_rows_that_cost_most_loses_less()
    {
        var rows = Enumerable.Range(0, 400).Select(i => (i < 390 ? i % 20 : 60 + (i % 40), i % 2, i % 3, 0)).ToList();
        var all = new Anonymiser(Columns(rows)).Reach(new() { K = 10 }).Value.Report;
        var fewer = new Anonymiser(Columns(rows)).Reach(new() { K = 10, Suppress = 0.05 }).Value.Report;
        Assert.True(fewer.Suppressed <= 20);
        Assert.True(fewer.Loss <= all.Loss + 0.05);
    }

    private static List<QuasiIdentifier> Columns(IReadOnlyList<(int, int, int, int)> rows) =>
    [
        QuasiIdentifier.OfNumbers("age", [.. rows.Select(r => (double)r.Item1)]),
        QuasiIdentifier.OfCodes("sex", [.. rows.Select(r => $"{r.Item2}")]),
        QuasiIdentifier.OfCodes("division", [.. rows.Select(r => Divisions[r.Item3])], 2, 4),
    ];

    private static bool Holds(string shown, int value)
    {
        var ends = shown.Split('–').Select(int.Parse).ToList();
        return ends[0] <= value && value <= ends[^1];
    }

    private static bool Covers(string shown, string code) => shown == "*" || (shown.EndsWith('*') ? code.StartsWith(shown[..^1], StringComparison.Ordinal) : shown == code);
}
