using System.Text;

namespace Yunnao.Services.Mapping;

/// <summary>
/// The initial of the pinyin of a Chinese character, which hospital systems name their columns by (姓名 → XM). The 3,755 characters of the
/// first level of GB 2312 stand there in the order of their pinyin, so the first code of each letter is all that is needed; any other
/// character has <see cref="Unknown"/>.
/// </summary>
public static class PinyinInitials
{
    /// <summary>Stands for a character whose initial is not known.</summary>
    public const char Unknown = '?';

    private const string Letters = "ABCDEFGHJKLMNOPQRSTWXYZ";

    private const int End = 0xD7F9;

    private static readonly int[] First =
    [
        0xB0A1, 0xB0C5, 0xB2C1, 0xB4EE, 0xB6EA, 0xB7A2, 0xB8C1, 0xB9FE, 0xBBF7, 0xBFA6, 0xC0AC, 0xC2E8,
        0xC4C3, 0xC5B6, 0xC5BE, 0xC6DA, 0xC8BB, 0xC8F6, 0xCBFA, 0xCDDA, 0xCEF4, 0xD1B9, 0xD4D1,
    ];

    private static readonly Encoding Gb2312 = CodePagesEncodingProvider.Instance.GetEncoding(936)!;

    /// <summary>The initials of a text in capitals; letters and digits stand for themselves, punctuation is left out.</summary>
    public static string Of(string text)
    {
        var initials = new StringBuilder(text.Length);
        Span<byte> code = stackalloc byte[4];
        foreach (var c in text)
        {
            if (char.IsAsciiLetterOrDigit(c)) initials.Append(char.ToUpperInvariant(c));
            else if (c >= 0x4E00 && c <= 0x9FFF) initials.Append(Of(Gb2312.GetBytes([c], code) == 2 ? (code[0] << 8) | code[1] : 0));
        }

        return initials.ToString();
    }

    private static char Of(int code)
    {
        if (code < First[0] || code > End) return Unknown;
        var index = Array.BinarySearch(First, code);
        return Letters[index >= 0 ? index : ~index - 1];
    }
}
