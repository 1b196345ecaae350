using System.Text.RegularExpressions;
using Hl7.Fhir.Model;
using Hl7.FhirPath.Expressions;
using P = Hl7.Fhir.ElementModel.Types;

namespace Yunnao.Services.FhirPath;

/// <summary>Functions of FHIRPath that the Firely SDK does not have, or has in part.</summary>
internal static class FhirPathAdditions
{
    private const int DefaultDigits = 8;
    private const int MostDigits = 28;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    /// <summary>A table of symbols that has these before all others.</summary>
    public static SymbolTable Over(SymbolTable standard)
    {
        var symbols = new SymbolTable(standard);
        symbols.Add("type", (PocoNode node) => TypeOf(node), doNullProp: true);
        symbols.Add("conformsTo", (PocoNode node, string url) => ConformsTo(node, url), doNullProp: true);
        symbols.Add("matches", (string? text, string? pattern) => Matches(text, pattern), doNullProp: false);
        symbols.Add("matchesFull", (string? text, string? pattern) => Matches(text, pattern is null ? null : $"^(?:{pattern})$"), doNullProp: false);
        symbols.Add("replaceMatches", (string text, string pattern, string by) => pattern.Length == 0 ? text : Regex.Replace(text, pattern, by, RegexOptions.Singleline, s_patience), doNullProp: true);
        symbols.Add("lowBoundary", (decimal number) => Boundary(number, DefaultDigits, -1), doNullProp: true);
        symbols.Add("lowBoundary", (decimal number, long digits) => Boundary(number, digits, -1), doNullProp: true);
        symbols.Add("highBoundary", (decimal number) => Boundary(number, DefaultDigits, 1), doNullProp: true);
        symbols.Add("highBoundary", (decimal number, long digits) => Boundary(number, digits, 1), doNullProp: true);
        symbols.Add("precision", (decimal number) => (int)Digits(number), doNullProp: true);
        symbols.Add("precision", (P.Date date) => Written(date.ToString()), doNullProp: true);
        symbols.Add("precision", (P.DateTime time) => Written(Regex.Replace(time.ToString(), @"(Z|[+-]\d\d:\d\d)$", "", RegexOptions.None, s_patience)), doNullProp: true);
        symbols.Add("precision", (P.Time time) => Written(time.ToString()), doNullProp: true);
        QuantityUnits.AddTo(symbols);
        return symbols;
    }

    /// <summary>Name and namespace of a type (FHIRPath N1, 9, reflection).</summary>
    private static PocoNode TypeOf(PocoNode node)
    {
        var name = node.Poco.TypeName;
        var system = name.StartsWith("System.", StringComparison.Ordinal);
        var info = new DynamicDataType { DynamicTypeName = "SimpleTypeInfo" };
        info.SetValue("namespace", new FhirString(system ? "System" : "FHIR"));
        info.SetValue("name", new FhirString(system ? name[7..] : name));
        return info.ToPocoNode();
    }

    /// <summary>For the definitions of FHIR itself, the type says it; others are a matter of validation, and are not known here.</summary>
    private static bool? ConformsTo(PocoNode node, string url)
    {
        const string Core = "http://hl7.org/fhir/StructureDefinition/";
        if (!url.StartsWith(Core, StringComparison.Ordinal) || ModelInfo.ModelInspector.FindClassMapping(url[Core.Length..]) is null) throw new InvalidOperationException("The profile is not known.");
        return node.Poco.TypeName == url[Core.Length..];
    }

    /// <summary>A dot is also an end of line (FHIRPath N1, 5.6, matches).</summary>
    private static bool? Matches(string? text, string? pattern) => text is null || pattern is null ? null : Regex.IsMatch(text, pattern, RegexOptions.Singleline, s_patience);

    /// <summary>Half a unit of the last digit below or above, to so many digits (FHIRPath 2.1, 5.9, lowBoundary).</summary>
    private static decimal? Boundary(decimal number, long digits, int direction)
    {
        if (digits is < 0 or > MostDigits) return null;
        var half = 0.5m;
        for (var i = 0; i < Digits(number); i++) half /= 10;
        var (bound, unit) = (number + (direction * half), 1m);
        for (var i = 0; i < digits; i++) unit /= 10;
        var units = bound / unit;
        return (direction < 0 ? Math.Floor(units) : Math.Ceiling(units)) * unit;
    }

    private static long Digits(decimal number) => (decimal.GetBits(number)[3] >> 16) & 0xFF;

    private static int Written(string time) => time.Count(char.IsAsciiDigit);
}
