using System.Text;

namespace Yunnao.Trust.FreeText;

/// <summary>Rewrites a text so that what identifies is gone: each finding gives way to the label of its kind, in the language of the text around it.</summary>
public static class Redactor
{
    /// <summary>The text without its findings.</summary>
    /// <param name="findings">In the order of the text and without overlap, as <see cref="IdentifierScanner"/> gives them.</param>
    public static string Redact(ReadOnlySpan<char> text, IReadOnlyList<Finding> findings, DateHandling dates = DateHandling.Month)
    {
        var result = new StringBuilder(text.Length);
        var at = 0;
        foreach (var finding in findings)
        {
            result.Append(text[at..finding.Start]);
            Replace(result, text, finding, dates);
            at = finding.End;
        }

        return result.Append(text[at..]).ToString();
    }

    private static void Replace(StringBuilder result, ReadOnlySpan<char> text, Finding finding, DateHandling dates)
    {
        var found = text.Slice(finding.Start, finding.Length);
        if (finding.Kind == IdentifierKind.Date && dates != DateHandling.Label)
        {
            result.Append(dates == DateHandling.Keep ? found : WithoutDay(found));
            return;
        }

        result.Append('[').Append(Label(finding.Kind, IsChinese(text, finding))).Append(']');
    }

    /// <summary>Year and month where the form is year first; any other form gives nothing but a label.</summary>
    private static string WithoutDay(ReadOnlySpan<char> date)
    {
        if (date.Length == 8 && date.IndexOfAnyExceptInRange('0', '9') < 0) return date[..6].ToString();
        if (date.IndexOf('月') is var month && month > 0) return date[..(month + 1)].ToString();
        var digits = 0;
        while (digits < date.Length && Glyph.IsDigit(date[digits])) digits++;
        return digits == 4 ? date[..date.LastIndexOfAny("-/.－")].ToString() : $"[{Label(IdentifierKind.Date, date.IndexOfAnyInRange('\u4e00', '\u9fff') >= 0)}]";
    }

    private static bool IsChinese(ReadOnlySpan<char> text, Finding finding)
    {
        var from = Math.Max(0, finding.Start - 40);
        return text[from..Math.Min(text.Length, finding.End + 40)].IndexOfAnyInRange('\u4e00', '\u9fff') >= 0;
    }

    private static string Label(IdentifierKind kind, bool chinese) => (kind, chinese) switch
    {
        (IdentifierKind.Name, true) => "姓名",
        (IdentifierKind.IdNumber, true) => "证件号",
        (IdentifierKind.Phone, true) => "电话",
        (IdentifierKind.Address, true) => "地址",
        (IdentifierKind.Institution, true) => "机构",
        (IdentifierKind.RecordNumber, true) => "编号",
        (IdentifierKind.Date, true) => "日期",
        (IdentifierKind.Email, true) => "邮箱",
        (IdentifierKind.Plate, true) => "车牌",
        (IdentifierKind.NetworkName, true) => "账号",
        (IdentifierKind.Name, _) => "NAME",
        (IdentifierKind.IdNumber, _) => "ID",
        (IdentifierKind.Phone, _) => "PHONE",
        (IdentifierKind.Address, _) => "ADDRESS",
        (IdentifierKind.Institution, _) => "INSTITUTION",
        (IdentifierKind.RecordNumber, _) => "NUMBER",
        (IdentifierKind.Date, _) => "DATE",
        (IdentifierKind.Email, _) => "EMAIL",
        (IdentifierKind.Plate, _) => "PLATE",
        (IdentifierKind.NetworkName, _) => "ACCOUNT",
        _ => "…",
    };
}
