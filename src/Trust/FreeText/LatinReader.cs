namespace Yunnao.Trust.FreeText;

/// <summary>What English text gives away: names after a title or label, street addresses, numbers after a label, dates, passports.</summary>
internal static class LatinReader
{
    private static readonly string[] Titles = ["Mr", "Mrs", "Ms", "Miss", "Dr", "Prof"];
    private static readonly string[] NameLabels = ["Name", "Patient", "Mother", "Father", "Husband", "Wife", "Son", "Daughter", "Contact", "Signed", "Attending", "Physician", "Surgeon", "Nurse", "Reporter", "Guardian"];
    private static readonly string[] NumberLabels = ["MRN", "SSN", "ID", "Account", "Record", "Passport", "Accession", "Specimen", "Encounter", "Insurance", "Policy"];
    private static readonly string[] Between = ["No", "Number", "number", "no", "policy", "card", "record", "account", "ID"];
    private static readonly string[] PhoneLabels = ["Tel", "Phone", "Telephone", "Mobile", "Fax", "Cell"];
    private static readonly string[] Streets = ["Street", "St", "Road", "Rd", "Avenue", "Ave", "Lane", "Ln", "Drive", "Dr", "Boulevard", "Blvd", "Court", "Ct", "Way", "Place", "Square"];
    private static readonly string[] NoNames = ["The", "This", "He", "She", "Has", "Was", "Is", "No", "History", "Denies", "Presents", "Reports", "And", "Number", "Id", "Care", "With", "Education", "Status", "Information", "Name"];

    /// <summary>What begins with the capital at <paramref name="start"/>; no kind when nothing does. The end is after the word then.</summary>
    public static (IdentifierKind? Kind, int Start, int End) Read(ReadOnlySpan<char> text, int start)
    {
        var end = AfterWord(text, start);
        var word = text[start..end];
        if (Glyph.IsLatin(Glyph.At(text, start - 1)) || Glyph.IsDigit(Glyph.At(text, start - 1))) return (null, start, end);
        if (Is(word, Titles)) return Named(text, start, Glyph.At(text, end) == '.' ? end + 1 : end, 1);
        if (Is(word, NameLabels)) return Named(text, start, end, Glyph.IsColon(text, end) ? 1 : 2);
        if (Is(word, PhoneLabels) && Labelled(text, end, 7, IdentifierKind.Phone) is { } phone) return phone;
        if (Is(word, NumberLabels) && Labelled(text, end, 4, IdentifierKind.RecordNumber) is { } number) return number;
        if (DateReader.AtMonth(text, start) is var date && date > start) return (IdentifierKind.Date, start, date);
        return Passport(text, start) is var passport && passport > start ? (IdentifierKind.IdNumber, start, passport) : (null, start, end);
    }

    /// <summary>The end of an English street address that begins with the house number between the positions, or <paramref name="start"/>.</summary>
    public static int Street(ReadOnlySpan<char> text, int start, int end)
    {
        var at = end;
        for (var words = 0; words < 4; words++)
        {
            if (Glyph.At(text, at) != ' ' || !Glyph.IsUpper(Glyph.At(text, at + 1))) return start;
            var wordEnd = AfterWord(text, at + 1);
            var word = text[(at + 1)..wordEnd];
            at = wordEnd;
            if (words > 0 && Is(word, Streets)) return Town(text, Glyph.At(text, at) == '.' ? at + 1 : at);
        }

        return start;
    }

    /// <summary>", Springfield, IL 62704" after a street.</summary>
    private static int Town(ReadOnlySpan<char> text, int end)
    {
        var at = end;
        for (var part = 0; part < 3; part++)
        {
            var next = at;
            while (Glyph.At(text, next) is ',' or ' ') next++;
            if (next == at) break;
            if (Glyph.AfterDigits(text, next) - next == 5) return next + 5;
            if (!Glyph.IsUpper(Glyph.At(text, next))) break;
            at = AfterWord(text, next);
            if (part > 0 && at - next == 2) end = at;
        }

        return end;
    }

    private static (IdentifierKind? Kind, int Start, int End) Named(ReadOnlySpan<char> text, int start, int cueEnd, int least)
    {
        var from = Glyph.AfterLabel(text, cueEnd);
        if (from == cueEnd) return (null, start, cueEnd);
        var (at, end, words) = (from, from, 0);
        while (words < 4 && Glyph.IsUpper(Glyph.At(text, at)))
        {
            var wordEnd = AfterWord(text, at);
            var word = text[at..wordEnd];
            if (Is(word, NoNames) || (word.Length > 2 && Glyph.IsUpper(word[1]) && Glyph.IsUpper(word[2]))) break;
            words++;
            end = Glyph.At(text, wordEnd) == '.' && word.Length == 1 ? wordEnd + 1 : wordEnd;
            at = Glyph.At(text, end) == ' ' ? end + 1 : end;
            if (at == end) break;
        }

        return words >= least ? (IdentifierKind.Name, from, end) : (null, start, cueEnd);
    }

    private static (IdentifierKind? Kind, int Start, int End)? Labelled(ReadOnlySpan<char> text, int cueEnd, int least, IdentifierKind kind)
    {
        var from = Glyph.AfterLabel(text, cueEnd);
        for (var word = AfterWord(text, from); Is(text[from..word], Between); word = AfterWord(text, from)) from = Glyph.AfterLabel(text, word);

        if (NumberReader.Read(text, from) is (IdentifierKind.IdNumber, var number)) return (IdentifierKind.IdNumber, from, number);
        var end = AfterToken(text, from, out var digits);
        return digits >= least ? (kind, from, end) : null;
    }

    /// <summary>The end of a token of letters, digits and inner hyphens; counts its digits.</summary>
    public static int AfterToken(ReadOnlySpan<char> text, int start, out int digits)
    {
        digits = 0;
        var at = start;
        while (at < text.Length && (Glyph.IsLatin(text[at]) || Glyph.IsDigit(text[at]) || (text[at] is '-' or '/' or '_' or '.' or ' ' or '(' or ')' or '+' && Joins(text, at))))
        {
            if (Glyph.IsDigit(text[at])) digits++;
            at++;
        }

        return at;
    }

    /// <summary>E, G, D, S, P or H and eight digits: passports and permits to Hong Kong and Macao.</summary>
    private static int Passport(ReadOnlySpan<char> text, int start)
    {
        if (text[start] is not ('E' or 'G' or 'D' or 'S' or 'P' or 'H' or 'C' or 'W')) return start;
        var from = Glyph.IsUpper(Glyph.At(text, start + 1)) ? start + 2 : start + 1;
        var end = Glyph.AfterDigits(text, from);
        return end - from is >= 7 and <= 10 && end - start is >= 9 and <= 11 && !Glyph.IsLatin(Glyph.At(text, end)) ? end : start;
    }

    private static bool Joins(ReadOnlySpan<char> text, int at) =>
        text[at] is ' ' or '.' or '(' or ')' or '+'
            ? Glyph.IsDigit(Glyph.At(text, at + 1)) && (Glyph.IsDigit(Glyph.At(text, at - 1)) || text[at] is '(' or '+' || Glyph.At(text, at - 1) == ')')
            : Glyph.IsDigit(Glyph.At(text, at + 1)) || Glyph.IsLatin(Glyph.At(text, at + 1));

    private static int AfterWord(ReadOnlySpan<char> text, int at)
    {
        while (Glyph.IsLatin(Glyph.At(text, at)) || (Glyph.At(text, at) is '\'' or '’' or '-' && Glyph.IsLatin(Glyph.At(text, at + 1)))) at++;
        return at;
    }

    private static bool Is(ReadOnlySpan<char> word, string[] words)
    {
        foreach (var one in words)
        {
            if (word.SequenceEqual(one)) return true;
        }

        return false;
    }
}
