namespace Yunnao.Standards.Review;

/// <summary>Whether two Chinese names speak of the same thing: one is in the other, or they share a word beside the general ones.</summary>
internal static class Likeness
{
    private const int Word = 2;

    // Words that stand at the end of names of every kind of element.
    private static readonly string[] s_general =
        ["代码表", "代码", "编码", "名称", "日期时间", "日期", "时间", "标志", "标识", "编号", "类别", "类型", "情况", "描述", "结果", "数值", "(", ")", "(", ")", " "];

    public static bool Akin(string first, string second)
    {
        var (a, b) = (Bare(first), Bare(second));
        if (a.Length == 0 || b.Length == 0 || a.Contains(b, StringComparison.Ordinal) || b.Contains(a, StringComparison.Ordinal)) return true;
        for (var i = 0; i + Word <= a.Length; i++)
        {
            if (b.AsSpan().Contains(a.AsSpan(i, Word), StringComparison.Ordinal)) return true;
        }

        return false;
    }

    private static string Bare(string name)
    {
        foreach (var word in s_general) name = name.Replace(word, "", StringComparison.Ordinal);
        return name;
    }
}
