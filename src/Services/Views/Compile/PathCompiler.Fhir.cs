using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Services.Views.Paths;
using Yunnao.Services.Views.Types;

namespace Yunnao.Services.Views.Compile;

/// <summary>The functions about types, extensions, keys and boundaries.</summary>
internal sealed partial class PathCompiler
{
    /// <summary>Those of a type, or, as a test, whether the one is of it. What a type is was decided by the model; only a choice and a resource are asked.</summary>
    private static Operand OfType(Operand focus, string name, bool test, int at)
    {
        var type = Named(name, at);
        if (focus.IsNothing) return focus;
        if (focus is { IsChoice: true, Origin: { } origin })
        {
            var found = origin.Element.Types.Contains(type) ? Chosen(focus, type) : Operand.Nothing;
            return test ? Logic($"CASE WHEN {Exists(focus)} THEN {Exists(found)} END") : found;
        }

        if (focus.Type is "Resource" or "DomainResource" && FhirTypes.IsResource(type)) return OfResource(focus, type, test);
        var fits = FhirTypes.Is(focus.Type, type);
        return test ? Logic($"CASE WHEN {Exists(focus)} THEN {(fits ? "true" : "false")} END") : fits ? focus : Operand.Nothing;
    }

    private static Operand OfResource(Operand focus, string type, bool test)
    {
        string IsOne(string json) => $"json_extract_string({json}, '$.resourceType') = {SqlNames.Literal(type)}";
        if (test) return Logic(focus.Many ? $"{IsOne($"({focus.Sql})[1]")}" : IsOne(focus.Sql));
        var shape = focus.Shape!.Resource(type);
        var sql = focus.Many
            ? $"list_transform(list_filter({focus.Sql}, lambda x: {IsOne("x")}), lambda x: from_json(x, {shape.Structure}))"
            : $"CASE WHEN {IsOne(focus.Sql)} THEN from_json({focus.Sql}, {shape.Structure}) END";
        return new(sql, type, focus.Many) { Shape = shape };
    }

    private static string Named(string name, int at)
    {
        var plain = name.StartsWith("FHIR.", StringComparison.Ordinal) ? name[5..] : name;
        if (name.StartsWith("System.", StringComparison.Ordinal)) plain = char.ToLowerInvariant(name[7]) + name[8..];
        if (plain is "String" or "Boolean" or "Integer" or "Decimal" or "Date" or "DateTime" or "Time") plain = char.ToLowerInvariant(plain[0]) + plain[1..];
        return FhirTypes.IsKnown(plain) ? plain : throw new PathException("fhirpath.type", $"{name} is no type of FHIR R4", at);
    }

    private Operand Extension(PathNode.Call call, Operand focus, PathContext context)
    {
        if (focus.IsNothing) return focus;
        var url = Single(Node(call.Arguments[0], context));
        if (!FhirTypes.IsText(url.Type)) throw Wrong(call.At, "extension takes the URL of the extension", url);
        var all = Member(focus, "extension", call.At);
        all.Shape?.Child("url", false, "VARCHAR");
        return all.IsNothing ? all : all with { Sql = $"list_filter({all.Sql}, lambda e: e.url = {url.Sql})", Origin = null, Raw = null };
    }

    /// <summary>The logical id: unique among the resources of a type.</summary>
    private Operand ResourceKey(Operand focus, int at) =>
        FhirTypes.IsResource(focus.Type) ? Member(focus, "id", at) with { Type = "string" } : throw Wrong(at, "getResourceKey takes a resource", focus);

    /// <summary>
    /// The key of what a reference names, if it is of the type asked for: the id in <c>Patient/1</c>, <c>https://server/fhir/Patient/1/_history/2</c>
    /// and <c>urn:uuid:…</c>. A search (<c>Patient?identifier=…</c>) and what is contained (<c>#1</c>) have none.
    /// </summary>
    private Operand ReferenceKey(PathNode.Call call, Operand focus)
    {
        var type = call.Arguments.Count == 0 ? null : Named(TypeName(call), call.At);
        if (focus.IsNothing) return focus;
        if (focus.Type != "Reference") throw Wrong(call.At, "getReferenceKey takes a Reference", focus);
        var reference = Member(focus, "reference", call.At);
        var keys = Each(reference.Sql, reference.Many, Key);
        return new(reference.Many ? $"list_filter({keys}, lambda x: x IS NOT NULL)" : keys, "string", reference.Many);

        string Key(string x)
        {
            var (named, path) = type is null ? ("", "[A-Z][A-Za-z]+/") : (type + "/", type + "/");
            var whole = $"CASE WHEN starts_with({x}, 'urn:uuid:') THEN substring({x}, 10) ELSE nullif(regexp_extract({x}, '(?:^|/){path}([A-Za-z0-9.-]{{1,64}})(?:/_history/[^/]+)?$', 1), '') END";
            var plain = $"starts_with({x}, '{named}') AND NOT contains(substring({x}, {named.Length + 1}), '/')";
            return type is null ? whole : $"CASE WHEN {plain} THEN substring({x}, {named.Length + 1}) ELSE {whole} END";
        }
    }

    /// <summary>
    /// The least or the greatest that a value may be, given how exactly it is written: half a unit of its last digit beside a number; the first
    /// or last moment of a date, in the zone that makes it so where it has none (FHIRPath 2.1, 5.9).
    /// </summary>
    private Operand Boundary(Operand focus, bool low, int at)
    {
        if (focus.IsNothing) return focus;
        if (focus is { Type: "decimal", Many: false, Shape: { } shape, Origin: not null }) shape.WantText();
        var one = Single(focus);
        var text = one.Raw ?? one.Sql;
        if (FhirTypes.IsInteger(one.Type)) return new($"({Bracketed(one.Sql)} {(low ? '-' : '+')} 0.5)::DOUBLE", "decimal", false);
        var sql = one.Type switch
        {
            "decimal" => $"round({Bracketed(one.Sql)} {(low ? '-' : '+')} 0.5 * pow(10, -length(split_part(CAST({text} AS VARCHAR), '.', 2))), {Scale})",
            "date" => Day(one.Sql, low),
            "dateTime" or "instant" => Moment(one.Sql, low),
            "time" => $"({one.Sql} || substring('{(low ? "00:00:00.000" : "23:59:59.999")}', length({one.Sql}) + 1))",
            _ => throw Wrong(at, "Numbers, dates and times have boundaries", one),
        };
        return new(sql, one.Type == "instant" ? "dateTime" : one.Type, false);

        static string Day(string x, bool low) => low
            ? $"({x} || substring('0000-01-01', length({x}) + 1))"
            : $"CASE length({x}) WHEN 4 THEN {x} || '-12-31' WHEN 7 THEN strftime(last_day(TRY_CAST({x} || '-01' AS DATE)), '%Y-%m-%d') ELSE {x} END";

        static string Moment(string x, bool low)
        {
            var (filled, zone) = low ? ("T00:00:00.000", "+14:00") : ("T23:59:59.999", "-12:00");
            var clock = $"regexp_extract({x}, '^[^Z+]*?T[0-9:.]+')";
            var written = $"CASE WHEN {clock} = '' THEN {Bracketed(Day(x, low))} || '{filled}' WHEN contains({clock}, '.') THEN {clock} ELSE {clock} || substring('0000-00-00{filled}', length({clock}) + 1) END";
            return $"(({written}) || coalesce(nullif(regexp_extract({x}, 'T.*?(Z|[+-][0-9]{{2}}:[0-9]{{2}})$', 1), ''), '{zone}'))";
        }
    }
}
