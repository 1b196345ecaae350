using Xunit;
using Yunnao.Kernel;

namespace Yunnao.Tests.Unit.Texts;

public sealed class SentenceTests
{
    private static readonly Text s_chinese = Text.For("zh-CN");

    [Fact]
    public void A_sentence_keeps_its_form_apart_from_its_values_and_says_the_same()
    {
        Sentence said = $"{1.5} of {{{"a{0}"}}} on {new DateOnly(2025, 3, 1):O}{(string?)null}, {"more".AsSpan()}.";
        Assert.Equal("{0} of {{{1}}} on {2}{3}, {4}.", said.Form);
        Assert.Equal("1.5 of {a{0}} on 2025-03-01, more.", said.ToString());
        Assert.Equal(["1.5", "a{0}", "2025-03-01", "", "more"], said.Values);
        Assert.Equal(said, (Sentence)"1.5 of {a{0}} on 2025-03-01, more.");
        Assert.NotEqual(said, (Sentence)"1.5");
    }

    [Fact]
    public void It_is_read_in_the_language_of_the_texts_with_its_values_and_its_parts()
    {
        Sentence said = $"limit is a whole number from 1 to {1000}.";
        Assert.Equal("limit 须为 1 至 1000 的整数。", said.In(s_chinese));
        Assert.Equal("limit is a whole number from 1 to 1000.", said.In(Text.For("en")));
        Sentence part = "a number such as 5.4";
        Assert.Equal("age 须为数字,例如 5.4;此值不是。", ((Sentence)$"{"age"} is {part}; this is none.").In(s_chinese));
        Assert.Equal("data.value: age 须为数字,例如 5.4;此值不是。", new Problem(ProblemKind.Incorrect, "data.value", $"{"age"} is {part}; this is none.").In(s_chinese));
    }

    [Fact]
    public void It_is_made_again_of_its_form_and_its_values()
    {
        Sentence part = $"a {"b"}";
        Sentence said = $"{part} of {{{"c"}}}";
        var again = Sentence.Of(said.Form, said.Values);
        Assert.Equal((said, said.Form, "a b of {c}"), (again, again.Form, again.ToString()));
        Assert.Same(part, again.Values[0]);
    }

    [Fact]
    public void What_nobody_translated_is_shown_in_English()
    {
        Sentence said = $"The fox has {{{3}}} tails.";
        Assert.Equal("The fox has {3} tails.", said.In(s_chinese));
    }
}
