namespace Yunnao.Services.RegistryImport.Fhir;

/// <summary>How a FHIR data type becomes items: for each leaf the rest of the path, and the data element that types it.</summary>
/// <param name="Leaves">Path below the element (empty for the element itself) and element name without its prefix.</param>
internal sealed record FhirType(params (string Path, string Element)[] Leaves)
{
    /// <summary>Data elements that type the leaves: name, type and format of WS 370.</summary>
    public static readonly (string Name, string Type, string Format)[] Elements =
    [
        ("boolean", "L", "T/F"), ("integer", "N", "N..10"), ("decimal", "N", "N..18,6"), ("date", "D", "D8"), ("dateTime", "DT", "DT15"),
        ("time", "T", "T6"), ("code", "S3", "AN..64"), ("string", "S1", "AN..1000"), ("text", "S1", "AN..10000"), ("uri", "S1", "AN..500"),
        ("id", "S1", "AN..64"), ("reference", "S1", "AN..200"), ("data", "S1", "AN..100000"),
    ];

    private static readonly FhirType s_quantity = new(("value", "decimal"), ("unit", "string"));

    private static readonly Dictionary<string, FhirType> s_types = new(StringComparer.Ordinal)
    {
        ["boolean"] = new(("", "boolean")),
        ["integer"] = new(("", "integer")),
        ["positiveInt"] = new(("", "integer")),
        ["unsignedInt"] = new(("", "integer")),
        ["decimal"] = new(("", "decimal")),
        ["date"] = new(("", "date")),
        ["dateTime"] = new(("", "dateTime")),
        ["instant"] = new(("", "dateTime")),
        ["time"] = new(("", "time")),
        ["code"] = new(("", "code")),
        ["string"] = new(("", "string")),
        ["markdown"] = new(("", "text")),
        ["uri"] = new(("", "uri")),
        ["url"] = new(("", "uri")),
        ["canonical"] = new(("", "uri")),
        ["oid"] = new(("", "uri")),
        ["uuid"] = new(("", "uri")),
        ["id"] = new(("", "id")),
        ["base64Binary"] = new(("", "data")),
        ["http://hl7.org/fhirpath/System.String"] = new(("", "id")),
        ["CodeableConcept"] = new(("coding.code", "code"), ("text", "string")),
        ["Coding"] = new(("code", "code")),
        ["Reference"] = new(("reference", "reference")),
        ["Identifier"] = new(("value", "string")),
        ["Quantity"] = s_quantity,
        ["SimpleQuantity"] = s_quantity,
        ["Age"] = s_quantity,
        ["Distance"] = s_quantity,
        ["Duration"] = s_quantity,
        ["Count"] = s_quantity,
        ["Money"] = new(("value", "decimal"), ("currency", "code")),
        ["Period"] = new(("start", "dateTime"), ("end", "dateTime")),
        ["Range"] = new(("low.value", "decimal"), ("high.value", "decimal")),
        ["Ratio"] = new(("numerator.value", "decimal"), ("denominator.value", "decimal")),
        ["HumanName"] = new(("text", "string"), ("family", "string"), ("given", "string")),
        ["Address"] = new(("text", "string"), ("line", "string"), ("city", "string"), ("district", "string"), ("postalCode", "string")),
        ["ContactPoint"] = new(("value", "string")),
        ["ContactDetail"] = new(("name", "string")),
        ["Annotation"] = new(("text", "text")),
        ["Attachment"] = new(("contentType", "code"), ("url", "uri"), ("title", "string")),
        ["Timing"] = new(("code.coding.code", "code"), ("event", "dateTime")),
        ["Dosage"] = new(("text", "text")),
        ["SampledData"] = new(("data", "data")),
        ["Expression"] = new(("expression", "text")),
        ["RelatedArtifact"] = new(("display", "string"), ("url", "uri")),
        ["UsageContext"] = new(("code.code", "code")),
        ["ParameterDefinition"] = new(("name", "code")),
        ["TriggerDefinition"] = new(("name", "string")),
        ["DataRequirement"] = new(("type", "code")),
        ["Population"] = new(("race.text", "string")),
        ["ProdCharacteristic"] = new(("shape", "string")),
        ["ProductShelfLife"] = new(("type.text", "string")),
        ["MarketingStatus"] = new(("status.coding.code", "code")),
        ["SubstanceAmount"] = new(("amountText", "string")),
    };

    /// <summary>The type of a name, or null when it is not turned into items (extensions, narrative, signatures …).</summary>
    public static FhirType? Find(string name) => s_types.GetValueOrDefault(name);
}
