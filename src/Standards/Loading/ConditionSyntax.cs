using System.Text.RegularExpressions;
using Yunnao.Kernel;

namespace Yunnao.Standards.Loading;

/// <summary>The form of a mapping's <c>where</c>: <c>PATH = VALUE</c>, <c>PATH != VALUE</c>, <c>PATH in A B</c>, <c>PATH exists</c>, joined by <c> and </c>.</summary>
internal static partial class ConditionSyntax
{
    /// <summary>Why a text is no condition over the paths of the format, or null when it is.</summary>
    public static Sentence? Fault(string format, string where)
    {
        foreach (var part in And().Split(where))
        {
            var condition = Condition().Match(part.Trim());
            if (!condition.Success) return $"'{part.Trim()}' is no condition; it is like PATH = VALUE, PATH != VALUE, PATH in A B or PATH exists";
            if (PathSyntax.Fault(format, condition.Groups["path"].Value) is { } fault) return fault;
        }

        return null;
    }

    /// <summary>The word between two conditions: neither inside quotes nor inside square brackets.</summary>
    [GeneratedRegex("""\sand\s(?=(?:[^"]*"[^"]*")*[^"]*$)(?![^\[]*\])""")]
    private static partial Regex And();

    [GeneratedRegex("""^(?<path>(?:[^\s=!\[]|\[[^\]]*\])+)\s*(?:!?=\s*(?:"[^"]+"|\S.*)|\sin\s+\S.*|\sexists)\z""")]
    private static partial Regex Condition();
}
