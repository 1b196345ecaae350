namespace Yunnao.Trust.FreeText;

/// <summary>
/// Finds what identifies a person in free text of records, Chinese and English: names, identity numbers, telephones, addresses,
/// institutions and the numbers they give, dates, e-mail, plates, accounts. One pass: everything but the few characters at which an
/// identifier can begin is passed over by a vectorised search. No state; may be used from many threads.
/// </summary>
/// <param name="known">Names that are known, for example all of the vault's; null when there are none.</param>
public sealed class IdentifierScanner(FreeTextLexicon lexicon, KnownNames? known = null)
{
    private const int LongestInstitution = 18;
    private static readonly Comparer<Finding> InOrder = Comparer<Finding>.Create((a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : b.Length.CompareTo(a.Length));

    /// <summary>Adds what was found to <paramref name="findings"/>, in the order of the text and without overlap.</summary>
    /// <param name="own">Names that are certain: the person's own and the relatives'. Found wherever they stand, also the given name alone.</param>
    public void Find(ReadOnlySpan<char> text, IReadOnlyList<string> own, List<Finding> findings)
    {
        var first = findings.Count;
        FindOwn(text, own, findings);
        known?.FindLonger(text, findings);
        var floor = 0;
        for (var at = 0; at < text.Length;)
        {
            var skip = text[at..].IndexOfAny(lexicon.Starts);
            if (skip < 0) break;
            at += skip;
            var count = findings.Count;
            at = Step(text, at, floor, findings);
            if (findings.Count > count) floor = findings[^1].End;
        }

        Merge(findings, first);
    }

    private static void FindOwn(ReadOnlySpan<char> text, IReadOnlyList<string> own, List<Finding> findings)
    {
        foreach (var name in own)
        {
            if (name.Length < 2) continue;
            Each(text, name, findings);
            if (name.Length >= 3 && Glyph.IsHan(name[0])) Each(text, name.AsSpan(name.Length == 4 ? 2 : 1), findings);
        }
    }

    private static void Each(ReadOnlySpan<char> text, ReadOnlySpan<char> name, List<Finding> findings)
    {
        for (var at = text.IndexOf(name); at >= 0;)
        {
            findings.Add(new(at, name.Length, IdentifierKind.Name));
            var next = text[(at + name.Length)..].IndexOf(name);
            at = next < 0 ? -1 : at + name.Length + next;
        }
    }

    /// <summary>Looks at one position; returns where to go on.</summary>
    private int Step(ReadOnlySpan<char> text, int at, int floor, List<Finding> findings)
    {
        var c = text[at];
        if (Glyph.IsDigit(c)) return Digits(text, at, floor, findings);
        if (c is '(' or '（') return NumberReader.Bracketed(text, at) is var after && after > at ? Add(findings, at, after, IdentifierKind.Phone) : at + 1;
        if (c == '+') return at + 1;
        if (c == '@') return Email(text, at, floor, findings);
        if (Glyph.IsUpper(c)) return Latin(text, at, findings);
        if (c is 'h' or 'w') return WebAddress(text, at, findings);
        foreach (var (word, kind) in lexicon.WordsAt(c))
        {
            if (text[at..].StartsWith(word) && Word(text, at, floor, word, kind, findings) is var end && end > at) return end;
        }

        if (c is '区' or '县' or '市' or '镇' or '乡') return Division(text, at, floor, findings);
        if (c == '二' && DateReader.Chinese(text, at) is var date && date > at) return Add(findings, at, date, IdentifierKind.Date);
        return at + 1;
    }

    private int Word(ReadOnlySpan<char> text, int at, int floor, string word, WordKind kind, List<Finding> findings)
    {
        var end = at + word.Length;
        return kind switch
        {
            WordKind.Surname => Name(findings, at, at, NameReader.Alone(lexicon, known, text, at, word.Length), text),
            WordKind.NameCue => Cued(text, at, end, Glyph.IsColon(text, end), findings),
            WordKind.PersonCue => Cued(text, at, end, Glyph.IsColon(text, end), findings),
            WordKind.NumberCue => Number(text, at, end, 4, IdentifierKind.RecordNumber, findings),
            WordKind.NetCue => Account(text, at, end, findings),
            WordKind.PhoneCue => Number(text, at, end, 7, IdentifierKind.Phone, findings),
            WordKind.AddressCue => Address(text, at, end, findings),
            WordKind.Province or WordKind.City => Place(text, at, end, findings),
            WordKind.Institution => Institution(text, at, end, floor, findings),
            WordKind.Plate => Plate(text, at, findings),
            _ => at,
        };
    }

    private int Cued(ReadOnlySpan<char> text, int at, int end, bool certain, List<Finding> findings)
    {
        var from = Glyph.AfterLabel(text, end);
        return Name(findings, at, from, NameReader.AfterCue(lexicon, text, from, certain), text);
    }

    /// <summary>Adds a name, and the names that follow it in a list: 张伟、李娜, 王强/赵敏.</summary>
    private int Name(List<Finding> findings, int at, int from, int end, ReadOnlySpan<char> text)
    {
        if (end <= from) return at;
        Add(findings, from, end, IdentifierKind.Name);
        while (Glyph.At(text, end) is '、' or '/' or '／' or '，' or ',' or ' ')
        {
            var next = end + 1;
            while (Glyph.At(text, next) == ' ') next++;
            var more = NameReader.AfterCue(lexicon, text, next, false);
            if (more - next < 2 || !(Glyph.IsBoundary(Glyph.At(text, more)) || lexicon.Title(text[more..]) > 0)) break;
            Add(findings, next, more, IdentifierKind.Name);
            end = more;
        }

        return end + lexicon.Title(text[end..]);
    }

    private static int Digits(ReadOnlySpan<char> text, int at, int floor, List<Finding> findings)
    {
        var end = Glyph.AfterDigits(text, at);
        if (Glyph.IsLatin(Glyph.At(text, at - 1)) || (Glyph.At(text, at - 1) == '.' && Glyph.IsDigit(Glyph.At(text, at - 2)))) return end;
        if (NumberReader.Read(text, at) is ({ } kind, var after)) return Add(findings, at, after, kind);
        if (DateReader.AtDigits(text, at, end) is var date && date > at) return Add(findings, at, date, IdentifierKind.Date);
        if (Glyph.At(text, end) is '号' or '弄' or '附' && AddressReader.IsRoad(Glyph.At(text, at - 1)))
        {
            var start = AddressReader.Backward(text, at, floor);
            return Add(findings, start, Math.Max(AddressReader.Forward(text, start, 1), end + 1), IdentifierKind.Address);
        }

        return LatinReader.Street(text, at, end) is var street && street > at ? Add(findings, at, street, IdentifierKind.Address) : end;
    }

    private static int Latin(ReadOnlySpan<char> text, int at, List<Finding> findings)
    {
        var (kind, start, end) = LatinReader.Read(text, at);
        return kind is { } found ? Add(findings, start, end, found) : Math.Max(end, at + 1);
    }

    private static int Number(ReadOnlySpan<char> text, int at, int end, int least, IdentifierKind kind, List<Finding> findings)
    {
        var from = Glyph.AfterLabel(text, end);
        if (Glyph.At(text, from - 1) is '(' or '（' && NumberReader.Bracketed(text, from - 1) is var bracketed && bracketed > from) return Add(findings, from - 1, bracketed, IdentifierKind.Phone);
        if (NumberReader.Read(text, from) is ({ } read and (IdentifierKind.IdNumber or IdentifierKind.Phone), var readEnd)) return Add(findings, from, readEnd, read);
        var after = LatinReader.AfterToken(text, from, out var digits);
        return digits >= least && after - from <= 32 ? Add(findings, from, after, kind) : at;
    }

    private static int Account(ReadOnlySpan<char> text, int at, int end, List<Finding> findings)
    {
        var from = Glyph.AfterLabel(text, end);
        var after = LatinReader.AfterToken(text, from, out _);
        return after - from is >= 5 and <= 32 ? Add(findings, from, after, IdentifierKind.NetworkName) : at;
    }

    private static int Address(ReadOnlySpan<char> text, int at, int end, List<Finding> findings)
    {
        if (Glyph.At(text, end) is '院' or '宅' or '所' or '民' or '家') return at;
        var from = Glyph.AfterLabel(text, end);
        while (Glyph.At(text, from) is '在' or '于' or '址') from = Glyph.AfterLabel(text, from + 1);
        var after = AddressReader.Forward(text, from, 1);
        return after > from ? Add(findings, from, after, IdentifierKind.Address) : at;
    }

    private int Place(ReadOnlySpan<char> text, int at, int end, List<Finding> findings)
    {
        var after = AddressReader.Forward(text, at, 2);
        if (after <= at) return at;
        foreach (var (word, kind) in lexicon.WordsAt(Glyph.At(text, after)))
        {
            if (kind == WordKind.Institution && text[after..].StartsWith(word)) return at;
        }

        return Add(findings, at, after, IdentifierKind.Address);
    }

    /// <summary>江岸区大智街道: two parts of an address with nothing before them.</summary>
    private static int Division(ReadOnlySpan<char> text, int at, int floor, List<Finding> findings)
    {
        var start = Math.Max(AddressReader.Backward(text, at, floor), at - 4);
        if (at - start < 2) return at + 1;
        var after = AddressReader.Forward(text, at + 1, 1);
        return after >= at + 4 && Glyph.At(text, after - 1) is not ('区' or '市' or '院' or '场' or '城' or '里') ? Add(findings, start, after, IdentifierKind.Address) : at + 1;
    }

    private int Institution(ReadOnlySpan<char> text, int at, int end, int floor, List<Finding> findings)
    {
        var start = AddressReader.Backward(text, at, Math.Max(floor, at - LongestInstitution));
        while (start < at && text[start] is '返' or '去' or '赴' or '因' or '曾' or '被' or '送' or '转' or '回' or '该') start++;
        while (Glyph.At(text, end) is '总' or '分' && Glyph.At(text, end + 1) is '院' or '部') end += 2;
        return at - start >= 2 && !lexicon.IsNotInstitution(text[start..end]) ? Add(findings, start, end, IdentifierKind.Institution) : at;
    }

    private static int Plate(ReadOnlySpan<char> text, int at, List<Finding> findings)
    {
        if (!Glyph.IsUpper(Glyph.At(text, at + 1))) return at;
        var from = at + 2;
        if (Glyph.IsMiddleDot(Glyph.At(text, from)) || Glyph.At(text, from) is '-' or ' ') from++;
        var (end, digits) = (from, 0);
        while (Glyph.IsUpper(Glyph.At(text, end)) || Glyph.IsDigit(Glyph.At(text, end)))
        {
            if (Glyph.IsDigit(text[end])) digits++;
            end++;
        }

        if (Glyph.At(text, end) is '警' or '学' or '挂' or '港' or '澳') end++;
        return end - from is 5 or 6 && digits >= 2 ? Add(findings, at, end, IdentifierKind.Plate) : at;
    }

    private static int Email(ReadOnlySpan<char> text, int at, int floor, List<Finding> findings)
    {
        var (start, end) = (at, at + 1);
        while (start > floor && (Glyph.IsLatin(text[start - 1]) || text[start - 1] is (>= '0' and <= '9') or '.' or '_' or '-' or '+')) start--;
        while (Glyph.IsLatin(Glyph.At(text, end)) || Glyph.At(text, end) is (>= '0' and <= '9') or '-' || (Glyph.At(text, end) == '.' && Glyph.IsLatin(Glyph.At(text, end + 1)))) end++;
        return start < at && text[at..end].Contains('.') ? Add(findings, start, end, IdentifierKind.Email) : at + 1;
    }

    private static int WebAddress(ReadOnlySpan<char> text, int at, List<Finding> findings)
    {
        if (!text[at..].StartsWith("http://") && !text[at..].StartsWith("https://") && !text[at..].StartsWith("www.")) return at + 1;
        var end = at;
        while (end < text.Length && text[end] is > ' ' and < '\u007f' and not ('"' or '<' or '>' or ')')) end++;
        return Add(findings, at, end, IdentifierKind.NetworkName);
    }

    private static int Add(List<Finding> findings, int start, int end, IdentifierKind kind)
    {
        findings.Add(Finding.Between(start, end, kind));
        return end;
    }

    /// <summary>Puts the findings from <paramref name="first"/> on into the order of the text; those that overlap become one, of the longer one's kind.</summary>
    private static void Merge(List<Finding> findings, int first)
    {
        if (findings.Count - first < 2) return;
        findings.Sort(first, findings.Count - first, InOrder);
        var last = first;
        for (var i = first + 1; i < findings.Count; i++)
        {
            var (kept, next) = (findings[last], findings[i]);
            if (next.Start >= kept.End) findings[++last] = next;
            else if (next.End > kept.End) findings[last] = Finding.Between(kept.Start, next.End, kept.Length >= next.Length ? kept.Kind : next.Kind);
        }

        findings.RemoveRange(last + 1, findings.Count - last - 1);
    }
}
