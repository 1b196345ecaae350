using Yunnao.Kernel;

namespace Yunnao.Standards.Expressions;

/// <summary>
/// The condition of a rule, checked against a small part of SQL: comparisons, arithmetic, and/or/not, between, in, like, is null, case, casts to
/// date and timestamp literals, a white list of functions, <c>in_set(item, 'value set')</c>, <c>mentions(item, 'word list')</c>, and item names. Nothing else gets through, so
/// the text of a rule is safe inside the checking statement.
/// </summary>
public sealed class RuleExpression
{
    private readonly IReadOnlyList<Token> _tokens;
    private readonly Condition _condition;

    private RuleExpression((IReadOnlyList<Token> Tokens, Condition Condition, bool CanFail) parsed) => (_tokens, _condition, CanFail) = parsed;

    /// <summary>True when some value could make the expression fail (an overflow), so that it needs a guard.</summary>
    public bool CanFail { get; }

    /// <summary>Names of the items used, each once, in the order of their first use.</summary>
    public IEnumerable<string> Items => _tokens.Where(t => t.Kind != TokenKind.Sql).Select(t => t.Text).Distinct();

    /// <summary>The <c>in_set</c> tests: item and value set.</summary>
    public IEnumerable<(string Item, string ValueSet)> InSets => _tokens.Where(t => t.Kind == TokenKind.InSet).Select(t => (t.Text, t.List!));

    /// <summary>The <c>mentions</c> tests: item and word list.</summary>
    public IEnumerable<(string Item, string List)> Mentions => _tokens.Where(t => t.Kind == TokenKind.Mentions).Select(t => (t.Text, t.List!));

    /// <summary>Reads an expression.</summary>
    /// <returns>The expression, or the problem <c>standards.bad-expression</c> that names the character.</returns>
    public static Result<RuleExpression> Parse(string text)
    {
        try
        {
            return new RuleExpression(Parser.Read(Lexer.Read(text)));
        }
        catch (SyntaxException mistake)
        {
            return new Problem(ProblemKind.Incorrect, "standards.bad-expression", $"{mistake.Said} (character {mistake.At} of the expression)");
        }
    }

    /// <summary>The expression as SQL.</summary>
    /// <param name="item">SQL for the value of an item.</param>
    /// <param name="inSet">SQL for "this item's code is in this value set".</param>
    /// <param name="mentions">SQL for "this item's text mentions a word of this list"; null where the expression has no such test.</param>
    public string ToSql(Func<string, string> item, Func<string, string, string> inSet, Func<string, string, string>? mentions = null) =>
        string.Join(' ', Texts(item, inSet, mentions));

    /// <summary>
    /// When the expression is true; NULL, as it is, where the expression is NULL. It says NOT only of single parts, so that the engine can leave a
    /// row at the first part that decides.
    /// </summary>
    /// <inheritdoc cref="ToSql"/>
    public Truth ToTruth(Func<string, string> item, Func<string, string, string> inSet) => _condition.Same(new(_tokens, [.. Texts(item, inSet, null)]));

    /// <summary>When the expression is false.</summary>
    /// <inheritdoc cref="ToTruth"/>
    public Truth ToOpposite(Func<string, string> item, Func<string, string, string> inSet) => _condition.Opposite(new(_tokens, [.. Texts(item, inSet, null)]));

    private IEnumerable<string> Texts(Func<string, string> item, Func<string, string, string> inSet, Func<string, string, string>? mentions) => _tokens.Select(t => t.Kind switch
    {
        TokenKind.Item => item(t.Text),
        TokenKind.InSet => inSet(t.Text, t.List!),
        TokenKind.Mentions => mentions!(t.Text, t.List!),
        _ => t.Text,
    });
}
