namespace Yunnao.Trust.FreeText;

/// <summary>
/// Postal addresses: stretches that end in the words of GB/T 2260 and GB/T 37950-style addresses (省 市 区 县 镇 街道 路 号 栋 单元 室 …), one
/// after another, without punctuation between them.
/// </summary>
internal static class AddressReader
{
    private const int LongestPart = 16;
    private const string Ends = "省市区县州盟旗镇乡村屯庄寨路街道巷弄里号栋幢座楼层室户组队园苑城湾厦桥坊庭府院港场";
    private const string Roads = "路街道巷弄里村同";

    /// <summary>The end of the address that begins at <paramref name="start"/>, or <paramref name="start"/>.</summary>
    /// <param name="parts">Parts it must have.</param>
    public static int Forward(ReadOnlySpan<char> text, int start, int parts)
    {
        var (end, found, begun) = (start, 0, start);
        for (var at = start; at < text.Length && at - begun < LongestPart; at++)
        {
            var c = text[at];
            if (Ends.Contains(c))
            {
                if (at == begun && !Glyph.IsDigit(Glyph.At(text, at - 1)) && end == start) return start;
                if (c == '院' && Glyph.At(text, at - 1) is '住' or '入' or '出' or '我' or '本' or '来') break;
                if (c == '道' && Glyph.At(text, at - 1) is '知' or '呼' or '尿' or '胆' or '肠') break;
                (end, begun) = (at + 1, at + 1);
                found++;
            }
            else if (!Glyph.IsHan(c) && !Glyph.IsDigit(c) && !Glyph.IsLatin(c) && c is not ('-' or '－' or '#' or '(' or ')' or '（' or '）' or '·'))
            {
                break;
            }
        }

        if (found < parts) return start;
        if (end > start) end = Trailing(text, end);
        return end - start >= 3 ? end : start;
    }

    /// <summary>Where the address begins whose road or division ends just before <paramref name="at"/>; not before <paramref name="least"/>.</summary>
    public static int Backward(ReadOnlySpan<char> text, int at, int least)
    {
        var start = at;
        while (start > least && at - start < LongestPart && Glyph.IsHan(text[start - 1]) && text[start - 1] is not ('住' or '为' or '是' or '于' or '在' or '至' or '到' or '由' or '从' or '往' or '自' or '经')) start--;
        return start;
    }

    /// <summary>True when the character ends the name of a road.</summary>
    public static bool IsRoad(char c) => Roads.Contains(c);

    /// <summary>The room that often follows without its word: 3单元502, 12-3-401.</summary>
    private static int Trailing(ReadOnlySpan<char> text, int end)
    {
        var at = end;
        while (at - end < 12 && (Glyph.IsDigit(Glyph.At(text, at)) || (Glyph.At(text, at) is '-' or '－' or '#' && Glyph.IsDigit(Glyph.At(text, at + 1))))) at++;
        return Glyph.At(text, at) is '岁' or '年' or '月' or '天' or '次' or '%' or '.' or '℃' ? end : at;
    }
}
