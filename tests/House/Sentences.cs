using System.Text.RegularExpressions;
using Xunit;
using Yunnao.Kernel;

namespace Yunnao.Tests.House;

/// <summary>Whoever asks in Chinese is answered in Chinese: each sentence that an answer of the server can carry, or a problem of the registry, has its form, with the same values.</summary>
public sealed partial class Sentences
{
    /// <summary>The rooms whose problems become answers.</summary>
    private static readonly string[] s_answering = ["Kernel/", "Standards/", "Formats/", "Lake/", "Lake.DuckDb/", "Lake.S3/", "Trust/", "Services/", "Server/"];

    private static readonly Lazy<IReadOnlyList<SaidSentence>> s_said = new(SaidSentences.Find);
    private static readonly Text s_chinese = Text.For("zh-CN");

    [Fact]
    public void Every_sentence_of_an_answer_has_a_form_in_Chinese()
    {
        var said = s_said.Value.Where(s => IsOfAnswer(s) && s.Form is { } form && Words(form).Length > 0).ToList();
        Assert.Contains(said, s => s.Form == "limit is a whole number from 1 to {0}.");
        None(said.Where(s => s_chinese.FormOf(s.Form!) is null).Select(s => $"{s.File}:{s.Line}: {s.Form}"));
    }

    [Fact]
    public void No_sentence_of_an_answer_is_put_together_from_text_at_run_time() =>
        None(s_said.Value.Where(s => IsOfAnswer(s) && s.Form is null).Select(s => $"{s.File}:{s.Line}: {s.Source}"));

    [Fact]
    public void Forms_take_the_same_values() =>
        Assert.All(s_chinese.Forms, f => Assert.Equal(Values(f), Values(s_chinese.FormOf(f)!)));

    [Fact]
    public void Every_form_is_said_somewhere() =>
        None(s_chinese.Forms.Except(s_said.Value.Select(s => s.Form!)));

    /// <summary>Fails with all that is wrong, each whole: a form is longer than an assertion shows.</summary>
    private static void None(IEnumerable<string> wrong)
    {
        var all = string.Join('\n', wrong);
        Assert.True(all.Length == 0, all);
    }

    private static bool IsOfAnswer(SaidSentence said) => Array.Exists(s_answering, r => said.File.StartsWith(r, StringComparison.Ordinal));

    private static string Words(string form) => Value().Replace(form, "").Trim();

    private static IEnumerable<string> Values(string form) => Value().Matches(form).Select(m => m.Value).Distinct().Order(StringComparer.Ordinal);

    [GeneratedRegex(@"(?<!\{)\{\d+\}")]
    private static partial Regex Value();
}
