using Yunnao.Kernel;
using Yunnao.Services.Views.Types;

namespace Yunnao.Services.Views.Compile;

/// <summary>
/// Compiles a view to one SELECT. What iterates becomes a stage of rows; a union becomes a list of rows that is opened once, so that the
/// resource is read once, unless one of its branches repeats.
/// </summary>
internal sealed class ViewCompiler
{
    private readonly ViewDefinition _view;
    private readonly string? _file;
    private readonly PathCompiler _paths;
    private readonly List<Problem> _problems = [];
    private readonly Operand _root;

    // What is read of the things of each repeat.
    private readonly Dictionary<ViewSelect, Shape> _levels = new(ReferenceEqualityComparer.Instance);
    private ViewStages _stages = new();

    private ViewCompiler(ViewDefinition view, string? file)
    {
        (_view, _file) = (view, file);
        _paths = new PathCompiler(view.Constants, Place);
        _root = new("r", view.Resource, false) { Shape = new Shape() };
        _root.Shape!.Child("resourceType", false, "VARCHAR");
    }

    /// <summary>The statement of a view.</summary>
    /// <param name="file">Name of the file that it is from, for the places of problems.</param>
    public static ViewCompilation Compile(ViewDefinition view, string? file = null)
    {
        var compiler = new ViewCompiler(view, file);
        compiler.Pass();
        var statement = compiler.Problems.Any() ? null : compiler.Pass();
        return new(statement, [.. compiler.Problems], compiler._paths.Warnings);
    }

    private IEnumerable<Problem> Problems => _problems.Concat(_paths.Problems);

    private ViewStatement Pass()
    {
        _stages = new();
        var context = new PathContext(_root, _root, "0");
        var conditions = _view.Where.Select(w => Condition(w, context)).ToList();
        if (conditions.Count > 0) _stages.Filter(conditions);
        var columns = new List<ViewField>();
        foreach (var select in _view.Selects) Select(select, context, columns);
        foreach (var twice in columns.GroupBy(c => c.Name, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1))
            Add("view.column-name", $"There are two columns of the name {twice.Key}.", $"{twice.Last().Where}.name");
        if (columns.Count == 0) Add("view.select", "The view has no column.", "select");
        return new(_view.Resource, columns, _root.Shape!, _stages.ToString(), _stages.Last, _stages.Recursive);
    }

    private string Condition(ViewPath path, PathContext context)
    {
        var operand = _paths.Compile(path, context);
        if (operand.IsNothing) return "false";
        if (operand.Type != "boolean") Add("view.where", $"A condition is true or false; this is a {operand.Type}. Ask for .exists() if that is meant.", path.Where);
        return operand.IsChoice ? "false" : _paths.Single(operand).Sql;
    }

    /// <summary>Adds the stages of a select, and its columns, which are read from the last of them.</summary>
    private void Select(ViewSelect select, PathContext context, List<ViewField> columns)
    {
        var inside = context;
        if (select.ForEach is { } each && Things(each, context) is { } things)
        {
            var (thing, index) = _stages.Unnest(PathCompiler.ListOf(things), select.OrNull, select.UsesIndex);
            inside = context with { This = things with { Sql = thing, Many = false, Origin = null, Raw = null }, RowIndex = index };
        }
        else if (select.Repeat.Count > 0)
        {
            inside = Repeat(select, context);
        }

        columns.AddRange(select.Columns.Select(c => Field(c, inside)));
        foreach (var child in select.Selects) Select(child, inside, columns);
        if (select.Unions.Count == 0) return;
        var union = _stages.Name("u");
        var branches = select.Unions.Any(u => u.Recurs) ? Branches(select, inside, union) : ListOfBranches(select, inside, union);
        columns.AddRange(branches.Select(b => b with { Sql = $"{union}.{Lake.DuckDb.Sql.SqlNames.Quote(b.Name)}" }));
    }

    private Operand? Things(ViewPath path, PathContext context)
    {
        var things = _paths.Compile(path, context);
        if (!things.IsChoice) return things.IsNothing ? things with { Sql = "NULL::VARCHAR[]", Many = true } : things;
        Add("fhirpath.choice", "What is iterated over may be of several types; say which with ofType().", path.Where);
        return null;
    }

    private PathContext Repeat(ViewSelect select, PathContext context)
    {
        var chains = select.Repeat.Select(_paths.Chain).OfType<IReadOnlyList<Paths.PathNode.Member>>().ToList();
        var type = chains.Select(c => Follow(context.This, c)).FirstOrDefault(o => !o.IsNothing);
        if (type is null) return context with { This = Operand.Nothing, RowIndex = _stages.Unnest("NULL::VARCHAR[]", false, false).Index };
        if (!_levels.TryGetValue(select, out var shape)) _levels.Add(select, shape = new Shape());
        var node = new Operand("", type.Type, false) { Shape = shape };
        var first = Nodes(chains, context.This, type.Type, select);
        var (thing, index) = _stages.Repeat(first, name => Nodes(chains, node with { Sql = name }, type.Type, select), shape.Structure, select.UsesIndex);
        return context with { This = node with { Sql = thing }, RowIndex = index };
    }

    private Operand Follow(Operand from, IReadOnlyList<Paths.PathNode.Member> chain)
    {
        foreach (var member in chain) from = _paths.Member(from, member.Name, member.At);
        return from;
    }

    /// <summary>The list of JSON of all that the chains lead to.</summary>
    private string Nodes(List<IReadOnlyList<Paths.PathNode.Member>> chains, Operand from, string type, ViewSelect select)
    {
        var lists = new List<string>();
        foreach (var end in chains.Select(c => Follow(from, c)).Where(e => !e.IsNothing))
        {
            if (end.Type != type || end.Shape is null) Add("view.repeat", $"All paths of a repeat lead to things of one type; this leads to {end.Type}, another to {type}.", $"{select.Where}.repeat");
            else end.Shape.AsJson = true;
            lists.Add(PathCompiler.ListOf(end with { Sql = end.Raw ?? end.Sql }));
        }

        return lists.Count == 0 ? "[]::JSON[]" : $"flatten([{string.Join(", ", lists)}])";
    }

    /// <summary>The branches of a union as lists of rows, opened together.</summary>
    private IReadOnlyList<ViewField> ListOfBranches(ViewSelect select, PathContext context, string union)
    {
        var branches = select.Unions.Select(u => Rows(u, context)).ToList();
        var columns = Agreed(branches.Select(b => b.Columns), select);
        _stages.Extend($"unnest(flatten([{string.Join(", ", branches.Select(b => b.List))}]))", union);
        return columns;
    }

    /// <summary>The branches of a union as stages of their own.</summary>
    private IReadOnlyList<ViewField> Branches(ViewSelect select, PathContext context, string union)
    {
        var (from, carried, ends, columns) = (_stages.Last, _stages.Carried, new List<string>(), new List<List<ViewField>>());
        foreach (var branch in select.Unions)
        {
            _stages.Return(from, carried);
            var fields = new List<ViewField>();
            Select(branch, context, fields);
            _stages.Extend(ViewStages.Struct(fields.Select(f => (f.Name, f.Sql))), union);
            columns.Add(fields);
            ends.Add(_stages.Last);
        }

        var agreed = Agreed(columns, select);
        _stages.UnionAll(ends, [.. carried, union]);
        return agreed;
    }

    private IReadOnlyList<ViewField> Agreed(IEnumerable<IReadOnlyList<ViewField>> branches, ViewSelect select)
    {
        var all = branches.ToList();
        for (var i = 1; i < all.Count; i++)
        {
            if (!all[i].Select(c => (c.Name, c.SqlType)).SequenceEqual(all[0].Select(c => (c.Name, c.SqlType))))
                Add("view.union", $"The branches of a unionAll have the same columns in the same order; the first has {Names(all[0])}, this one {Names(all[i])}.", $"{select.Where}.unionAll[{i}]");
        }

        return all[0];

        static string Names(IEnumerable<ViewField> fields) => string.Join(", ", fields.Select(f => $"{f.Name} {f.SqlType}"));
    }

    /// <summary>The rows of a select as a list of STRUCTs, all in one expression.</summary>
    private (string List, List<ViewField> Columns) Rows(ViewSelect select, PathContext context)
    {
        if (select.ForEach is not { } each) return Body(select, context) is var (row, own, single) ? (single ? $"[{row}]" : row, own) : default;
        if (Things(each, context) is not { } things) return ("[]", []);
        var list = PathCompiler.ListOf(things);
        if (select.OrNull) list = $"CASE WHEN len({list}) > 0 THEN {list} ELSE [NULL] END";
        var (thing, index) = (_stages.Name("x"), _stages.Name("y"));
        var inside = context with { This = things with { Sql = thing, Many = false, Origin = null, Raw = null }, RowIndex = $"({index} - 1)" };
        var (body, columns, one) = Body(select, inside);
        var lambda = select.UsesIndex ? $"lambda {thing}, {index}: {body}" : $"lambda {thing}: {body}";
        return (one ? $"list_transform({list}, {lambda})" : $"flatten(list_transform({list}, {lambda}))", columns);
    }

    /// <summary>The rows of one thing: a STRUCT where it is surely one, else a list.</summary>
    private (string Sql, List<ViewField> Columns, bool Single) Body(ViewSelect select, PathContext context)
    {
        var columns = select.Columns.Select(c => Field(c, context)).ToList();
        var fields = columns.Select(c => (c.Name, c.Sql)).ToList();
        var lists = new List<(string Name, string List)>();
        foreach (var (list, own) in select.Selects.Select(s => Rows(s, context)).Concat(Union(select, context)))
        {
            var name = _stages.Name("x");
            lists.Add((name, list));
            columns.AddRange(own);
            fields.AddRange(own.Select(c => (c.Name, $"{name}.{Lake.DuckDb.Sql.SqlNames.Quote(c.Name)}")));
        }

        var sql = ViewStages.Struct(fields);
        for (var i = lists.Count - 1; i >= 0; i--)
        {
            sql = $"list_transform({lists[i].List}, lambda {lists[i].Name}: {sql})";
            if (i < lists.Count - 1) sql = $"flatten({sql})";
        }

        return (sql, columns, lists.Count == 0);
    }

    private IEnumerable<(string List, List<ViewField> Columns)> Union(ViewSelect select, PathContext context)
    {
        if (select.Unions.Count == 0) return [];
        var branches = select.Unions.Select(u => Rows(u, context)).ToList();
        return [($"flatten([{string.Join(", ", branches.Select(b => b.List))}])", [.. Agreed(branches.Select(b => b.Columns), select)])];
    }

    private ViewField Field(ViewColumn column, PathContext context)
    {
        var operand = _paths.Compile(column.Path, context);
        if (operand.IsChoice || (!operand.IsNothing && !FhirTypes.IsPrimitive(operand.Type)))
        {
            Add("view.column-path", operand.IsChoice ? (Sentence)"A column holds values of a primitive type; this is a choice of types: say which with ofType()." : $"A column holds values of a primitive type; this is a {operand.Type}.", column.Path.Where);
            return new(column.Name, "NULL", "VARCHAR", column.Path.Where);
        }

        var type = column.Type ?? (operand.IsNothing ? "string" : operand.Type);
        if (!operand.IsNothing && !Fits(operand.Type, type)) Add("view.column-type", $"The column promises {type}; the path yields {operand.Type}.", column.Path.Where);
        var one = column.SqlType ?? SqlTypeOf(type);
        if (column.Collection) return new(column.Name, $"coalesce({Cast(PathCompiler.ListOf(operand), operand.Type, one + "[]")}, [])", one + "[]", column.Path.Where);
        return new(column.Name, operand.IsNothing ? $"NULL::{one}" : Cast(_paths.Single(operand).Sql, operand.Type, one), one, column.Path.Where);
    }

    private static bool Fits(string found, string promised) =>
        promised == "boolean" ? found == "boolean" : FhirTypes.IsInteger(promised) ? FhirTypes.IsInteger(found) : promised != "decimal" || FhirTypes.IsNumber(found);

    private static string SqlTypeOf(string type) => type switch
    {
        "boolean" => "BOOLEAN",
        "decimal" => "DOUBLE",
        _ when FhirTypes.IsInteger(type) => "INTEGER",
        _ => "VARCHAR",
    };

    /// <summary>What the engine has already in the type wanted is left as it is.</summary>
    private static string Cast(string sql, string type, string wanted)
    {
        var held = FhirTypes.IsInteger(type) ? "BIGINT" : SqlTypeOf(type);
        return held == wanted || held + "[]" == wanted ? sql : $"TRY_CAST({sql} AS {wanted})";
    }

    private Place Place(string where) => new(_file, Path: where);

    private void Add(string code, Sentence message, string where)
    {
        var problem = new Problem(ProblemKind.Incorrect, code, message, Place(where));
        if (!_problems.Contains(problem)) _problems.Add(problem);
    }
}
