using System.Text.RegularExpressions;

namespace Yunnao.Synthetic.Rules;

/// <summary>The functions of the rule language (see RuleExpression in Standards), evaluated on one row.</summary>
internal static class Functions
{
    public static object? Call(string name, object?[] arguments)
    {
        if (name == "coalesce") return arguments.FirstOrDefault(a => a is not null);
        if (name is "greatest" or "least") return Extreme(arguments, name == "greatest" ? 1 : -1);
        if (name == "concat") return string.Concat(arguments.OfType<object>().Select(Operators.Text));
        if (arguments.Any(a => a is null)) return name == "nullif" ? arguments[0] : null;
        var first = arguments[0]!;
        return name switch
        {
            "abs" => Math.Abs((double)first),
            "round" => Math.Round((double)first, arguments.Length > 1 ? (int)(double)arguments[1]! : 0, MidpointRounding.AwayFromZero),
            "floor" => Math.Floor((double)first),
            "ceil" => Math.Ceiling((double)first),
            "nullif" => Operators.Order(first, arguments[1]!) == 0 ? null : first,
            "length" => (double)Operators.Text(first).Length,
            "lower" => Operators.Text(first).ToLowerInvariant(),
            "upper" => Operators.Text(first).ToUpperInvariant(),
            "trim" => Operators.Text(first).Trim(' '),
            "substr" => Part(Operators.Text(first), (int)(double)arguments[1]!, arguments.Length > 2 ? (int)(double)arguments[2]! : int.MaxValue),
            "starts_with" => Operators.Text(first).StartsWith(Operators.Text(arguments[1]!), StringComparison.Ordinal),
            "ends_with" => Operators.Text(first).EndsWith(Operators.Text(arguments[1]!), StringComparison.Ordinal),
            "contains" => Operators.Text(first).Contains(Operators.Text(arguments[1]!), StringComparison.Ordinal),
            "regexp_matches" => Regex.IsMatch(Operators.Text(first), Operators.Text(arguments[1]!), RegexOptions.CultureInvariant),
            "year" => (double)Operators.Moment(first).Year,
            "month" => (double)Operators.Moment(first).Month,
            "day" => (double)Operators.Moment(first).Day,
            "hour" => (double)Operators.Moment(first).Hour,
            "minute" => (double)Operators.Moment(first).Minute,
            "date_diff" => Crossed(Operators.Text(first), Operators.Moment(arguments[1]!), Operators.Moment(arguments[2]!)),
            "date_trunc" => Truncate(Operators.Text(first), Operators.Moment(arguments[1]!)),
            _ => throw new RuleSyntaxException($"'{name}' is not among the functions of rules"),
        };
    }

    private static object? Extreme(object?[] arguments, int direction)
    {
        object? best = null;
        foreach (var argument in arguments)
        {
            if (argument is not null && (best is null || Operators.Order(argument, best) * direction > 0)) best = argument;
        }

        return best;
    }

    private static string Part(string text, int from, int count)
    {
        var start = Math.Clamp(from - 1, 0, text.Length);
        return text.Substring(start, (int)Math.Clamp((long)count, 0, text.Length - start));
    }

    /// <summary>Boundaries of the unit crossed from one moment to the other.</summary>
    private static double Crossed(string unit, DateTime from, DateTime to) => unit switch
    {
        "year" => to.Year - from.Year,
        "month" => (to.Year - from.Year) * 12 + to.Month - from.Month,
        _ => Math.Round((Truncate(unit, to) - Truncate(unit, from)) / Length(unit)),
    };

    private static DateTime Truncate(string unit, DateTime time) => unit switch
    {
        "year" => new DateTime(time.Year, 1, 1),
        "month" => new DateTime(time.Year, time.Month, 1),
        _ => new DateTime(time.Ticks - time.Ticks % Length(unit).Ticks),
    };

    private static TimeSpan Length(string unit) => unit switch
    {
        "week" => TimeSpan.FromDays(7),
        "day" => TimeSpan.FromDays(1),
        "hour" => TimeSpan.FromHours(1),
        "minute" => TimeSpan.FromMinutes(1),
        "second" => TimeSpan.FromSeconds(1),
        _ => throw new RuleSyntaxException($"'{unit}' is no unit of time"),
    };
}
