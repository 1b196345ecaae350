using System.Globalization;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Services.Views.Paths;
using Yunnao.Services.Views.Types;

namespace Yunnao.Services.Views.Compile;

/// <summary>
/// Compiles FHIRPath to an expression of the embedded engine's SQL, typed by the FHIR model. Here are names and navigation; operators and
/// functions are beside it, a file a kind. Nothing may use a subquery, because the engine takes none inside a lambda.
/// </summary>
internal sealed partial class PathCompiler(IReadOnlyDictionary<string, ViewConstant> constants, Func<string, Place> place)
{
    private readonly Dictionary<string, PathNode?> _parsed = new(StringComparer.Ordinal);
    private readonly List<Problem> _problems = [];
    private readonly List<Problem> _warnings = [];
    private string _where = "";
    private int _variables;

    public IReadOnlyList<Problem> Problems => _problems;

    /// <summary>What is allowed but hardly meant: elements that the model does not have.</summary>
    public IReadOnlyList<Problem> Warnings => _warnings;

    /// <summary>A path in SQL; nothing, with a problem, when it cannot be.</summary>
    public Operand Compile(ViewPath path, PathContext context)
    {
        if (Parsed(path) is not { } tree) return Operand.Nothing;
        _where = path.Where;
        try
        {
            return Node(tree, context);
        }
        catch (PathException e)
        {
            Add(_problems, new(ProblemKind.Incorrect, e.Code, $"{e.Said}, at character {e.At + 1}.", place(path.Where)));
            return Operand.Nothing;
        }
    }

    /// <summary>A path that is a chain of elements, as tree; null, with a problem, when it is anything else.</summary>
    public IReadOnlyList<PathNode.Member>? Chain(ViewPath path)
    {
        var (chain, node) = (new List<PathNode.Member>(), Parsed(path));
        if (node is null) return null;
        while (node is PathNode.Member member)
        {
            chain.Insert(0, member);
            node = member.Focus;
        }

        if (node is null or PathNode.This && chain.Count > 0) return chain;
        Add(_problems, new(ProblemKind.Unsupported, "view.repeat", "A path of repeat is a chain of elements, such as item or answer.item.", place(path.Where)));
        return null;
    }

    /// <summary>An element of a thing or of each of many things.</summary>
    public Operand Member(Operand parent, string name, int at)
    {
        if (parent.IsNothing) return Operand.Nothing;
        if (parent.IsChoice) throw Choice(at, parent);
        if (FhirTypes.IsPrimitive(parent.Type)) return MemberOfPrimitive(parent, name, at);
        if (parent.Type is "Resource" or "DomainResource") throw new PathException("fhirpath.choice", $"Say which type of resource it is, as in ofType(Patient), before .{name}", at);
        if (FhirTypes.Element(parent.Type, name) is not { } element)
        {
            if (Split(parent.Type, name) is { } chosen) return chosen(parent);
            Add(_warnings, new(ProblemKind.Incorrect, "fhirpath.element", $"{parent.Type} has no element {name} in FHIR R4: nothing will be found, at character {at + 1}.", place(_where)));
            return Operand.Nothing;
        }

        return element.Choice ? new("", "choice", parent.Many) { IsChoice = true, Origin = (parent, element) } : Read(parent, element, element.Name, element.Types[0]);
    }

    /// <summary>True or false: is there anything?</summary>
    public static string Exists(Operand operand)
    {
        if (operand.IsNothing) return "false";
        if (!operand.IsChoice) return operand.Many ? $"coalesce(len({operand.Sql}), 0) > 0" : $"{Bracketed(operand.Sql)} IS NOT NULL";
        return $"({string.Join(" OR ", operand.Origin!.Value.Element.Types.Select(t => Exists(Chosen(operand, t))))})";
    }

    /// <summary>As a list, NULL or empty when there is nothing.</summary>
    public static string ListOf(Operand operand) => operand.Many ? operand.Sql : operand.Sql == "NULL" ? "[]" : $"CASE WHEN {Bracketed(operand.Sql)} IS NULL THEN [] ELSE [{operand.Sql}] END";

    /// <summary>At most one thing; the statement fails with <c>view.many</c> and the place of the path where there are more.</summary>
    public Operand Single(Operand operand)
    {
        if (operand.IsChoice) throw Choice(0, operand);
        if (!operand.Many) return operand;
        return operand with { Sql = $"CASE WHEN len({operand.Sql}) > 1 THEN error({SqlNames.Literal($"view.many|{_where}|")}) ELSE {Bracketed(operand.Sql)}[1] END", Many = false, Origin = null, Raw = null };
    }

    private PathNode? Parsed(ViewPath path)
    {
        if (_parsed.TryGetValue(path.Text, out var tree)) return tree;
        if (!PathParser.Parse(path.Text, place(path.Where)).Try(out tree, out var problem)) Add(_problems, problem);
        return _parsed[path.Text] = tree;
    }

    private static void Add(List<Problem> problems, Problem problem)
    {
        if (!problems.Contains(problem)) problems.Add(problem);
    }

    private Operand Node(PathNode node, PathContext context) => node switch
    {
        PathNode.Literal l => Literal(l.Type, l.Text),
        PathNode.QuantityLiteral q => throw new PathException("fhirpath.unsupported", "Quantities with units are not compiled; compare .value and .code or .unit", q.At),
        PathNode.Empty => Operand.Nothing,
        PathNode.This => context.This,
        PathNode.Index i => new(context.Index ?? throw new PathException("fhirpath.constant", "$index has a meaning only inside where, select, all and exists", i.At), "integer", false),
        PathNode.Constant c => Constant(c, context),
        PathNode.Member { Focus: null } m when m.Name == context.This.Type && FhirTypes.IsResource(m.Name) => context.This,
        PathNode.Member m => Member(Focus(m.Focus, context), m.Name, m.At),
        PathNode.Call c => Call(c, context),
        PathNode.Item i => Item(i, context),
        PathNode.Binary b => Binary(b, context),
        PathNode.Signed s => Signed(s, context),
        PathNode.OfType t => OfType(Node(t.Operand, context), t.Type, t.Test, t.At),
        _ => throw new NotSupportedException(node.GetType().Name),
    };

    private Operand Focus(PathNode? focus, PathContext context) => focus is null ? context.This : Node(focus, context);

    private Operand Constant(PathNode.Constant constant, PathContext context)
    {
        if (constants.TryGetValue(constant.Name, out var value)) return Literal(value.Type, value.Text);
        return constant.Name switch
        {
            "rowIndex" => new(context.RowIndex, "integer", false),
            "resource" or "context" or "rootResource" => context.Root,
            "ucum" => Literal("string", "http://unitsofmeasure.org"),
            "sct" => Literal("string", "http://snomed.info/sct"),
            "loinc" => Literal("string", "http://loinc.org"),
            _ => throw new PathException("fhirpath.constant", $"The view has no constant {constant.Name}", constant.At),
        };
    }

    private static Operand Literal(string type, string text) => type switch
    {
        "boolean" => new(text, type, false),
        "decimal" => new($"{Number(text)}::DOUBLE", type, false),
        _ when FhirTypes.IsInteger(type) => new($"{Number(text)}::BIGINT", type, false),
        _ => new(SqlNames.Literal(text), type, false),
    };

    private static string Number(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number.ToString(CultureInfo.InvariantCulture) : SqlNames.Literal(text);

    private Operand Item(PathNode.Item item, PathContext context)
    {
        var (focus, position) = (Node(item.Focus, context), Single(Node(item.Position, context)));
        if (focus.IsNothing || position.IsNothing) return Operand.Nothing;
        if (focus.IsChoice) throw Choice(item.At, focus);
        if (!FhirTypes.IsInteger(position.Type)) throw Wrong(item.At, "A position is a whole number", position);
        if (!focus.Many) return focus with { Sql = $"CASE WHEN {Bracketed(position.Sql)} = 0 THEN {focus.Sql} END", Origin = null, Raw = null };
        return focus with { Sql = $"CASE WHEN {Bracketed(position.Sql)} >= 0 THEN {Bracketed(focus.Sql)}[{position.Sql} + 1] END", Many = false, Origin = null, Raw = null };
    }

    /// <summary>Reads an element by its name in JSON.</summary>
    private static Operand Read(Operand parent, FhirElement element, string name, string type)
    {
        var primitive = FhirTypes.IsPrimitive(type);
        var child = parent.Shape!.Child(name, element.Many, primitive ? Leaf(type) : null);
        if (type is "Resource" or "DomainResource") child.AsJson = true;
        var many = parent.Many || element.Many;
        var raw = element.Many && primitive ? list(m => $"list_filter({m}, lambda x: x IS NOT NULL)") : list(m => m);
        var sql = (child, primitive) switch
        {
            ({ AsText: true }, _) when type == "decimal" => Each(raw, many, x => $"TRY_CAST({x} AS DOUBLE)"),
            ({ AsJson: true }, false) when type is not ("Resource" or "DomainResource") => Each(raw, many, x => $"from_json({x}, {child.Structure})"),
            _ => raw,
        };
        return new(sql, type, many) { Shape = child, Origin = (parent, element), Raw = raw };

        string list(Func<string, string> of)
        {
            var quoted = SqlNames.Quote(name);
            if (!parent.Many) return of($"{Bracketed(parent.Sql)}.{quoted}");
            return element.Many
                ? $"flatten(list_transform({parent.Sql}, lambda p: {of($"p.{quoted}")}))"
                : $"list_filter(list_transform({parent.Sql}, lambda p: p.{quoted}), lambda x: x IS NOT NULL)";
        }
    }

    /// <summary>Elements of a primitive stand in JSON in an object beside it, under its name with an underscore.</summary>
    private static Operand MemberOfPrimitive(Operand primitive, string name, int at)
    {
        if (primitive.Origin is not { } origin || origin.Parent.Shape is null) throw new PathException("fhirpath.unsupported", $".{name} of a value is compiled only behind the element itself", at);
        var beside = Read(origin.Parent, origin.Element with { Types = ["Element"] }, "_" + origin.Element.Name, "Element");
        return FhirTypes.Element("Element", name) is { } element
            ? Read(beside, element, name, element.Types[0])
            : throw new PathException("fhirpath.type", $"A {primitive.Type} has no element {name}", at);
    }

    /// <summary><c>valueQuantity</c> as a name of the choice <c>value</c>: not FHIRPath, but what everybody writes first.</summary>
    private static Func<Operand, Operand>? Split(string type, string name)
    {
        for (var length = name.Length - 1; length > 0; length--)
        {
            if (!char.IsAsciiLetterUpper(name[length]) || FhirTypes.Element(type, name[..length]) is not { Choice: true } element) continue;
            if (element.Types.FirstOrDefault(t => Capital(t) == name[length..]) is { } chosen) return parent => Read(parent, element, name, chosen);
        }

        return null;
    }

    private static Operand Chosen(Operand choice, string type)
    {
        var (parent, element) = choice.Origin!.Value;
        return Read(parent, element, element.Name + Capital(type), type);
    }

    private static string Leaf(string type) => type switch
    {
        "boolean" => "BOOLEAN",
        "decimal" => "DOUBLE",
        _ when FhirTypes.IsInteger(type) => "BIGINT",
        _ => "VARCHAR",
    };

    private static string Capital(string type) => char.ToUpperInvariant(type[0]) + type[1..];

    private static string Each(string sql, bool many, Func<string, string> of) => many ? $"list_transform({sql}, lambda x: {of("x")})" : of(sql);

    /// <summary>The same in brackets, unless it is a name or a chain of names, or a function.</summary>
    private static string Bracketed(string sql) => sql.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '"') ? sql : $"({sql})";

    private static PathException Choice(int at, Operand choice)
    {
        var element = choice.Origin!.Value.Element;
        return new("fhirpath.choice", $"{element.Name} may be of several types; say which, as in {element.Name}.ofType({element.Types[0]})", at);
    }

    private static PathException Wrong(int at, Sentence wanted, Operand operand) =>
        new("fhirpath.type", operand.IsChoice ? (Sentence)$"{wanted}; this is a choice of types" : $"{wanted}; this is {operand.Type}", at);
}
