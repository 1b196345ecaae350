using System.Text.RegularExpressions;
using Yunnao.Kernel;

namespace Yunnao.Standards.Loading;

/// <summary>
/// The form of the paths that items and mappings carry. Whether a path leads anywhere is for the decoder of the format to say;
/// what is refused here could not be a path at all.
/// </summary>
internal static partial class PathSyntax
{
    public static readonly string[] Formats = ["hl7v2", "cda", "fhir", "omop"];

    /// <summary>What an item may take from the file itself, whatever its format.</summary>
    private static readonly string[] FileFacts = ["file:sha256", "file:size"];

    /// <summary>Why a text is not a path (or several, separated by <c> | </c>) of the format, or null when it is.</summary>
    public static Sentence? Fault(string format, string text)
    {
        if (FileFacts.Contains(text)) return null;
        foreach (var alternative in text.Split(" | "))
        {
            if (!Form(format).IsMatch(alternative)) return $"'{alternative}' is no {format} path; {Example(format)}";
        }

        return null;
    }

    private static Regex Form(string format) => format switch
    {
        "hl7v2" => Hl7v2(),
        "cda" => Cda(),
        "fhir" => Fhir(),
        _ => Omop(),
    };

    private static Sentence Example(string format) => format switch
    {
        "hl7v2" => (Sentence)"it is like PID-3.1 or OBX-5",
        "cda" => "it is a data element code like DE02.01.039.00 or an XPath",
        "fhir" => "it is like Observation.valueQuantity.value",
        _ => "it is table.column, for example person.gender_concept_id",
    };

    [GeneratedRegex(@"^[A-Z][A-Z0-9]{2}-[1-9]\d{0,3}(\[([1-9]\d*|[1-9]\d*(\.[1-9]\d*)?\s*=\s*[^\]]+)\])?(\.[1-9]\d{0,2}(\.[1-9]\d{0,2})?)?\z")]
    private static partial Regex Hl7v2();

    [GeneratedRegex(@"^((DE\d\d(\.\d\d\.\d\d\d\.\d\d|[.\dA-Z]+)|HDSD[\d.]+)(/\S.*)?|\.{0,2}/\S.*|[a-z-]+\(.*\))\z")]
    private static partial Regex Cda();

    [GeneratedRegex(@"^(\.\./?)?\w+(\[(\d{1,5}|[\w.]+\s*=\s*[^\]]+)\])?(\.\w+(\[(\d{1,5}|[\w.]+\s*=\s*[^\]]+)\])?)*\z", RegexOptions.ECMAScript)]
    private static partial Regex Fhir();

    [GeneratedRegex(@"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*\z")]
    private static partial Regex Omop();
}
