namespace Yunnao.Trust.FreeText;

/// <summary>
/// Chinese personal names: a surname and one or two characters, accepted by what stands around it. A label with a colon (姓名:) proves a
/// name; a word like 患者 asks in addition for characters that are used in given names; without either, a title or the sex after it, or the
/// list of known names, must speak for it.
/// </summary>
internal static class NameReader
{
    /// <summary>The end of the name that begins at <paramref name="start"/>, or <paramref name="start"/>.</summary>
    /// <param name="certain">A label has said that a name follows.</param>
    public static int AfterCue(FreeTextLexicon lexicon, ReadOnlySpan<char> text, int start, bool certain)
    {
        var dotted = Dotted(text, start);
        if (dotted > start) return dotted;
        var surname = lexicon.Surname(text[start..]);
        if (surname == 0 || lexicon.IsNotName(text[start..])) return start;
        var at = start + surname;
        if (Hidden(text, at) is var hidden && hidden > at) return hidden;
        if (lexicon.Title(text[at..]) > 0) return at;
        return certain ? Certain(lexicon, text, start, at) : Likely(lexicon, text, start, at);
    }

    /// <summary>The end of a name that no cue announces, or <paramref name="start"/>.</summary>
    public static int Alone(FreeTextLexicon lexicon, KnownNames? known, ReadOnlySpan<char> text, int start, int surname)
    {
        if (lexicon.IsNotName(text[start..])) return start;
        var at = start + surname;
        if (Hidden(text, at) is var hidden && hidden > at) return hidden;
        if (IsPerson(lexicon, text, at)) return at;
        if (!Glyph.IsHan(Glyph.At(text, at))) return start;
        for (var given = 2; given >= 1; given--)
        {
            var end = at + given;
            if (end <= text.Length && Glyph.IsHan(text[end - 1]) && (IsPerson(lexicon, text, end) || SexFollows(text, end))) return end;
        }

        return Known(lexicon, known, text, start);
    }

    private static int Certain(FreeTextLexicon lexicon, ReadOnlySpan<char> text, int start, int at)
    {
        if (!Glyph.IsHan(Glyph.At(text, at))) return start;
        var second = Glyph.At(text, at + 1);
        return Glyph.IsHan(second) && !lexicon.EndsGiven(second) && lexicon.Title(text[(at + 1)..]) == 0 ? at + 2 : at + 1;
    }

    private static int Likely(FreeTextLexicon lexicon, ReadOnlySpan<char> text, int start, int at)
    {
        if (!lexicon.IsGiven(Glyph.At(text, at)))
            return SexFollows(text, at + 1) && Glyph.IsHan(Glyph.At(text, at)) ? at + 1 : SexFollows(text, at + 2) && Glyph.IsHan(Glyph.At(text, at + 1)) ? at + 2 : start;
        var second = Glyph.At(text, at + 1);
        if (!Glyph.IsHan(second) || lexicon.EndsGiven(second) || lexicon.Title(text[(at + 1)..]) > 0) return at + 1;
        return lexicon.IsGiven(second) || SexFollows(text, at + 2) ? at + 2 : at + 1;
    }

    private static int Known(FreeTextLexicon lexicon, KnownNames? known, ReadOnlySpan<char> text, int start)
    {
        var length = known?.LengthAt(text[start..]) ?? 0;
        if (length == 0) return start;
        var end = start + length;
        var stands = Glyph.IsBoundary(Glyph.At(text, start - 1)) && (Glyph.IsBoundary(Glyph.At(text, end)) || lexicon.EndsGiven(Glyph.At(text, end)));
        return length > 2 || stands ? end : start;
    }

    /// <summary>A title stands here, and not a longer word that only begins like one.</summary>
    private static bool IsPerson(FreeTextLexicon lexicon, ReadOnlySpan<char> text, int at) =>
        at < text.Length && lexicon.Title(text[at..]) is var title and > 0 && text.Slice(at, title) is not "处" && Glyph.At(text, at + title) is not ('站' or '室' or '部' or '制');

    /// <summary>男 or 女 follows, as in 张伟,男,45岁.</summary>
    private static bool SexFollows(ReadOnlySpan<char> text, int at)
    {
        var c = Glyph.At(text, at);
        if (c is not (',' or '，' or '、' or ' ' or '(' or '（' or '|' or '\t')) return false;
        while (Glyph.At(text, at) is ',' or '，' or '、' or ' ' or '(' or '（' or '|' or '\t') at++;
        return Glyph.At(text, at) is '男' or '女' && !Glyph.IsHan(Glyph.At(text, at + 1)) | Glyph.At(text, at + 1) is '性';
    }

    /// <summary>张某, 李某某, 王××, 赵**: written so that the name is hidden, but still about a person.</summary>
    private static int Hidden(ReadOnlySpan<char> text, int at)
    {
        var end = at;
        while (end - at < 2 && Glyph.At(text, end) is '某' or '×' or '*' or '＊' or 'X' or 'x' or '○') end++;
        return Glyph.IsLatin(Glyph.At(text, end)) ? at : end;
    }

    /// <summary>阿卜杜拉·买买提: parts of Han characters with middle dots.</summary>
    private static int Dotted(ReadOnlySpan<char> text, int start)
    {
        var (at, dots) = (start, 0);
        while (at - start < 24 && (Glyph.IsHan(Glyph.At(text, at)) || (at > start && Glyph.IsMiddleDot(Glyph.At(text, at)))))
        {
            if (Glyph.IsMiddleDot(text[at])) dots++;
            at++;
        }

        return dots > 0 && Glyph.IsHan(text[at - 1]) ? at : start;
    }
}
