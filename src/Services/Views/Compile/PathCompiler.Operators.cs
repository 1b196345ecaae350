using Yunnao.Services.Views.Paths;
using Yunnao.Services.Views.Types;

namespace Yunnao.Services.Views.Compile;

/// <summary>The operators. Logic in FHIRPath is three-valued as in SQL, nothing being NULL.</summary>
internal sealed partial class PathCompiler
{
    /// <summary>Digits after the point to which decimals are computed; FHIRPath asks for at least eight.</summary>
    private const int Scale = 12;

    private enum Kind
    {
        Boolean,
        Number,
        Text,
        Temporal,
        Complex,
    }

    private Operand Binary(PathNode.Binary node, PathContext context)
    {
        var (left, right) = (Node(node.Left, context), Node(node.Right, context));
        switch (node.Operator)
        {
            case "and": return Logic($"{Truth(left, node.At)} AND {Truth(right, node.At)}");
            case "or": return Logic($"{Truth(left, node.At)} OR {Truth(right, node.At)}");
            case "xor": return Logic($"{Truth(left, node.At)} <> {Truth(right, node.At)}");
            case "implies": return Logic($"NOT {Truth(left, node.At)} OR {Truth(right, node.At)}");
            case "=": return Equal(left, right, node.At);
            case "!=": return Not(Equal(left, right, node.At));
            case "~": return Alike(left, right, node.At);
            case "!~": return Not(Alike(left, right, node.At));
            case "<" or "<=" or ">" or ">=": return Ordered(node.Operator, left, right, node.At);
            case "|": return Union(left, right, node.At);
            case "in": return Among(left, right, node.At);
            case "contains": return Among(right, left, node.At);
            case "&": return new($"concat({TextOf(left, node.At)}, {TextOf(right, node.At)})", "string", false);
            default: return Arithmetic(node.Operator, left, right, node.At);
        }
    }

    private Operand Signed(PathNode.Signed node, PathContext context)
    {
        var operand = Single(Node(node.Operand, context));
        if (operand.IsNothing) return operand;
        if (!FhirTypes.IsNumber(operand.Type)) throw Wrong(node.At, "A sign stands before a number", operand);
        return node.Sign == "-" ? new($"-{Bracketed(operand.Sql)}", operand.Type, false) : operand;
    }

    private static Operand Logic(string sql) => new($"({sql})", "boolean", false);

    private static Operand Not(Operand operand) => operand.IsNothing ? operand : Logic($"NOT {Bracketed(operand.Sql)}");

    /// <summary>A condition in SQL.</summary>
    private string Truth(Operand operand, int at)
    {
        if (operand.IsNothing) return "NULL::BOOLEAN";
        var one = Single(operand);
        return one.Type == "boolean" ? Bracketed(one.Sql) : throw Wrong(at, "A condition is wanted", one);
    }

    private static Operand Equal(Operand left, Operand right, int at)
    {
        if (left.IsNothing || right.IsNothing) return Operand.Nothing with { Type = "boolean", Sql = "NULL::BOOLEAN" };
        var kind = Comparable(left, right, at);
        string Same(string a, string b) => Compared("=", kind, a, b, left.Type, right.Type);
        if (!left.Many && !right.Many) return Logic(Same(left.Sql, right.Sql));
        if (left.Many && right.Many)
        {
            var (a, b) = (left.Sql, right.Sql);
            return Logic($"CASE WHEN coalesce(len({a}), 0) = 0 OR coalesce(len({b}), 0) = 0 THEN NULL WHEN len({a}) <> len({b}) THEN false WHEN len({a}) = 1 THEN {Same($"({a})[1]", $"({b})[1]")} ELSE {a} = {b} END");
        }

        var (many, one) = left.Many ? (left, right) : (right, left);
        return Logic($"CASE WHEN {Bracketed(one.Sql)} IS NULL OR coalesce(len({many.Sql}), 0) = 0 THEN NULL WHEN len({many.Sql}) > 1 THEN false ELSE {Same($"({many.Sql})[1]", one.Sql)} END");
    }

    /// <summary>Equivalence: nothing is like nothing; texts without regard to case and blanks.</summary>
    private Operand Alike(Operand left, Operand right, int at)
    {
        if (left.IsNothing || right.IsNothing) return Logic($"NOT {Exists(left.IsNothing ? right : left)}");
        var kind = Comparable(left, right, at);
        var (a, b) = (Single(left).Sql, Single(right).Sql);
        if (kind == Kind.Text) return Logic($"{Folded(a)} IS NOT DISTINCT FROM {Folded(b)}");
        return Logic($"coalesce({Compared("=", kind, a, b, left.Type, right.Type)}, {Bracketed(a)} IS NULL AND {Bracketed(b)} IS NULL)");

        static string Folded(string text) => $@"regexp_replace(lower(trim({text})), '\s+', ' ', 'g')";
    }

    private Operand Ordered(string sign, Operand left, Operand right, int at)
    {
        if (left.IsNothing || right.IsNothing) return Operand.Nothing with { Type = "boolean", Sql = "NULL::BOOLEAN" };
        var kind = Comparable(left, right, at);
        if (kind is Kind.Boolean or Kind.Complex) throw Wrong(at, "Numbers, texts, dates and times have an order", left);
        return Logic(Compared(sign, kind, Single(left).Sql, Single(right).Sql, left.Type, right.Type));
    }

    private static Operand Union(Operand left, Operand right, int at)
    {
        if (left.IsNothing || right.IsNothing) return Distinct(left.IsNothing ? right : left, at);
        return Distinct(Combined(left, right, at), at);
    }

    private Operand Among(Operand one, Operand all, int at)
    {
        if (one.IsNothing) return Operand.Nothing with { Type = "boolean", Sql = "NULL::BOOLEAN" };
        if (all.IsNothing) return Logic($"CASE WHEN {Exists(one)} THEN false END");
        Comparable(one, all, at);
        var value = Single(one).Sql;
        return Logic($"CASE WHEN {Bracketed(value)} IS NULL THEN NULL ELSE coalesce(list_contains({ListOf(all)}, {value}), false) END");
    }

    private string TextOf(Operand operand, int at)
    {
        if (operand.IsNothing) return "''";
        var one = Single(operand);
        return FhirTypes.IsText(one.Type) ? $"coalesce({one.Sql}, '')" : throw Wrong(at, "Texts are joined", one);
    }

    private Operand Arithmetic(string sign, Operand left, Operand right, int at)
    {
        if (left.IsNothing || right.IsNothing) return Operand.Nothing;
        var (a, b) = (Single(left), Single(right));
        if (sign == "+" && FhirTypes.IsText(a.Type) && FhirTypes.IsText(b.Type)) return new($"({a.Sql} || {b.Sql})", "string", false);
        if (!FhirTypes.IsNumber(a.Type)) throw Wrong(at, $"{sign} takes numbers", a);
        if (!FhirTypes.IsNumber(b.Type)) throw Wrong(at, $"{sign} takes numbers", b);
        var whole = FhirTypes.IsInteger(a.Type) && FhirTypes.IsInteger(b.Type);
        var (x, y) = (Bracketed(a.Sql), Bracketed(b.Sql));
        return sign switch
        {
            "/" => new($"round({x} / nullif({y}, 0), {Scale})", "decimal", false),
            "div" => new($"CAST(trunc({x} / nullif({y}, 0)) AS BIGINT)", "integer", false),
            "mod" when whole => new($"({x} % nullif({y}, 0))", "integer", false),
            "mod" => new($"round({x} % nullif({y}, 0), {Scale})", "decimal", false),
            _ when whole => new($"({x} {sign} {y})", "integer", false),
            _ => new($"round({x} {sign} {y}, {Scale})", "decimal", false),
        };
    }

    private static Kind KindOf(Operand operand, int at) => operand switch
    {
        { IsChoice: true } => throw Choice(at, operand),
        { Type: "boolean" } => Kind.Boolean,
        _ when FhirTypes.IsNumber(operand.Type) => Kind.Number,
        _ when FhirTypes.IsText(operand.Type) => Kind.Text,
        _ when FhirTypes.IsTemporal(operand.Type) => Kind.Temporal,
        _ => Kind.Complex,
    };

    private static Kind Comparable(Operand left, Operand right, int at)
    {
        var (a, b) = (KindOf(left, at), KindOf(right, at));
        if (a == Kind.Complex || b == Kind.Complex) throw new PathException("fhirpath.unsupported", "Whole elements are not compared; compare their parts", at);
        if (a == b) return a;
        if (a is Kind.Temporal or Kind.Text && b is Kind.Temporal or Kind.Text) return Kind.Temporal;
        throw new PathException("fhirpath.type", $"A {left.Type} is not compared with a {right.Type}", at);
    }

    /// <summary>
    /// Compares two things of a kind. Dates and times of different precision are compared as far as both go, and are neither alike nor
    /// different beyond (FHIRPath N1, 6.1.1 and 6.2); with times of the day, zones are regarded.
    /// </summary>
    private static string Compared(string sign, Kind kind, string a, string b, string leftType, string rightType)
    {
        var (x, y) = (Bracketed(a), Bracketed(b));
        if (kind != Kind.Temporal) return $"{x} {sign} {y}";
        var asFar = $"WHEN length({a}) = length({b}) OR NOT starts_with({a}, {b}) AND NOT starts_with({b}, {a}) THEN {x} {sign} {y}";
        if (leftType == "time" || rightType == "time")
            return $"CASE WHEN length({a}) >= 8 AND length({b}) >= 8 THEN TRY_CAST({a} AS TIME) {sign} TRY_CAST({b} AS TIME) {asFar} END";
        if (leftType == "date" && rightType == "date") return $"CASE {asFar} END";
        return $"CASE WHEN length({a}) > 10 AND length({b}) > 10 THEN TRY_CAST({a} AS TIMESTAMPTZ) {sign} TRY_CAST({b} AS TIMESTAMPTZ) {asFar} END";
    }
}
