using System.Globalization;
using Yunnao.Kernel;
using Yunnao.Services.Views.Paths;
using Yunnao.Services.Views.Types;

namespace Yunnao.Services.Views.Compile;

/// <summary>The functions about texts and numbers, and conversions.</summary>
internal sealed partial class PathCompiler
{
    /// <summary>A function of a text and of its arguments, which are texts too.</summary>
    private Operand OfText(PathNode.Call call, Operand focus, PathContext context, string type, string form)
    {
        var arguments = call.Arguments.Select(a => Single(Node(a, context))).Prepend(Single(focus)).ToArray();
        return Of(call, arguments, type, form, t => FhirTypes.IsText(t) || FhirTypes.IsTemporal(t), "texts");
    }

    /// <summary>A function of a number and of its arguments, which are numbers too.</summary>
    /// <param name="type">Type of the result; null for that of the number.</param>
    private Operand OfNumber(PathNode.Call call, Operand focus, PathContext context, string? type, string form)
    {
        var arguments = call.Arguments.Select(a => Single(Node(a, context))).Prepend(Single(focus)).ToArray();
        return Of(call, arguments, type ?? arguments[0].Type, form, FhirTypes.IsNumber, "numbers");
    }

    private static Operand Of(PathNode.Call call, Operand[] arguments, string type, string form, Func<string, bool> fits, Sentence wanted)
    {
        if (Array.Exists(arguments, a => a.IsNothing)) return Operand.Nothing;
        if (Array.Find(arguments, a => !fits(a.Type)) is { } wrong) throw Wrong(call.At, $"{call.Name} takes {wanted}", wrong);
        return new(string.Format(CultureInfo.InvariantCulture, form, [.. arguments.Select(a => Bracketed(a.Sql))]), type, false);
    }

    private Operand Substring(PathNode.Call call, Operand focus, PathContext context)
    {
        var (text, start) = (Single(focus), Whole(call, 0, context));
        if (text.IsNothing) return text;
        if (!FhirTypes.IsText(text.Type) && !FhirTypes.IsTemporal(text.Type)) throw Wrong(call.At, "substring takes a text", text);
        var length = call.Arguments.Count == 2 ? $", greatest({Whole(call, 1, context)}, 0)" : "";
        return new($"CASE WHEN {start} >= 0 AND {start} < length({text.Sql}) THEN substring({text.Sql}, {start} + 1{length}) END", "string", false);
    }

    /// <summary>Nothing joined is the empty text (SQL on FHIR v2, function join).</summary>
    private Operand Join(PathNode.Call call, Operand focus, PathContext context)
    {
        if (focus.IsChoice) throw Choice(call.At, focus);
        var separator = call.Arguments.Count == 0 ? "''" : Single(Node(call.Arguments[0], context)).Sql;
        if (focus.IsNothing) return new("''", "string", false);
        if (!FhirTypes.IsPrimitive(focus.Type)) throw Wrong(call.At, "join takes texts", focus);
        return new($"coalesce(array_to_string({ListOf(focus)}, {separator}), '')", "string", false);
    }

    private Operand Converted(Operand focus, string type, int at)
    {
        var one = Single(focus);
        if (one.IsNothing) return one;
        if (!FhirTypes.IsPrimitive(one.Type)) throw Wrong(at, "A value of a primitive type is converted", one);
        var x = Bracketed(one.Sql);
        var text = FhirTypes.IsText(one.Type) || FhirTypes.IsTemporal(one.Type);
        return new(type switch
        {
            "string" => $"CAST({x} AS VARCHAR)",
            "integer" when text => $"CASE WHEN regexp_full_match({x}, '[+-]?[0-9]+') THEN TRY_CAST({x} AS BIGINT) END",
            "integer" when one.Type == "decimal" => $"CASE WHEN {x} = trunc({x}) THEN CAST({x} AS BIGINT) END",
            "integer" => $"CAST({x} AS BIGINT)",
            "decimal" => $"TRY_CAST({x} AS DOUBLE)",
            "boolean" when text => $"CASE WHEN lower({x}) IN ('true', 't', 'yes', 'y', '1', '1.0') THEN true WHEN lower({x}) IN ('false', 'f', 'no', 'n', '0', '0.0') THEN false END",
            "boolean" when one.Type != "boolean" => $"CASE {x} WHEN 1 THEN true WHEN 0 THEN false END",
            "boolean" => one.Sql,
            _ when !text => throw Wrong(at, $"A {type} is made of a text, date or time", one),
            "date" => $"CASE WHEN regexp_matches({x}, '^[0-9]{{4}}(-[0-9]{{2}}(-[0-9]{{2}})?)?(T|$)') THEN left({x}, 10) END",
            "dateTime" => $"CASE WHEN regexp_matches({x}, '^[0-9]{{4}}(-[0-9]{{2}}(-[0-9]{{2}})?)?(T|$)') THEN {one.Sql} END",
            _ => $"CASE WHEN regexp_full_match({x}, '[0-9]{{2}}(:[0-9]{{2}}(:[0-9]{{2}}([.][0-9]+)?)?)?') THEN {one.Sql} END",
        }, type, false);
    }
}
