using System.Globalization;
using System.Text;
using Xunit;
using Yunnao.Lake.Scopes;
using Yunnao.Standards;
using Yunnao.Standards.Loading;
using Yunnao.Trust.Callers;
using Yunnao.Trust.Rights;

namespace Yunnao.Tests.Engines.Trust;

/// <summary>
/// The matrix of the published policies, roles × purposes × data sets, as a file that is reviewed: rights.txt beside this one. A change of a policy that
/// changes what anybody sees changes it; that each item is shown as the file says of its level is asserted for every item of every data set. YUNNAO_UPDATE_GOLDEN=1 writes it anew.
/// </summary>
public sealed class MatrixTests
{
    private static readonly string s_root = Root();
    private static readonly Registry s_registry = RegistryLoader.Load(Path.Combine(s_root, "standards")).Whole.Value;

    [Fact]
    public void The_matrix_of_rights_is_the_reviewed_one()
    {
        var file = Path.Combine(s_root, "tests", "Engines", "Trust", "rights.txt");
        var matrix = Matrix();
        if (Environment.GetEnvironmentVariable("YUNNAO_UPDATE_GOLDEN") == "1") File.WriteAllText(file, matrix);
        Assert.Equal(File.ReadAllText(file).ReplaceLineEndings("\n").Split('\n'), matrix.Split('\n'));
    }

    [Fact]
    public void No_administrator_of_system_security_or_audit_reads_a_data_set()
    {
        var apart = s_registry.Policies.Roles.Values.Where(r => r.Apart is not null).Select(r => r.Id).ToList();
        Assert.Equal(["audit_administrator", "security_administrator", "system_administrator"], apart.Order());
        Assert.DoesNotContain(s_registry.Policies.Rights, r => apart.Contains(r.Role));
    }

    [Fact]
    public void Nobody_is_shown_an_identifying_value_or_an_item_without_level_or_action()
    {
        var shown = from right in s_registry.Policies.Rights
                    from set in s_registry.DataSets.Values.Where(d => right.Covers(d.Id))
                    from item in set.Items
                    where ItemRule.Of(right, set, item) != ItemAction.Nothing && (item.InVault || item.Level is null || item.Deid is null)
                    select $"{right.Id} {set.Id}.{item.Name}";
        Assert.Empty(shown);
    }

    /// <summary>What leaves the institutions for research or statistics shows no direct or local number of a person in clear.</summary>
    [Fact]
    public void Research_and_statistics_show_no_keys_in_clear() => Assert.All(
        s_registry.Policies.Rights.Where(r => r.Purpose is "research" or "management"), r => Assert.NotEqual(Deid.Keep, r.Keys));

    private static string Matrix()
    {
        var policy = new Policy(s_registry);
        var text = new StringBuilder("# role purpose domain (or data set): right organisations subjects rows keys | what is shown of each level; own is the item's own action\n");
        foreach (var role in s_registry.Policies.Roles.Keys)
        {
            foreach (var purpose in s_registry.Policies.Purposes.Keys)
            {
                var caller = new Caller("x", CallerKind.Account, new HashSet<string> { role }, ["O1"], 7);
                if (policy.Refuse(caller, new(purpose)) is { } refused)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{role} {purpose}: {refused.Code}\n");
                    continue;
                }

                // One line a domain; a data set of which something else is said than of the others of its domain gets its own.
                foreach (var domain in s_registry.DataSets.Values.GroupBy(d => d.Domain).OrderBy(d => d.Key, StringComparer.Ordinal))
                {
                    var lines = domain.Where(d => d.Subject is not null).DefaultIfEmpty(domain.First()).Select(d => (d.Id, Line: Line(policy, caller, new(purpose), d.Id))).ToList();
                    var usual = lines.GroupBy(l => l.Line).MaxBy(g => g.Count())!.Key;
                    text.Append(CultureInfo.InvariantCulture, $"{role} {purpose} {domain.Key}: {usual}\n");
                    foreach (var other in lines.Where(l => l.Line != usual).OrderBy(l => l.Id, StringComparer.Ordinal))
                        text.Append(CultureInfo.InvariantCulture, $"{role} {purpose} {other.Id}: {other.Line}\n");
                }
            }
        }

        return text.ToString();
    }

    private static string Line(Policy policy, Caller caller, Purpose purpose, string dataSet)
    {
        var decision = policy.Decide(new(caller, purpose, [dataSet]) { Subject = 7 }, dataSet);
        if (decision.Reached is not { } reached) return decision.Refusal!.Code;
        var right = decision.Right!;
        var text = new StringBuilder($"{right.Id} {right.Organisations} {right.Subjects} {(right.RowsShown ? "rows" : "aggregates")} {reached.Keys} |".ToLowerInvariant());
        var items = s_registry.DataSets[dataSet].Items.Where(i => !i.InVault);
        for (var level = 1; level <= 5; level++)
            text.Append(CultureInfo.InvariantCulture, $" {level} {(right.ByLevel[level - 1]?.ToString() ?? "own").ToLowerInvariant()}");

        // Where the right names an item, or the table says another thing than the level does.
        foreach (var item in items)
        {
            var expected = right.ExceptionFor(dataSet, item.Name) is { } named ? named.Action : item.Level is { } l ? right.ByLevel[l - 1] : Deid.Drop;
            var shown = item.Deid is null ? ItemAction.Nothing : ItemRule.ActionOf(expected ?? item.Deid.Value);
            Assert.Equal(item.Level is null ? ItemAction.Nothing : shown, reached.Items[item.Name]);
        }

        return text.ToString();
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Yunnao.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("No Yunnao.slnx above the tests.");
    }
}
