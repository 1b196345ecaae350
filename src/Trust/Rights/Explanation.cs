using Yunnao.Lake.Scopes;
using Yunnao.Standards;
using Yunnao.Standards.Policies;

namespace Yunnao.Trust.Rights;

/// <summary>Why something is shown or not, step by step, by the policies alone. Reads no data and is no event.</summary>
public sealed class Explanation(Registry registry)
{
    private readonly Policy _policy = new(registry);

    /// <summary>The steps to what a request shows of an item. The last step says what refused, when something did.</summary>
    /// <param name="item">Item name, or null for the data set as a whole.</param>
    public (IReadOnlyList<Step> Steps, ItemAction Action) Of(ScopeRequest request, string dataSet, string? item)
    {
        if (_policy.Refuse(request.Caller, request.Purpose) is { } problem) return ([new(false, Policy.InBoth(problem.Message))], ItemAction.Nothing);
        var decision = _policy.Decide(request, dataSet);
        List<Step> steps = [.. decision.Steps];
        if (decision.Refusal is not null) return (steps, ItemAction.Nothing);
        var set = registry.DataSets[dataSet];
        steps.AddRange(Conditions(registry.Policies.Purposes[request.Purpose.Id], set));
        if (item is null) return (steps, ItemAction.Clear);
        if (set.Find(item) is { } found) return (steps, _policy.Explain(decision.Right!, set, found, steps));
        steps.Add(new(false, new($"{dataSet} 没有数据项 {item}", $"{dataSet} has no item {item}")));
        return (steps, ItemAction.Nothing);
    }

    private static IEnumerable<Step> Conditions(PolicyPurpose purpose, DataSet dataSet)
    {
        var at = ItemRule.Place(purpose.At);
        if (dataSet.Subject is null) yield break;
        if (purpose.BreakGlass) yield return new(true, new("须先启用紧急访问(理由、限时、事后复核)", "Needs an open break-glass: a reason, a time limit, a review afterwards"), at);
        if (purpose.Consent == ConsentRule.OptIn) yield return new(true, new("只读取同意此用途的居民的记录", "Only records of persons who consented to this purpose"), at);
        if (purpose.Consent == ConsentRule.OptOut) yield return new(true, new("不读取拒绝此用途的居民的记录", "No records of persons who refused this purpose"), at);
        if (purpose.SmallestGroup > 1)
        {
            yield return new(true, new($"汇总结果中少于 {purpose.SmallestGroup} 人的组不显示", $"Groups of fewer than {purpose.SmallestGroup} persons are left out of aggregates"), at);
        }
    }
}
