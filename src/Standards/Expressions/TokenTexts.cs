using System.Globalization;

namespace Yunnao.Standards.Expressions;

/// <summary>The tokens of an expression with the SQL of each.</summary>
internal sealed record TokenTexts(IReadOnlyList<Token> Tokens, IReadOnlyList<string> Sql)
{
    // A DOUBLE tells numbers of so many digits apart.
    private const int Digits = 15;

    private static readonly HashSet<string> s_comparing = ["=", "<>", "!=", "<", "<=", ">", ">=", "between", "and", "in", "(", ")", ",", "is", "not", "null"];

    public string Text(int from, int end) => string.Join(' ', Sql.Skip(from).Take(end - from));

    public IReadOnlyList<string> Items(int from, int end) => [.. Tokens.Skip(from).Take(end - from).Where(t => t.Kind != TokenKind.Sql).Select(t => t.Text).Distinct()];

    public bool IsItem(int at) => Tokens[at].Kind == TokenKind.Item;

    /// <summary>See <see cref="Truth.Steps"/>. A minus may only be the sign of a number.</summary>
    public IReadOnlyList<double>? Steps(int from, int end)
    {
        var steps = new List<double>();
        for (var at = from; at < end; at++)
        {
            if (IsItem(at) || (Tokens[at].Kind == TokenKind.Sql && s_comparing.Contains(Sql[at]))) continue;
            var negative = Sql[at] == "-";
            if (negative && (at == from || !s_comparing.Contains(Sql[at - 1]) || Sql[at - 1] is ")" or "null" || ++at == end)) return null;
            if (!char.IsAsciiDigit(Sql[at][0]) || Sql[at].Length > Digits) return null;
            var number = double.Parse(Sql[at], CultureInfo.InvariantCulture);
            steps.Add(negative ? -number : number);
        }

        return steps;
    }
}
