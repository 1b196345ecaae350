using System.Text;
using Hl7.Fhir.Introspection;
using Hl7.Fhir.Model;
using Xunit;
using Yunnao.Services.Views;

namespace Yunnao.Tests.Conformance.SqlOnFhir;

/// <summary>The file of types and elements that views are compiled with is what the published model of FHIR R4 says.</summary>
public sealed class FhirTypesTests
{
    [Fact]
    public void The_file_of_types_is_the_model_of_R4()
    {
        using var stream = typeof(View).Assembly.GetManifestResourceStream("fhir-r4.txt")!;
        using var reader = new StreamReader(stream);
        Assert.Equal(Written().ReplaceLineEndings("\n"), reader.ReadToEnd().ReplaceLineEndings("\n"));
    }

    private static string Written()
    {
        var (model, text) = (ModelInfo.ModelInspector, new StringBuilder());
        foreach (var type in model.ClassMappings.Where(c => c is { IsCodeOfT: false, IsFhirPrimitive: false }).OrderBy(c => c.Name, StringComparer.Ordinal))
        {
            if (type.Name.StartsWith("System.", StringComparison.Ordinal) || type.Name.StartsWith("Dynamic", StringComparison.Ordinal) || type.Name is "Base" or "DataType") continue;
            text.Append(type.Name).Append(type.IsResource ? " resource" : "").Append('\n');
            foreach (var element in type.PropertyMappings.OrderBy(p => p.Order).ThenBy(p => p.Name, StringComparer.Ordinal))
                text.Append(' ').Append(element.Name).Append(' ').Append(Types(model, element)).Append(element.IsCollection ? "*" : "").Append('\n');
        }

        return text.ToString();
    }

    private static string Types(ModelInspector model, PropertyMapping element)
    {
        if (element.PropertyTypeMapping.IsBackboneType || element.PropertyTypeMapping.Name.Contains('.', StringComparison.Ordinal)) return element.PropertyTypeMapping.Name;
        var names = element.FhirType.Select(t => model.FindClassMapping(t)!.Name);
        return element.Choice == ChoiceType.DatatypeChoice ? string.Join('|', names) + "?" : names.Single();
    }
}
