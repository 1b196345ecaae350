using System.Collections.Frozen;

namespace Yunnao.Standards.Loading;

/// <summary>The columns a registry file may and must have. <paramref name="Open"/>: further columns are welcome (codes: attributes of the code).</summary>
internal sealed record TableColumns(FrozenSet<string> Known, string[] Required, bool Open = false)
{
    /// <summary>From a list of names; those that must be there end with <c>!</c>.</summary>
    public static TableColumns Of(string names, bool open = false)
    {
        var all = names.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new(
            all.Select(n => n.TrimEnd('!')).ToFrozenSet(StringComparer.Ordinal),
            [.. all.Where(n => n.EndsWith('!')).Select(n => n.TrimEnd('!'))],
            open);
    }
}
