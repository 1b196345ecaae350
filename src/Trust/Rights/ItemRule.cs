using Yunnao.Lake.Scopes;
using Yunnao.Standards;
using Yunnao.Standards.Policies;

namespace Yunnao.Trust.Rights;

/// <summary>What a right shows of an item: by its level, unless the right names the item, and by the item's own action where the right says so.</summary>
internal sealed class ItemRule(PolicyBook policies)
{
    private const int AgeBand = 5;
    private const int OldestAge = 90;
    private const int MonthBand = 6;

    /// <param name="steps">Gets the reasons; null when nobody wants them.</param>
    public static ItemAction Of(Right right, DataSet dataSet, Item item, List<Step>? steps = null)
    {
        if (item.InVault)
        {
            steps?.Add(new(false, new("身份信息在保管库中,不经数据湖交付", "The value is kept in the vault and never delivered from the lake"), Place(item.At)));
            return ItemAction.Nothing;
        }

        if (item.Level is not { } level || item.Deid is not { } own)
        {
            steps?.Add(new(false, new("没有分级或去标识方式的数据项不能交付", "An item with no level or no de-identification action cannot be delivered"), Place(item.At)));
            return ItemAction.Nothing;
        }

        var named = right.ExceptionFor(dataSet.Id, item.Name);
        var said = named is null ? right.ByLevel[level - 1] : named.Action;
        steps?.Add(named is null
            ? new(true, new($"数据项为{level}级;权限 {right.Id} 对{level}级:{Word(said, zh: true)}", $"The item has level {level}; right {right.Id} says of level {level}: {Word(said, zh: false)}"), Place(right.At))
            : new(true, new($"权限 {right.Id} 单独规定了此项:{Word(said, zh: true)}", $"Right {right.Id} names this item: {Word(said, zh: false)}"), Place(right.At)));
        if (said is null) steps?.Add(new(true, new($"数据项自己的方式:{Word(own, zh: true)}", $"The item's own action: {Word(own, zh: false)}"), Place(item.At)));
        return ActionOf(said ?? own);
    }

    /// <summary>How an item becomes coarser, by its value set, unit and type; null when the type says it: the month of a date.</summary>
    public Generalisation? Coarser(Item item)
    {
        if (item.ValueSet is { } set && policies.Groupings.TryGetValue(set.Id, out var grouping))
        {
            return grouping.Prefix > 0 ? new Generalisation.Prefix(grouping.Prefix) : new Generalisation.Ranges(grouping.Ranges);
        }

        return item.Unit switch
        {
            "a" => new Generalisation.Band(AgeBand, OldestAge),
            "mo" => new Generalisation.Band(MonthBand),
            _ => null,
        };
    }

    public static ItemAction ActionOf(Deid deid) => deid switch
    {
        Deid.Keep => ItemAction.Clear,
        Deid.Mask => ItemAction.Mask,
        Deid.Generalise => ItemAction.Generalise,
        Deid.Redact => ItemAction.Redact,
        Deid.Pseudonym => ItemAction.Pseudonym,
        _ => ItemAction.Nothing,
    };

    public static string Place(SourceLine at) => $"{at.File}:{at.Line}";

    private static string Word(Deid? action, bool zh) => (action, zh) switch
    {
        (null, true) => "按数据项自己的方式",
        (null, false) => "the item's own action",
        (Deid.Keep, true) => "原值",
        (Deid.Mask, true) => "掩码",
        (Deid.Generalise, true) => "泛化",
        (Deid.Redact, true) => "脱敏文本",
        (Deid.Pseudonym, true) => "假名",
        (Deid.Keep, false) => "clear",
        (Deid.Mask, false) => "mask",
        (Deid.Generalise, false) => "generalise",
        (Deid.Redact, false) => "redact",
        (Deid.Pseudonym, false) => "pseudonym",
        (_, true) => "不交付",
        _ => "drop",
    };
}
