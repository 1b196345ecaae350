using System.Globalization;

namespace Yunnao.Tests.EndToEnd.Fhir;

/// <summary>Resources as a client sends them.</summary>
internal static class FhirBodies
{
    public static string Patient(string? id = null, string family = "Kit", string birth = "2000-01-01") =>
        $$"""{"resourceType":"Patient",{{(id is null ? "" : $"\"id\":\"{id}\",")}}"active":true,"name":[{"family":"{{family}}","given":["Wei"]}],"gender":"female","birthDate":"{{birth}}","address":[{"city":"Tianjin"}]}""";

    public static string Observation(string patient, double value = 70, string? encounter = null, string? id = null, string code = "8867-4") =>
        string.Create(CultureInfo.InvariantCulture, $$$"""{"resourceType":"Observation",{{{(id is null ? "" : $"\"id\":\"{id}\",")}}}"status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"{{{code}}}","display":"Heart rate"}],"text":"Heart rate"},"subject":{"reference":"{{{patient}}}"},{{{(encounter is null ? "" : $"\"encounter\":{{\"reference\":\"{encounter}\"}},")}}}"effectiveDateTime":"2024-05-05T10:00:00+08:00","valueQuantity":{"value":{{{value}}},"unit":"/min","system":"http://unitsofmeasure.org","code":"/min"}}""");

    public static string Encounter(string patient) =>
        $$$"""{"resourceType":"Encounter","status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},"subject":{"reference":"{{{patient}}}"},"period":{"start":"2024-05-05T09:00:00+08:00","end":"2024-05-05T11:00:00+08:00"}}""";

    public static string Condition(string patient, string? encounter = null) =>
        $$"""{"resourceType":"Condition","clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]},"code":{"coding":[{"system":"http://snomed.info/sct","code":"840539006","display":"COVID-19"}],"text":"COVID-19"},"subject":{"reference":"{{patient}}"},{{(encounter is null ? "" : $"\"encounter\":{{\"reference\":\"{encounter}\"}},")}}"onsetDateTime":"2024-05-05T10:00:00+08:00","recordedDate":"2024-05-05T10:00:00+08:00"}""";

    public static string Bundle(string type, params string[] entries) => $$"""{"resourceType":"Bundle","type":"{{type}}","entry":[{{string.Join(",", entries)}}]}""";

    public static string Entry(string? fullUrl, string resource, string method, string url, string more = "") =>
        $$$"""{{{{(fullUrl is null ? "" : $"\"fullUrl\":\"{fullUrl}\",")}}}"resource":{{{resource}}},"request":{"method":"{{{method}}}","url":"{{{url}}}"{{{more}}}}}""";

    /// <summary>A person with an encounter, two measurements and a diagnosis, all referring to each other.</summary>
    public static string Transaction(string family = "Kit") => Bundle("transaction",
        Entry("urn:uuid:p", Patient(family: family), "POST", "Patient"), Entry("urn:uuid:e", Encounter("urn:uuid:p"), "POST", "Encounter"),
        Entry("urn:uuid:o", Observation("urn:uuid:p", 71, "urn:uuid:e"), "POST", "Observation"), Entry("urn:uuid:o2", Observation("urn:uuid:p", 72, "urn:uuid:e", code: "8302-2"), "POST", "Observation"),
        Entry("urn:uuid:c", Condition("urn:uuid:p", "urn:uuid:e"), "POST", "Condition"));
}
