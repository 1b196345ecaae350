namespace Yunnao.Services.Mapping;

/// <summary>What hospital systems say for the words of the standards: synonyms.csv, a word and another for it.</summary>
internal static class Synonyms
{
    private const string Code = "代码";
    private const int Most = 16;

    private static readonly (string Word, string Same)[] Words = Read();

    /// <summary>A name, then the names with one or two of its words replaced, and all of them without a <c>代码</c> at their end.</summary>
    public static IReadOnlyList<string> Of(string name)
    {
        var forms = new List<string> { name };
        for (var i = 0; i < forms.Count && forms.Count < Most && i <= Words.Length; i++)
        {
            foreach (var (word, same) in Words)
            {
                var other = forms[i].Replace(word, same, StringComparison.Ordinal);
                if (forms.Count < Most && !forms.Contains(other)) forms.Add(other);
            }
        }

        foreach (var form in forms.ToArray())
        {
            if (form.Length > Code.Length + 1 && form.EndsWith(Code, StringComparison.Ordinal) && form[..^Code.Length] is var bare && !forms.Contains(bare)) forms.Add(bare);
        }

        return forms;
    }

    private static (string Word, string Same)[] Read()
    {
        using var stream = typeof(Synonyms).Assembly.GetManifestResourceStream("synonyms.csv") ?? throw new InvalidOperationException("synonyms.csv is missing from the program.");
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Skip(1).Select(l => l.Split(',')).Select(c => (c[0], c[1]))];
    }
}
