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
/// The matrix of the published policies, roles × purposes × data sets, as a file that is reviewed: rights.txt beside this one. A change of a policy,
/// a level or an action that changes what anybody sees changes it. YUNNAO_UPDATE_GOLDEN=1 writes it anew.
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
        var text = new StringBuilder("# role purpose data set: organisations subjects rows keys | items by what is shown of them\n");
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

                foreach (var dataSet in s_registry.DataSets.Keys.Order(StringComparer.Ordinal)) Line(text, policy, caller, new(purpose), dataSet);
            }
        }

        return text.ToString();
    }

    private static void Line(StringBuilder text, Policy policy, Caller caller, Purpose purpose, string dataSet)
    {
        var decision = policy.Decide(new(caller, purpose, [dataSet]) { Subject = 7 }, dataSet);
        text.Append(CultureInfo.InvariantCulture, $"{string.Join(' ', caller.Roles)} {purpose} {dataSet}: ");
        if (decision.Reached is not { } reached)
        {
            text.Append(decision.Refusal!.Code).Append('\n');
            return;
        }

        var right = decision.Right!;
        text.Append($"{right.Organisations} {right.Subjects} {(right.RowsShown ? "rows" : "aggregates")} {reached.Keys} |".ToLowerInvariant());
        foreach (var action in Enum.GetValues<ItemAction>())
        {
            var items = reached.Items.Count(i => i.Value == action);
            if (items > 0) text.Append(CultureInfo.InvariantCulture, $" {action.ToString().ToLowerInvariant()} {items}");
        }

        text.Append('\n');
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Yunnao.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("No Yunnao.slnx above the tests.");
    }
}
