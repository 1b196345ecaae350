namespace Yunnao.Services.Mapping;

/// <summary>What hospital systems say for the words of the standards. The words are data: <c>synonyms.csv</c>, a word and another for it a line.</summary>
internal static class Synonyms
{
    private const string Code = "代码";
    private const int Most = 16;

    private static readonly (string Word, string Same)[] Words = [.. EmbeddedTable.Rows("synonyms.csv").Select(c => (c[0], c[1]))];

    /// <summary>
    /// A name, then the name without what stands in brackets (年龄(岁)), then the names that its words replaced give, then all of them without a
    /// <c>代码</c> at their end: columns of codes are often named without it. The name itself is first; there are few.
    /// </summary>
    public static IReadOnlyList<string> Of(string name)
    {
        var forms = new List<string> { name };
        var open = name.IndexOf('(', StringComparison.Ordinal);
        var close = name.IndexOf(')', StringComparison.Ordinal);
        if (open >= 0 && close > open && name.Length > close - open + 1) forms.Add(name.Remove(open, close - open + 1));
        for (var i = 0; i < forms.Count && forms.Count < Most; i++)
        {
            foreach (var (word, same) in Words)
                if (forms.Count < Most) Add(forms, forms[i].Replace(word, same, StringComparison.Ordinal));
        }

        foreach (var form in forms.ToArray())
            if (form.Length > Code.Length + 1 && form.EndsWith(Code, StringComparison.Ordinal)) Add(forms, form[..^Code.Length]);
        return forms;
    }

    private static void Add(List<string> forms, string form)
    {
        if (!forms.Contains(form)) forms.Add(form);
    }
}
