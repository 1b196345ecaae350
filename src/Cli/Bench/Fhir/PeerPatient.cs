using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Yunnao.Cli.Bench.Fhir;

/// <summary>
/// One synthetic person as a transaction Bundle of 85 resources: a Patient, 8 Encounters, 64 Observations, 8 Conditions, 4 MedicationRequests, as servers of
/// FHIR were measured with; and what was put in, to count by.
/// </summary>
internal sealed class PeerPatient
{
    public const int Resources = 85;

    private static readonly string[] s_families = ["Zhang", "Wang", "Li", "Zhao", "Chen", "Yang", "Smith", "Jones"], s_given = ["Wei", "Fang", "Na", "Min", "Jing", "Lei", "Ann", "Bob"], s_cities = ["Tianjin", "Beijing", "Shanghai"];

    private static readonly (string Code, string Name, string Unit, double Low, double High)[] s_measures =
    [
        ("8867-4", "Heart rate", "/min", 50, 110), ("8480-6", "Systolic blood pressure", "mm[Hg]", 90, 180), ("8462-4", "Diastolic blood pressure", "mm[Hg]", 50, 110), ("8310-5", "Body temperature", "Cel", 36, 40),
        ("2339-0", "Glucose", "mg/dL", 60, 250), ("718-7", "Hemoglobin", "g/dL", 8, 18), ("6690-2", "Leukocytes", "10*3/uL", 2, 20), ("2160-0", "Creatinine", "mg/dL", 0.4, 3), ("29463-7", "Body weight", "kg", 40, 120),
        ("8302-2", "Body height", "cm", 140, 200),
    ];

    private static readonly (string Code, string Name)[] s_conditions =
    [
        ("38341003", "Hypertension"), ("44054006", "Diabetes type 2"), ("195662009", "Acute viral pharyngitis"), ("6142004", "Influenza"), ("233604007", "Pneumonia"), ("840539006", "COVID-19"),
    ];

    private static readonly (string Code, string Name)[] s_drugs = [("860975", "Metformin 500 MG"), ("314076", "Lisinopril 10 MG"), ("308182", "Amoxicillin 250 MG")];

    /// <summary>A resource that was put in, in the order of the entries.</summary>
    /// <param name="Code">Of an Observation or Condition.</param>
    public sealed record Put(string Type, string Code, double Value, DateTime Time);

    private readonly List<Put> _put = [];
    private readonly Random _random;
    private readonly int _number;
    private readonly Utf8JsonWriter _json;

    private PeerPatient(int number)
    {
        var bundle = new ArrayBufferWriter<byte>(1 << 16);
        (_number, _random, _json) = (number, new(number + 1), new(bundle));
        Write();
        _json.Flush();
        Bundle = bundle.WrittenSpan.ToArray();
    }

    public IReadOnlyList<Put> All => _put;

    public ReadOnlyMemory<byte> Bundle { get; }

    public static string FamilyOf(int number) => s_families[number % s_families.Length];

    public static PeerPatient Make(int number) => new(number);

    private void Write()
    {
        _json.WriteStartObject();
        _json.WriteString("resourceType", "Bundle");
        _json.WriteString("type", "transaction");
        _json.WriteStartArray("entry");
        var patient = Begin("Patient", "", 0, default);
        _json.WriteRawValueMember("identifier", $$"""[{"system":"urn:peer:mrn","value":"MRN{{_number:00000}}"}]""");
        _json.WriteRawValueMember("name", $$"""[{"use":"official","family":"{{FamilyOf(_number)}}","given":["{{s_given[_number / 8 % 8]}}"]}]""");
        _json.WriteString("gender", _number % 2 == 0 ? "male" : "female");
        _json.WriteString("birthDate", string.Create(CultureInfo.InvariantCulture, $"{_random.Next(1930, 2016)}-{1 + _number % 12:00}-{1 + _number % 28:00}"));
        _json.WriteRawValueMember("address", $$"""[{"city":"{{s_cities[_number % 3]}}","postalCode":"3000{{_number % 40:00}}","country":"CN"}]""");
        End();
        for (var visit = 0; visit < 8; visit++) Visit(patient, visit);
        _json.WriteEndArray();
        _json.WriteEndObject();
    }

    private void Visit(string patient, int visit)
    {
        var time = new DateTime(2020, 1, 1).AddDays(_random.Next(1601)).AddMinutes(_random.Next(1401));
        var text = time.ToString("yyyy-MM-dd'T'HH:mm:ss'+08:00'", CultureInfo.InvariantCulture);
        var encounter = Begin("Encounter", "", 0, time);
        _json.WriteString("status", "finished");
        _json.WriteRawValueMember("class", """{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"}""");
        _json.WriteRawValueMember("type", """[{"coding":[{"system":"http://snomed.info/sct","code":"185349003","display":"Encounter for check up"}]}]""");
        Reference("subject", patient);
        _json.WriteRawValueMember("period", $$"""{"start":"{{text}}","end":"{{text}}"}""");
        End();
        foreach (var measure in _random.GetItems(s_measures, 8))
        {
            var value = Math.Round(measure.Low + _random.NextDouble() * (measure.High - measure.Low), 1);
            Begin("Observation", measure.Code, value, time);
            _json.WriteString("status", "final");
            _json.WriteRawValueMember("category", """[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}]""");
            Concept("code", "http://loinc.org", measure.Code, measure.Name);
            Reference("subject", patient);
            Reference("encounter", encounter);
            _json.WriteString("effectiveDateTime", text);
            _json.WriteString("issued", text);
            _json.WriteRawValueMember("valueQuantity", string.Create(CultureInfo.InvariantCulture, $$"""{"value":{{value}},"unit":"{{measure.Unit}}","system":"http://unitsofmeasure.org","code":"{{measure.Unit}}"}"""));
            End();
        }

        var (code, name) = s_conditions[_random.Next(s_conditions.Length)];
        Begin("Condition", code, 0, time);
        _json.WriteRawValueMember("clinicalStatus", """{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]}""");
        Concept("code", "http://snomed.info/sct", code, name);
        Reference("subject", patient);
        Reference("encounter", encounter);
        _json.WriteString("onsetDateTime", text);
        _json.WriteString("recordedDate", text);
        End();
        if (visit % 2 == 0) return;
        (code, name) = s_drugs[_random.Next(s_drugs.Length)];
        Begin("MedicationRequest", code, 0, time);
        _json.WriteString("status", "active");
        _json.WriteString("intent", "order");
        Concept("medicationCodeableConcept", "http://www.nlm.nih.gov/research/umls/rxnorm", code, name);
        Reference("subject", patient);
        Reference("encounter", encounter);
        _json.WriteString("authoredOn", text);
        End();
    }

    private string Begin(string type, string code, double value, DateTime time)
    {
        _put.Add(new(type, code, value, time));
        var url = $"urn:uuid:{new Guid(_number, (short)_put.Count, 0x4000, 0x80, 0, 0, 0, 0, 0, 0, 0)}";
        _json.WriteStartObject();
        _json.WriteString("fullUrl", url);
        _json.WriteRawValueMember("request", $$"""{"method":"POST","url":"{{type}}"}""");
        _json.WriteStartObject("resource");
        _json.WriteString("resourceType", type);
        return url;
    }

    private void End()
    {
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    private void Reference(string name, string url)
    {
        _json.WriteStartObject(name);
        _json.WriteString("reference", url);
        _json.WriteEndObject();
    }

    private void Concept(string name, string system, string code, string display) =>
        _json.WriteRawValueMember(name, $$"""{"coding":[{"system":"{{system}}","code":"{{code}}","display":"{{display}}"}],"text":"{{display}}"}""");
}

file static class RawMember
{
    public static void WriteRawValueMember(this Utf8JsonWriter json, string name, string value)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(value, skipInputValidation: true);
    }
}
