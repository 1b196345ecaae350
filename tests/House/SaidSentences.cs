using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Yunnao.Kernel;

namespace Yunnao.Tests.House;

/// <summary>Where a sentence is said in the source. <paramref name="Form"/> is null where it is made of a text that is put together at run time, so that nobody can translate it.</summary>
internal sealed record SaidSentence(string File, int Line, string? Form, string Source);

/// <summary>
/// Finds all sentences that the source can say, as the compiler sees them: every expression that becomes a <see cref="Sentence"/>. All rooms are
/// read as one program; what source generators would add is missing and does not matter here.
/// </summary>
internal static class SaidSentences
{
    public static IReadOnlyList<SaidSentence> Find()
    {
        var source = Repository.File("src");
        var options = new CSharpParseOptions(LanguageVersion.Preview);
        var trees = Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .Select(f => CSharpSyntaxTree.ParseText((Path.GetRelativePath(source, f).StartsWith("Cli", StringComparison.Ordinal) ? UsingsOfCli : "") + File.ReadAllText(f), options, f))
            .Append(CSharpSyntaxTree.ParseText(ImplicitUsings, options, Path.Combine(source, "Usings.cs")))
            .ToList();
        var libraries = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(f => !Path.GetFileName(f).StartsWith("Yunnao.", StringComparison.OrdinalIgnoreCase) && Path.GetFileName(f) != "yunnao.dll")
            .Select(f => MetadataReference.CreateFromFile(f));
        var all = CSharpCompilation.Create("All", trees, libraries, new(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
        return [.. trees.AsParallel().AsOrdered().SelectMany(t => Said(t, all.GetSemanticModel(t), Path.GetRelativePath(source, t.FilePath).Replace('\\', '/')))];
    }

    private const string UsingsOfCli = "using Platform = Yunnao.Server.Platform; using Text = Yunnao.Kernel.Text; ";

    private const string ImplicitUsings =
        "global using System; global using System.IO; global using System.Linq; global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks; global using System.Collections.Generic;";

    private static IEnumerable<SaidSentence> Said(SyntaxTree tree, SemanticModel model, string file)
    {
        foreach (var expression in tree.GetRoot().DescendantNodes().OfType<ExpressionSyntax>().Where(IsGiven))
        {
            var becomes = model.GetTypeInfo(expression);
            if (HoldsSentence(becomes.ConvertedType) && !HoldsSentence(becomes.Type)) yield return new(file, LineOf(expression), null, expression.ToString());
            if (!IsSentence(becomes.ConvertedType) && expression.Parent is not CastExpressionSyntax) continue;
            if (expression.Parent is CastExpressionSyntax cast && !IsSentence(model.GetTypeInfo(cast.Type).Type)) continue;
            if (IsSentence(becomes.Type) || becomes.Type is null || expression is ParenthesizedExpressionSyntax) continue;
            yield return new(file, LineOf(expression), FormOf(expression, model), expression.ToString());
        }
    }

    /// <summary>True where a value is handed on, the only place at which it becomes something else.</summary>
    private static bool IsGiven(ExpressionSyntax expression) => expression.Parent
        is ArgumentSyntax or ArrowExpressionClauseSyntax or ReturnStatementSyntax or YieldStatementSyntax or AssignmentExpressionSyntax or EqualsValueClauseSyntax
        or ConditionalExpressionSyntax or SwitchExpressionArmSyntax or CastExpressionSyntax or ParenthesizedExpressionSyntax or ExpressionElementSyntax or LambdaExpressionSyntax
        or BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } or InitializerExpressionSyntax;

    private static int LineOf(ExpressionSyntax expression) => expression.GetLocation().GetLineSpan().StartLinePosition.Line + 1;

    /// <summary>True of a tuple with a sentence: whatever becomes one as a whole has lost the forms of its sentences.</summary>
    private static bool HoldsSentence(ITypeSymbol? type) => type is INamedTypeSymbol { IsTupleType: true } tuple && tuple.TupleElements.Any(e => IsSentence(e.Type));

    private static bool IsSentence(ITypeSymbol? type) => type is { Name: nameof(Sentence), ContainingNamespace.Name: "Kernel" };

    /// <summary>The form as the running program makes it.</summary>
    private static string? FormOf(ExpressionSyntax expression, SemanticModel model)
    {
        if (expression is not InterpolatedStringExpressionSyntax interpolated)
            return model.GetConstantValue(expression) is { HasValue: true, Value: string text } ? Sentence.FromString(text).Form : null;
        var said = new Sentence(0, 0);
        foreach (var part in interpolated.Contents)
        {
            if (part is InterpolatedStringTextSyntax literal) said.AppendLiteral(literal.TextToken.ValueText.Replace("{{", "{", StringComparison.Ordinal).Replace("}}", "}", StringComparison.Ordinal));
            else said.AppendFormatted("");
        }

        return said.Form;
    }
}
