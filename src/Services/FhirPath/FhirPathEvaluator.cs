using System.Collections.Concurrent;
using Hl7.Fhir.FhirPath;
using Hl7.Fhir.Model;
using Hl7.FhirPath;
using Hl7.FhirPath.Expressions;
using Yunnao.Kernel;

namespace Yunnao.Services.FhirPath;

/// <summary>
/// Evaluates FHIRPath over one resource, for search parameters and the rules of profiles: the evaluator of the Firely SDK, with what it lacks
/// added (<see cref="FhirPathAdditions"/>). Tables of many resources are views, which are compiled to SQL instead. May be used from any thread.
/// </summary>
public sealed class FhirPathEvaluator
{
    private const int MostKept = 10_000;

    private readonly FhirPathCompiler _compiler;
    private readonly ConcurrentDictionary<string, CompiledExpression> _compiled = new(StringComparer.Ordinal);

    /// <summary>Makes an evaluator; it remembers what it has compiled.</summary>
    public FhirPathEvaluator()
    {
        _compiler = new FhirPathCompiler(FhirPathAdditions.Over(new SymbolTable().AddStandardFP().AddFhirExtensions()));
    }

    /// <summary>What an expression yields over a resource, or over none. Problems: <c>fhirpath.syntax</c>, <c>fhirpath.failed</c> (wrong for this resource).</summary>
    /// <param name="resource">The resource that the focus is a part of (%resource); null when it is the focus.</param>
    public Result<IReadOnlyList<PocoNode>> Evaluate(PocoNode? focus, string expression, PocoNode? resource = null)
    {
        if (!Compiled(expression).Try(out var compiled, out var problem)) return problem;
        try
        {
            // Operators of the SDK yield nothing where there is nothing at all to stand on.
            focus ??= new Parameters().ToPocoNode();
            return compiled(focus, new FhirEvaluationContext { Resource = resource ?? focus, RootResource = resource ?? focus }).ToList();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException or NotSupportedException or InvalidCastException or OverflowException)
        {
            return new Problem(ProblemKind.Incorrect, "fhirpath.failed", $"The path cannot be evaluated over this resource ({e.GetType().Name}).");
        }
    }

    private Result<CompiledExpression> Compiled(string expression)
    {
        if (_compiled.TryGetValue(expression, out var known)) return known;
        try
        {
            var compiled = _compiler.Compile(expression);
            if (_compiled.Count < MostKept) _compiled.TryAdd(expression, compiled);
            return compiled;
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or ArgumentException or NotSupportedException or OverflowException)
        {
            return new Problem(ProblemKind.Incorrect, "fhirpath.syntax", $"The path is not FHIRPath: {e.Message}");
        }
    }
}
