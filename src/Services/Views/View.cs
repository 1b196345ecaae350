using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Services.Views.Compile;

namespace Yunnao.Services.Views;

/// <summary>A view that can be run: a ViewDefinition of SQL on FHIR v2 (https://sql-on-fhir.org/ig), compiled to one statement of the embedded engine.</summary>
public sealed class View
{
    private View(ViewDefinition definition, ViewCompilation compilation) =>
        (Name, Resource, Statement, Warnings) = (definition.Name, definition.Resource, compilation.Statement!, compilation.Warnings);

    /// <summary>Its name; null when it has none.</summary>
    public string? Name { get; }

    /// <summary>Type of resource that it is over.</summary>
    public string Resource { get; }

    /// <summary>Name and SQL type of each column.</summary>
    public IReadOnlyList<(string Name, string SqlType)> Columns => [.. Statement.Columns.Select(c => (c.Name, c.SqlType))];

    /// <summary>What is allowed but hardly meant, such as an element that FHIR R4 does not have.</summary>
    public IReadOnlyList<Problem> Warnings { get; }

    /// <summary>The statement over a table <c>fhir</c> with the JSON of a resource a row in its column <c>resource</c>.</summary>
    public string Sql => Statement.Over([Statement.OfJson("fhir", "resource")]);

    internal ViewStatement Statement { get; }

    /// <summary>Reads and compiles a view. Problems: <c>view.*</c> and <c>fhirpath.*</c>, all that there are, each with its place; then there is no view.</summary>
    /// <param name="file">Name of the file that it is from, for the places of problems.</param>
    public static (View? View, IReadOnlyList<Problem> Problems) Read(ReadOnlyMemory<byte> json, string? file = null) => Of(ViewReader.Read(json, file), file);

    /// <summary>The same of a JSON object.</summary>
    public static (View? View, IReadOnlyList<Problem> Problems) Read(JsonElement json, string? file = null) => Of(ViewReader.Read(json, file), file);

    private static (View? View, IReadOnlyList<Problem> Problems) Of((ViewDefinition? Definition, IReadOnlyList<Problem> Problems) read, string? file)
    {
        if (read.Definition is not { } definition) return (null, read.Problems);
        var compilation = ViewCompiler.Compile(definition, file);
        IReadOnlyList<Problem> problems = [.. read.Problems, .. compilation.Problems];
        return (problems.Count > 0 ? null : new View(definition, compilation), problems);
    }
}
