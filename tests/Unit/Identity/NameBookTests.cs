using System.Text;
using Xunit;
using Yunnao.Services.Identity;
using Yunnao.Trust.Keys;

namespace Yunnao.Tests.Unit.Identity;

/// <summary>Who is found by name, against every name looked at by itself, while persons come, are called otherwise and become others.</summary>
public sealed class NameBookTests : IDisposable
{
    private static readonly string[] s_names =
    [
        "Zhang Wei", "zhang  wei", "Zhang Weiwei", "Zhan Gwei", "Wei Zhang", "M\u00FCller Anna Maria", "M\u00DCLLER", "Muller Jan", "Zhang", "\u5F20\u4E09", "\u5F20\u4E09\u4E30", "\u6B27\u9633\u4FEE", "\u6B27\u9633", "\u4E09\u5F20",
        "\u00D6zt\u00FCrk Ay\u015Fe", "O'Neill Se\u00E1n", "X",
    ];

    private static readonly string[] s_wanted = ["zhang", "ZHANG", "Zhang Wei", "we", "m\u00FCller", "\u5F20", "\u5F20\u4E09", "\u4E09", "\u6B27\u9633", "\u4FEE", "an", "x", "", "\u00F6z", "nobody"];

    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-names-").FullName;
    private readonly Dictionary<string, (ulong Subject, string Name)> _known = [];
    private readonly KeyRing _keys;
    private readonly Vault _written, _read;

    public NameBookTests()
    {
        _keys = KeyRing.Open(_folder).Value;
        (_written, _read) = (Vault.Open(_folder, _keys).Value, Vault.Open(_folder, _keys).Value);
    }

    public void Dispose()
    {
        _written.Dispose();
        _read.Dispose();
        _keys.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Whoever_has_a_name_that_fits_is_found_and_nobody_else()
    {
        var random = new Random(20261130);
        Agrees();
        for (var batch = 1; batch <= 12; batch++)
        {
            // Some are new, some are called otherwise; the lake may not have taken a batch, and its number comes again.
            Learn(batch - (batch % 4 == 0 ? 1 : 0), [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => ($"P{random.Next(40)}", s_names[random.Next(s_names.Length)]))]);
            Agrees();
        }
    }

    [Fact]
    public void As_many_changes_as_are_put_in_order_again_change_nothing()
    {
        Learn(1, [.. Enumerable.Range(0, 500).Select(i => ($"P{i}", s_names[i % s_names.Length]))]);
        Agrees();
        Learn(2, [.. Enumerable.Range(400, 12_000).Select(i => ($"P{i}", s_names[i % 5]))]);
        Agrees();
        Learn(3, [.. Enumerable.Range(9_000, 11_000).Select(i => ($"P{i}", s_names[i * 3 % s_names.Length]))]);
        Agrees();
        Learn(4, [.. Enumerable.Range(0, 21_000).Select(i => ($"P{i}", s_names[i * 7 % s_names.Length]))]);
        Agrees();
        Learn(5, [("P3", "Somebody Else")]);
        Agrees();
    }

    [Fact]
    public void A_number_that_becomes_another_person_is_found_as_that_one()
    {
        Learn(1, [("P1", "Zhang Wei"), ("P2", "Li Na")]);
        Agrees();
        using (var writer = _written.Write(2))
        {
            var resolver = new SubjectResolver(_written);
            resolver.Learn(writer, new("H1", "P3", new Dictionary<string, string> { ["name"] = "Zhang Wei", ["id_number"] = "110101199003070011" }));
            resolver.Learn(writer, new("H1", "P1", new Dictionary<string, string> { ["name"] = "Zhang Wei", ["id_number"] = "110101199003070011" }));
            writer.Commit();
        }

        var now = _written.Find("id_number", "110101199003070011");
        Assert.Equal(now.Order(), _read.NameBook.Find([new(NamePart.Family, "", ["zhang"])], TestContext.Current.CancellationToken)!.Order());
    }

    [Fact]
    public void Of_more_names_than_are_kept_nothing_is_said()
    {
        Learn(1, [.. Enumerable.Range(0, 20).Select(i => ($"P{i}", "Zhang Wei"))]);
        var (some, all) = (_read.BookOf(19), _read.BookOf(20));
        Assert.Null(some.Find([new(NamePart.Any, "", ["zhang"])], TestContext.Current.CancellationToken));
        Assert.Equal(20, all.Find([new(NamePart.Any, "", ["zhang"])], TestContext.Current.CancellationToken)!.Count);
        Learn(2, [("P20", "Li Na")]);
        Assert.Null(all.Find([new(NamePart.Any, "", ["zhang"])], TestContext.Current.CancellationToken));
    }

    private void Learn(int batch, IReadOnlyList<(string Local, string Name)> persons)
    {
        using var writer = _written.Write(batch);
        var resolver = new SubjectResolver(_written);
        foreach (var (local, name) in persons) resolver.Learn(writer, new("H1", local, new Dictionary<string, string> { ["name"] = name }));
        writer.Commit();
        foreach (var (local, name) in persons)
        {
            Assert.True(_written.TryFindLocal("H1", _written.KeyOf("H1"u8, Encoding.UTF8.GetBytes(local)), out var subject));
            _known[local] = (subject, name);
        }
    }

    private void Agrees()
    {
        foreach (var part in Enum.GetValues<NamePart>())
            foreach (var modifier in (ReadOnlySpan<string>)["", "exact", "contains"])
                foreach (var wanted in s_wanted)
                {
                    var question = new NameQuestion(part, modifier, [wanted, "q"]);
                    Assert.Equal(_known.Values.Where(p => question.Fits(p.Name)).Select(p => p.Subject).Order(), _read.NameBook.Find([question], TestContext.Current.CancellationToken)!.Order());
                    NameQuestion[] two = [question, new(NamePart.Given, "", ["w", "\u4E09"])];
                    Assert.Equal(_known.Values.Where(p => two.All(q => q.Fits(p.Name))).Select(p => p.Subject).Order(), _read.NameBook.Find(two, TestContext.Current.CancellationToken)!.Order());
                }
    }
}
