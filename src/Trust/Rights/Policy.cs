using System.Collections.Concurrent;
using Yunnao.Kernel;
using Yunnao.Lake.Scopes;
using Yunnao.Standards;
using Yunnao.Standards.Policies;
using Yunnao.Trust.Callers;

namespace Yunnao.Trust.Rights;

/// <summary>
/// Decides by the policies alone, without looking at consents, break-glass or time: role × purpose × data set × organisation × item. The first
/// right of the file that fits one of the caller's roles, the purpose and the data set decides; rights are not added up.
/// </summary>
internal sealed class Policy(Registry registry)
{
    private static readonly Text s_chinese = Text.For("zh-CN");

    private readonly ItemRule _items = new(registry.Policies);

    /// <summary>
    /// What a right shows of a data set, whoever asks: it follows from the registry alone, which does not change while it is in use, so nothing
    /// that can be taken back (roles, organisations, consents, break-glass) is remembered here.
    /// </summary>
    private readonly ConcurrentDictionary<(string Right, string DataSet), DataSetScope> _shown = new();
    private readonly RoleRules _roles = new(registry.Policies);

    /// <summary>Why the caller may ask nothing for the purpose, or null. Problems: <c>scope.purpose</c>, <c>caller.role</c>, <c>caller.roles-apart</c>, <c>scope.role</c>.</summary>
    public Problem? Refuse(Caller caller, Purpose purpose)
    {
        if (!registry.Policies.Purposes.ContainsKey(purpose.Id))
        {
            return Forbidden("scope.purpose", $"There is no purpose {purpose}; the purposes are {string.Join(", ", registry.Policies.Purposes.Keys)}.") with { Where = new(Path: "purpose") };
        }

        if (_roles.Check(caller.Roles) is { } problem) return problem with { Kind = ProblemKind.Forbidden };
        return Rights(caller, purpose).Any() ? null : Forbidden("scope.role", $"No role of {caller.Id} has a right for the purpose {purpose}.");
    }

    /// <summary>Why the caller may not find a person of a data set by identity for the purpose, or null. Problems: those of <see cref="Refuse"/>, <c>scope.data-set</c>, <c>scope.identity</c>.</summary>
    public Problem? RefuseFinding(Caller caller, Purpose purpose, string dataSet)
    {
        if (Refuse(caller, purpose) is { } problem) return problem;
        if (Rights(caller, purpose).FirstOrDefault(r => r.Covers(dataSet)) is not { } right) return Forbidden("scope.data-set", $"{NoRight(caller, dataSet, purpose)}.");
        return right.FindsPersons ? null : Forbidden("scope.identity", $"The right {right.Id} does not let anybody find a person by an identity number, a health card or a telephone number.");
    }

    /// <summary>Ids of the data sets that the caller reaches for a purpose.</summary>
    /// <param name="among">The only ones to look at; null for all.</param>
    public IEnumerable<string> Reachable(Caller caller, Purpose purpose, IEnumerable<string>? among = null)
    {
        var rights = Rights(caller, purpose).ToList();
        return (among is null ? registry.DataSets.Values : among.Select(d => registry.DataSets[d])).Where(d => d.Status != Status.Superseded && rights.Exists(r => r.Covers(d.Id))).Select(d => d.Id).Order(StringComparer.Ordinal);
    }

    /// <summary>The decision on a data set.</summary>
    public Decision Decide(ScopeRequest request, string dataSet)
    {
        var steps = new List<Step>();
        Right? right = null;
        if (!registry.DataSets.TryGetValue(dataSet, out var set)) return Refused("scope.data-set", $"There is no data set {dataSet}");
        right = Rights(request.Caller, request.Purpose).FirstOrDefault(r => r.Covers(dataSet));
        if (right is null)
        {
            return Refused("scope.data-set", NoRight(request.Caller, dataSet, request.Purpose));
        }

        steps.Add(new(true, new($"权限 {right.Id}:角色 {right.Role},用途 {right.Purpose}", $"Right {right.Id}: role {right.Role}, purpose {right.Purpose}"), ItemRule.Place(right.At)));
        IReadOnlyList<string>? organisations = null;
        if (right.Organisations == Reach.Own)
        {
            organisations = request.Caller.Organisations;
            if (organisations.Count == 0) return Refused("scope.organisation", "The right reaches the own organisations, and the caller belongs to none");
            steps.Add(new(true, new($"只读取机构 {string.Join(", ", organisations)} 的记录", $"Only records of {string.Join(", ", organisations)}"), ItemRule.Place(right.At)));
        }

        IReadOnlyList<ulong>? subjects = request.Subject is { } one ? [one] : null;
        if (set.Subject is not null && right.Subjects != Reach.All)
        {
            var wanted = right.Subjects == Reach.Own ? request.Caller.Subject : request.Subject;
            if (wanted is null || (request.Subject ?? wanted) != wanted)
            {
                return Refused("scope.subject", right.Subjects == Reach.Own
                    ? (Sentence)"The right reaches the own record only"
                    : "The request must name the one person");
            }

            subjects = [wanted.Value];
            steps.Add(new(true, new("只读取一位居民的记录", "Only records of one person"), ItemRule.Place(right.At)));
        }

        if (!right.RowsShown) steps.Add(new(true, new("只给出汇总结果,不给出单行", "Only results of aggregates, no single rows"), ItemRule.Place(right.At)));
        var reached = _shown.GetOrAdd((right.Id, set.Id), _ => Shown(right, set)) with { Rows = new(organisations, set.Subject is null ? null : subjects) };
        return new(dataSet, steps, right, reached, null);

        Decision Refused(string code, Sentence why)
        {
            steps.Add(new(false, InBoth(why), right is null ? "" : ItemRule.Place(right.At)));
            return new(dataSet, steps, right, null, Forbidden(code, $"{why}."));
        }
    }

    /// <summary>The steps that lead to what is shown of an item under a right.</summary>
    public ItemAction Explain(Right right, DataSet dataSet, Item item, List<Step> steps)
    {
        var action = ItemRule.Of(right, dataSet, item, steps);
        if (action == ItemAction.Generalise)
        {
            steps.Add(new(true, _items.Coarser(item) switch
            {
                Generalisation.Prefix prefix => new($"保留前 {prefix.Length} 个字符", $"The first {prefix.Length} characters stay"),
                Generalisation.Ranges => new("代码归入其章", "The code becomes its chapter"),
                Generalisation.Band band => new($"归入宽度为 {band.Width} 的区间", $"The number becomes its band of {band.Width}"),
                _ => item.Element.Type is ElementType.D or ElementType.DT
                    ? new("日期归到月", "The date becomes its month")
                    : new("数归入宽度为 10 的区间,文本保留前 3 个字符", "A number becomes its band of 10, of a text the first 3 characters stay"),
            }));
        }

        return action;
    }

    /// <summary>The columns of a data set under a right; all rows.</summary>
    private DataSetScope Shown(Right right, DataSet set)
    {
        var items = set.Items.ToDictionary(i => i.Name, i => ItemRule.Of(right, set, i), StringComparer.Ordinal);
        return new(RowFilter.All, ItemRule.ActionOf(right.Keys), items)
        {
            RowsShown = right.RowsShown,
            Generalisations = set.Items.Where(i => items[i.Name] == ItemAction.Generalise)
                .Select(i => (i.Name, Way: _items.Coarser(i))).Where(i => i.Way is not null).ToDictionary(i => i.Name, i => i.Way!, StringComparer.Ordinal),
        };
    }

    private IEnumerable<Right> Rights(Caller caller, Purpose purpose) =>
        registry.Policies.Rights.Where(r => r.Purpose == purpose.Id && r.Status == Status.Standard && caller.Roles.Contains(r.Role));

    private static string Roles(Caller caller) => caller.Roles.Count == 0 ? "–" : string.Join(", ", caller.Roles.Order(StringComparer.Ordinal));

    /// <summary>A sentence in the two languages of the registry.</summary>
    internal static Names InBoth(Sentence sentence) => new(sentence.In(s_chinese), sentence.ToString());

    private static Sentence NoRight(Caller caller, string dataSet, Purpose purpose) => $"No right lets {Roles(caller)} read {dataSet} for {purpose}";

    private static Problem Forbidden(string code, Sentence message) => new(ProblemKind.Forbidden, code, message);
}
