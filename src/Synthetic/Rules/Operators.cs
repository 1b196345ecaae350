namespace Yunnao.Synthetic.Rules;

/// <summary>
/// Operators over values as SQL has them: a value is null, double, string, bool, DateOnly, DateTime, TimeOnly or Interval, and null
/// makes the result null.
/// </summary>
internal static class Operators
{
    public static object? Compare(string sign, object? left, object? right)
    {
        if (left is null || right is null) return null;
        var order = Order(left, right);
        return sign switch
        {
            "=" => order == 0,
            "<>" or "!=" => order != 0,
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        };
    }

    public static int Order(object left, object right) => (left, right) switch
    {
        (double a, double b) => a.CompareTo(b),
        (string a, string b) => string.CompareOrdinal(a, b),
        (bool a, bool b) => a.CompareTo(b),
        (TimeOnly a, TimeOnly b) => a.CompareTo(b),
        (Interval a, Interval b) => a.Length.CompareTo(b.Length),
        (DateOnly or DateTime, DateOnly or DateTime) => Moment(left).CompareTo(Moment(right)),
        (DateOnly or DateTime, string text) => Moment(left).CompareTo(DateTime.Parse(text)),
        (string text, DateOnly or DateTime) => DateTime.Parse(text).CompareTo(Moment(right)),
        (double a, string text) => a.CompareTo(double.Parse(text)),
        (string text, double b) => double.Parse(text).CompareTo(b),
        _ => throw new RuleSyntaxException($"a {left.GetType().Name} is compared with a {right.GetType().Name}"),
    };

    public static object? Calculate(string sign, object? left, object? right)
    {
        if (left is null || right is null) return null;
        return (sign, left, right) switch
        {
            ("||", _, _) => Text(left) + Text(right),
            ("+", double a, double b) => a + b,
            ("-", double a, double b) => a - b,
            ("*", double a, double b) => a * b,
            ("/", double a, double b) => b == 0 ? null : a / b,
            ("%", double a, double b) => b == 0 ? null : a % b,
            ("-", DateOnly a, DateOnly b) => (double)(a.DayNumber - b.DayNumber),
            ("-", DateOnly or DateTime, DateOnly or DateTime) => new Interval(0, Moment(left) - Moment(right)),
            ("+", DateOnly a, double b) => a.AddDays((int)b),
            ("-", DateOnly a, double b) => a.AddDays(-(int)b),
            ("+", DateOnly or DateTime, Interval b) => Moment(left) + b,
            ("-", DateOnly or DateTime, Interval b) => Moment(left) - b,
            ("+", Interval a, DateOnly or DateTime) => Moment(right) + a,
            _ => throw new RuleSyntaxException($"'{sign}' between a {left.GetType().Name} and a {right.GetType().Name}"),
        };
    }

    public static object? And(object? left, object? right) =>
        left is false || right is false ? false : left is null || right is null ? null : (object)true;

    public static object? Or(object? left, object? right) =>
        left is true || right is true ? true : left is null || right is null ? null : (object)false;

    public static object? Not(object? value) => value is bool known ? !known : null;

    public static DateTime Moment(object value) => value switch
    {
        DateTime time => time,
        DateOnly date => date.ToDateTime(TimeOnly.MinValue),
        string text => DateTime.Parse(text),
        _ => throw new RuleSyntaxException($"a {value.GetType().Name} is no date"),
    };

    public static string Text(object value) => value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        DateOnly date => date.ToString("yyyy-MM-dd"),
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss"),
        _ => value.ToString() ?? "",
    };
}
