using Yunnao.Standards.Compile;

namespace Yunnao.Standards.Compare;

/// <summary>What a change of type and format does to the values.</summary>
internal static class TypeChange
{
    /// <summary>Widen when every old value is right under the new type too, else narrow; null when nothing changed.</summary>
    public static ChangeClass? Of(ElementType before, ElementFormat old, ElementType after, ElementFormat now)
    {
        if (before == after && old == now) return null;
        if (before == after) return Holds(before, old, now) ? ChangeClass.Widen : ChangeClass.Narrow;
        if (IsText(before) && IsText(after)) return Holds(before, old, now) ? ChangeClass.Widen : ChangeClass.Narrow;
        var (from, to) = (TableShape.SqlType(before, old, null), TableShape.SqlType(after, now, null));
        return from != to && Widening.Allows(from, to) ? ChangeClass.Widen : ChangeClass.Narrow;
    }

    private static bool IsText(ElementType type) => type is ElementType.S1 or ElementType.S2 or ElementType.S3;

    private static bool Holds(ElementType type, ElementFormat old, ElementFormat now) => type == ElementType.N
        ? now.Decimals >= old.Decimals && now.Length - now.Decimals >= old.Length - old.Decimals
        : now.Length >= old.Length && (!now.Exact || (old.Exact && now.Length == old.Length));
}
