using Yunnao.Kernel;
using Yunnao.Services.Views.Paths;
using Yunnao.Services.Views.Types;

namespace Yunnao.Services.Views.Compile;

/// <summary>The functions by name, and those about how much there is and which.</summary>
internal sealed partial class PathCompiler
{
    private delegate Operand Function(PathCompiler compiler, PathNode.Call call, Operand focus, PathContext context);

    // Name, least and most arguments, what it does.
    private static readonly Dictionary<string, (int Least, int Most, Function Compile)> s_functions = new(StringComparer.Ordinal)
    {
        ["exists"] = (0, 1, (c, n, f, x) => Logic(Exists(n.Arguments.Count == 0 ? f : c.Where(n, f, x)))),
        ["empty"] = (0, 0, (_, _, f, _) => Logic($"NOT ({Exists(f)})")),
        ["hasValue"] = (0, 0, (_, _, f, _) => Logic(Exists(f))),
        ["not"] = (0, 0, (c, n, f, _) => f.IsNothing ? f : Logic($"NOT {c.Truth(f, n.At)}")),
        ["count"] = (0, 0, (_, _, f, _) => new(f.Many ? $"coalesce(len({f.Sql}), 0)" : $"CAST({Exists(f)} AS BIGINT)", "integer", false)),
        ["where"] = (1, 1, (c, n, f, x) => c.Where(n, f, x)),
        ["select"] = (1, 1, (c, n, f, x) => c.Select(n, f, x)),
        ["all"] = (1, 1, (c, n, f, x) => c.All(n, f, x)),
        ["allTrue"] = (0, 0, (_, n, f, _) => Truths(f, n.At, "coalesce(list_bool_and({0}), true)")),
        ["anyTrue"] = (0, 0, (_, n, f, _) => Truths(f, n.At, "coalesce(list_bool_or({0}), false)")),
        ["allFalse"] = (0, 0, (_, n, f, _) => Truths(f, n.At, "NOT coalesce(list_bool_or({0}), false)")),
        ["anyFalse"] = (0, 0, (_, n, f, _) => Truths(f, n.At, "NOT coalesce(list_bool_and({0}), true)")),
        ["first"] = (0, 0, (_, n, f, _) => At(f, "1", n.At)),
        ["last"] = (0, 0, (_, n, f, _) => At(f, "-1", n.At)),
        ["single"] = (0, 0, (c, _, f, _) => c.Single(f)),
        ["tail"] = (0, 0, (_, n, f, _) => Slice(f, "2", null, n.At)),
        ["skip"] = (1, 1, (c, n, f, x) => Slice(f, $"greatest({c.Whole(n, 0, x)}, 0) + 1", null, n.At)),
        ["take"] = (1, 1, (c, n, f, x) => Slice(f, "1", $"greatest({c.Whole(n, 0, x)}, 0)", n.At)),
        ["distinct"] = (0, 0, (_, n, f, _) => Distinct(f, n.At)),
        ["isDistinct"] = (0, 0, (_, n, f, _) => Logic($"coalesce(len({ListOf(f)}) = len({Distinct(f, n.At).Sql}), true)")),
        ["union"] = (1, 1, (c, n, f, x) => Union(f, c.Node(n.Arguments[0], x), n.At)),
        ["combine"] = (1, 1, (c, n, f, x) => Combined(f, c.Node(n.Arguments[0], x), n.At)),
        ["intersect"] = (1, 1, (c, n, f, x) => Kept(f, c.Node(n.Arguments[0], x), "", n.At)),
        ["exclude"] = (1, 1, (c, n, f, x) => Kept(f, c.Node(n.Arguments[0], x), "NOT ", n.At)),
        ["iif"] = (2, 3, (c, n, f, x) => c.If(n, f, x)),
        ["trace"] = (1, 2, (_, _, f, _) => f),
        ["ofType"] = (1, 1, (c, n, f, _) => OfType(f, TypeName(n), false, n.At)),
        ["as"] = (1, 1, (c, n, f, _) => OfType(f, TypeName(n), false, n.At)),
        ["is"] = (1, 1, (c, n, f, _) => OfType(f, TypeName(n), true, n.At)),
        ["extension"] = (1, 1, (c, n, f, x) => c.Extension(n, f, x)),
        ["getResourceKey"] = (0, 0, (c, n, f, _) => c.ResourceKey(f, n.At)),
        ["getReferenceKey"] = (0, 1, (c, n, f, _) => c.ReferenceKey(n, f)),
        ["lowBoundary"] = (0, 0, (c, n, f, _) => c.Boundary(f, true, n.At)),
        ["highBoundary"] = (0, 0, (c, n, f, _) => c.Boundary(f, false, n.At)),
        ["join"] = (0, 1, (c, n, f, x) => c.Join(n, f, x)),
        ["startsWith"] = (1, 1, (c, n, f, x) => c.OfText(n, f, x, "boolean", "starts_with({0}, {1})")),
        ["endsWith"] = (1, 1, (c, n, f, x) => c.OfText(n, f, x, "boolean", "ends_with({0}, {1})")),
        ["contains"] = (1, 1, (c, n, f, x) => c.OfText(n, f, x, "boolean", "contains({0}, {1})")),
        ["matches"] = (1, 1, (c, n, f, x) => c.OfText(n, f, x, "boolean", "regexp_matches({0}, {1}, 's')")),
        ["indexOf"] = (1, 1, (c, n, f, x) => c.OfText(n, f, x, "integer", "(strpos({0}, {1}) - 1)")),
        ["split"] = (1, 1, (c, n, f, x) => c.OfText(n, f, x, "string", "string_split({0}, {1})") with { Many = true }),
        ["replace"] = (2, 2, (c, n, f, x) => c.OfText(n, f, x, "string", "replace({0}, {1}, {2})")),
        ["replaceMatches"] = (2, 2, (c, n, f, x) => c.OfText(n, f, x, "string", "regexp_replace({0}, {1}, replace({2}, '$', '\\'), 'g')")),
        ["upper"] = (0, 0, (c, n, f, x) => c.OfText(n, f, x, "string", "upper({0})")),
        ["lower"] = (0, 0, (c, n, f, x) => c.OfText(n, f, x, "string", "lower({0})")),
        ["trim"] = (0, 0, (c, n, f, x) => c.OfText(n, f, x, "string", "trim({0})")),
        ["length"] = (0, 0, (c, n, f, x) => c.OfText(n, f, x, "integer", "length({0})")),
        ["toChars"] = (0, 0, (c, n, f, x) => c.OfText(n, f, x, "string", "string_split({0}, '')") with { Many = true }),
        ["substring"] = (1, 2, (c, n, f, x) => c.Substring(n, f, x)),
        ["toString"] = (0, 0, (c, n, f, _) => c.Converted(f, "string", n.At)),
        ["toInteger"] = (0, 0, (c, n, f, _) => c.Converted(f, "integer", n.At)),
        ["toDecimal"] = (0, 0, (c, n, f, _) => c.Converted(f, "decimal", n.At)),
        ["toBoolean"] = (0, 0, (c, n, f, _) => c.Converted(f, "boolean", n.At)),
        ["toDate"] = (0, 0, (c, n, f, _) => c.Converted(f, "date", n.At)),
        ["toDateTime"] = (0, 0, (c, n, f, _) => c.Converted(f, "dateTime", n.At)),
        ["toTime"] = (0, 0, (c, n, f, _) => c.Converted(f, "time", n.At)),
        ["abs"] = (0, 0, (c, n, f, x) => c.OfNumber(n, f, x, null, "abs({0})")),
        ["ceiling"] = (0, 0, (c, n, f, x) => c.OfNumber(n, f, x, "integer", "CAST(ceil({0}) AS BIGINT)")),
        ["floor"] = (0, 0, (c, n, f, x) => c.OfNumber(n, f, x, "integer", "CAST(floor({0}) AS BIGINT)")),
        ["truncate"] = (0, 0, (c, n, f, x) => c.OfNumber(n, f, x, "integer", "CAST(trunc({0}) AS BIGINT)")),
        ["round"] = (0, 1, (c, n, f, x) => c.OfNumber(n, f, x, "decimal", n.Arguments.Count == 0 ? "round({0})" : "round({0}, CAST({1} AS INTEGER))")),
        ["sqrt"] = (0, 0, (c, n, f, x) => c.OfNumber(n, f, x, "decimal", "CASE WHEN {0} >= 0 THEN sqrt({0}) END")),
        ["exp"] = (0, 0, (c, n, f, x) => c.OfNumber(n, f, x, "decimal", "exp({0})")),
        ["ln"] = (0, 0, (c, n, f, x) => c.OfNumber(n, f, x, "decimal", "CASE WHEN {0} > 0 THEN ln({0}) END")),
        ["log"] = (1, 1, (c, n, f, x) => c.OfNumber(n, f, x, "decimal", "CASE WHEN {0} > 0 AND {1} > 0 THEN ln({0}) / nullif(ln({1}), 0) END")),
        ["power"] = (1, 1, (c, n, f, x) => c.OfNumber(n, f, x, "decimal", "pow({0}, {1})")),
        ["today"] = (0, 0, (_, _, _, _) => new("strftime(current_timestamp, '%Y-%m-%d')", "date", false)),
        ["now"] = (0, 0, (_, _, _, _) => new("strftime(current_timestamp, '%Y-%m-%dT%H:%M:%S.%g') || 'Z'", "dateTime", false)),
    };

    /// <summary>The names of all functions.</summary>
    public static IEnumerable<string> FunctionNames => s_functions.Keys.Order(StringComparer.Ordinal);

    private Operand Call(PathNode.Call call, PathContext context)
    {
        if (!s_functions.TryGetValue(call.Name, out var function)) throw new PathException("fhirpath.function", $"There is no function {call.Name}", call.At);
        var (least, most, compile) = function;
        if (call.Arguments.Count < least || call.Arguments.Count > most)
            throw new PathException("fhirpath.arguments", least == most ? (Sentence)$"{call.Name} takes {least} arguments, not {call.Arguments.Count}" : $"{call.Name} takes {least} to {most} arguments, not {call.Arguments.Count}", call.At);
        return compile(this, call, Focus(call.Focus, context), context);
    }

    /// <summary>The things for which the condition, the first argument, is true.</summary>
    private Operand Where(PathNode.Call call, Operand focus, PathContext context)
    {
        if (focus.IsChoice) throw Choice(call.At, focus);
        if (!focus.Many)
        {
            var truth = Truth(Node(call.Arguments[0], context with { This = focus, Index = "0" }), call.At);
            return focus.IsNothing ? focus : focus with { Sql = $"CASE WHEN {truth} THEN {focus.Sql} END", Origin = null, Raw = null };
        }

        var lambda = Lambda(focus, context, x => Truth(Node(call.Arguments[0], x), call.At));
        return focus with { Sql = $"list_filter({focus.Sql}, {lambda})", Origin = null, Raw = null };
    }

    private Operand Select(PathNode.Call call, Operand focus, PathContext context)
    {
        if (focus.IsChoice) throw Choice(call.At, focus);
        if (!focus.Many) return Node(call.Arguments[0], context with { This = focus, Index = "0" });
        Operand? each = null;
        var lambda = Lambda(focus, context, x => (each = Node(call.Arguments[0], x)).Sql);
        if (each!.IsNothing) return each;
        if (each.IsChoice) throw Choice(call.At, each);
        var list = $"list_transform({focus.Sql}, {lambda})";
        return each with { Sql = each.Many ? $"flatten({list})" : $"list_filter({list}, lambda x: x IS NOT NULL)", Many = true, Origin = null, Raw = null };
    }

    private Operand All(PathNode.Call call, Operand focus, PathContext context)
    {
        if (focus.IsChoice) throw Choice(call.At, focus);
        if (focus.IsNothing) return Logic("true");
        if (!focus.Many) return Logic($"NOT ({Exists(focus)}) OR coalesce({Truth(Node(call.Arguments[0], context with { This = focus, Index = "0" }), call.At)}, false)");
        return Logic($"coalesce(list_bool_and(list_transform({focus.Sql}, {Lambda(focus, context, x => $"coalesce({Truth(Node(call.Arguments[0], x), call.At)}, false)")})), true)");
    }

    /// <summary>A lambda over the things of a list. Its variable has a name of its own, so that lambdas inside it can use it.</summary>
    private string Lambda(Operand list, PathContext context, Func<PathContext, string> body)
    {
        var (thing, index) = ($"v{++_variables}", $"i{_variables}");
        var sql = body(context with { This = list with { Sql = thing, Many = false, Origin = null, Raw = null }, Index = $"({index} - 1)" });
        return sql.Contains($"({index} - 1)", StringComparison.Ordinal) ? $"lambda {thing}, {index}: {sql}" : $"lambda {thing}: {sql}";
    }

    private static Operand Truths(Operand focus, int at, string form)
    {
        if (!focus.IsNothing && focus.Type != "boolean") throw Wrong(at, "Conditions are wanted", focus);
        return Logic(string.Format(System.Globalization.CultureInfo.InvariantCulture, form, focus.IsNothing ? "[]::BOOLEAN[]" : ListOf(focus)));
    }

    private static Operand At(Operand focus, string position, int at)
    {
        if (focus.IsChoice) return focus.Many ? throw Choice(at, focus) : focus;
        return focus.Many ? focus with { Sql = $"{Bracketed(focus.Sql)}[{position}]", Many = false, Origin = null, Raw = null } : focus;
    }

    private static Operand Slice(Operand focus, string from, string? to, int at)
    {
        if (focus.IsChoice) throw Choice(at, focus);
        return focus.IsNothing ? focus : focus with { Sql = $"list_slice({ListOf(focus)}, {from}, {to ?? "-1"})", Many = true, Origin = null, Raw = null };
    }

    /// <summary>Each thing once, in the order of its first.</summary>
    private static Operand Distinct(Operand focus, int at)
    {
        if (focus.IsChoice) throw Choice(at, focus);
        if (focus.IsNothing || !focus.Many) return focus.IsNothing ? focus : focus with { Sql = ListOf(focus), Many = true, Origin = null, Raw = null };
        if (!FhirTypes.IsPrimitive(focus.Type)) throw new PathException("fhirpath.unsupported", "Whole elements are not compared; compare their parts", at);
        return focus with { Sql = $"list_filter({focus.Sql}, lambda x, i: list_position({focus.Sql}, x) = i)", Origin = null, Raw = null };
    }

    private static Operand Combined(Operand left, Operand right, int at)
    {
        if (left.IsNothing || right.IsNothing) return left.IsNothing ? right : left;
        if (left.IsChoice || right.IsChoice) throw Choice(at, left.IsChoice ? left : right);
        var alike = KindOf(left, at) == KindOf(right, at) && (KindOf(left, at) != Kind.Complex || left.Shape == right.Shape);
        if (!alike) throw new PathException("fhirpath.type", $"A {left.Type} and a {right.Type} do not go into one collection", at);
        return left with { Sql = $"list_concat({ListOf(left)}, {ListOf(right)})", Many = true, Origin = null, Raw = null };
    }

    private static Operand Kept(Operand focus, Operand other, string not, int at)
    {
        if (focus.IsNothing) return focus;
        if (other.IsNothing) return not.Length > 0 ? focus : Operand.Nothing;
        Comparable(focus, other, at);
        var kept = focus with { Sql = $"list_filter({ListOf(focus)}, lambda x: {not}coalesce(list_contains({ListOf(other)}, x), false))", Many = true, Origin = null, Raw = null };
        return not.Length > 0 ? kept : Distinct(kept, at);
    }

    private Operand If(PathNode.Call call, Operand focus, PathContext context)
    {
        var inside = focus.IsChoice || focus.Many ? context : context with { This = focus };
        var (then, otherwise) = (Node(call.Arguments[1], inside), call.Arguments.Count == 3 ? Node(call.Arguments[2], inside) : Operand.Nothing);
        if (then.IsChoice || otherwise.IsChoice) throw Choice(call.At, then.IsChoice ? then : otherwise);
        var shown = then.IsNothing ? otherwise : then;
        if (!then.IsNothing && !otherwise.IsNothing && KindOf(then, call.At) != KindOf(otherwise, call.At))
            throw new PathException("fhirpath.type", $"iif gives a {then.Type} or a {otherwise.Type}; both must be of one type", call.At);
        var many = then.Many || otherwise.Many;
        string Side(Operand side) => many && !side.IsNothing ? ListOf(side) : side.Sql;
        return shown with
        {
            Sql = $"CASE WHEN {Truth(Node(call.Arguments[0], inside), call.At)} THEN {Side(then)} ELSE {Side(otherwise)} END", Many = many, Origin = null, Raw = null,
        };
    }

    private string Whole(PathNode.Call call, int argument, PathContext context)
    {
        var number = Single(Node(call.Arguments[argument], context));
        return FhirTypes.IsInteger(number.Type) ? Bracketed(number.Sql) : throw Wrong(call.At, $"{call.Name} takes a whole number", number);
    }

    private static string TypeName(PathNode.Call call)
    {
        var (parts, node) = (new List<string>(), call.Arguments[0]);
        while (node is PathNode.Member member)
        {
            parts.Insert(0, member.Name);
            node = member.Focus!;
        }

        return node is null && parts.Count > 0 ? string.Join('.', parts) : throw new PathException("fhirpath.arguments", $"{call.Name} takes the name of a type", call.At);
    }
}
