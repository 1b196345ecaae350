using System.Globalization;
using System.Text.Unicode;
using Yunnao.Standards;
using Yunnao.Synthetic.Chance;

namespace Yunnao.Synthetic.Bulk;

/// <summary>
/// Writes FHIR R4 resources as NDJSON, in the mix and size of Synthea's: for each patient 1 Patient, 6 Encounter, 45 Observation (30
/// laboratory, 15 vital signs), 5 Condition, 3 Procedure, 4 MedicationRequest. Everything follows from the seed.
/// </summary>
public static class FhirFile
{
    private const int PerPatient = 64;
    private const int EncounterCount = 6;
    private const string Meta = "\"meta\":{\"versionId\":\"1\",\"lastUpdated\":\"2025-06-01T08:00:00+08:00\",\"profile\":[\"http://hl7.org/fhir/us/core/StructureDefinition/us-core\"],\"tag\":[{\"system\":\"https://yunnao.example/tags\",\"code\":\"bench\"}]}";

    private static readonly DateTime Start = new(2020, 1, 1);

    private static readonly (string Code, string Name, string Unit, double Mean, double Sd)[] Vitals =
    [
        ("8302-2", "Body Height", "cm", 168, 9), ("29463-7", "Body Weight", "kg", 70, 12), ("39156-5", "Body Mass Index", "kg/m2", 25, 3),
        ("8867-4", "Heart rate", "/min", 75, 9), ("9279-1", "Respiratory rate", "/min", 15, 2), ("8310-5", "Body temperature", "Cel", 36.8, 0.3),
        ("59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry", "%", 97, 1),
    ];

    private static readonly (string Code, string Name)[] Conditions =
    [
        ("38341003", "Hypertension"), ("44054006", "Diabetes"), ("195662009", "Acute viral pharyngitis (disorder)"), ("10509002", "Acute bronchitis (disorder)"),
        ("444814009", "Viral sinusitis (disorder)"), ("55822004", "Hyperlipidemia"), ("162864005", "Body mass index 30+ - obesity (finding)"),
    ];

    private static readonly (string Code, string Name)[] Procedures =
    [
        ("428191000124101", "Documentation of current medications"), ("430193006", "Medication Reconciliation (procedure)"), ("73761001", "Colonoscopy"),
        ("171207006", "Depression screening"), ("399208008", "Plain chest X-ray (procedure)"),
    ];

    private static readonly (string Code, string Name)[] Drugs =
    [
        ("316049", "Hydrochlorothiazide 25 MG"), ("314076", "lisinopril 10 MG Oral Tablet"), ("860975", "24 HR Metformin hydrochloride 500 MG Extended Release Oral Tablet"),
        ("313782", "Acetaminophen 325 MG Oral Tablet"), ("308182", "Amoxicillin 250 MG Oral Capsule"), ("314231", "Simvastatin 10 MG Oral Tablet"),
    ];

    /// <summary>Writes the resources, all of them valid.</summary>
    public static void Write(Registry registry, Stream stream, long resources, ulong seed)
    {
        var (analytes, output) = (LabAnalyte.All(registry), new BulkStream(stream));
        var (dice, patient, encounters) = (new Dice(seed), Guid.Empty, new (Guid Id, DateTime Time)[EncounterCount]);
        for (long i = 0; i < resources; i++)
        {
            var place = (int)(i % PerPatient);
            if (place == 0) patient = Id(dice);
            var made = place switch
            {
                0 => Patient(output.Room, patient, dice),
                < 7 => Encounter(output.Room, patient, encounters[place - 1] = (Id(dice), Start.AddDays((place - 1) * 300).AddSeconds(dice.Below(20_000_000))), dice),
                < 37 => Lab(output.Room, patient, encounters[place % EncounterCount], dice.Pick(analytes), dice),
                < 52 => Vital(output.Room, patient, encounters[place % EncounterCount], dice),
                < 57 => Condition(output.Room, patient, encounters[place % EncounterCount], dice),
                < 60 => Procedure(output.Room, patient, encounters[place % EncounterCount], dice),
                _ => Medication(output.Room, patient, encounters[place % EncounterCount], dice),
            };
            output.Advance(made > 0 ? made : throw new InvalidOperationException("The resource is too long."));
        }

        output.Flush();
    }

    private static int Patient(Span<byte> room, Guid id, Dice dice)
    {
        var (family, given) = (dice.Pick(BulkPeople.Surnames), dice.Pick(BulkPeople.GivenNames) + dice.Pick(BulkPeople.GivenNames));
        var birth = new DateTime(1935, 1, 1).AddDays(dice.Below(31_000));
        Utf8.TryWrite(room, CultureInfo.InvariantCulture, $$$"""
            {"resourceType":"Patient","id":"{{{id}}}",{{{Meta}}},"identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR","display":"Medical Record Number"}],"text":"Medical Record Number"},"system":"http://hospital.example","value":"{{{id}}}"}],"active":true,"name":[{"use":"official","text":"{{{family}}}{{{given}}}","family":"{{{family}}}","given":["{{{given}}}"]}],"telecom":[{"system":"phone","value":"1390{{{dice.Below(10_000_000):0000000}}}","use":"home"}],"gender":"{{{(dice.Chance(0.5) ? "male" : "female")}}}","birthDate":"{{{birth:yyyy-MM-dd}}}","address":[{"line":["{{{dice.Pick(BulkPeople.Streets)}}}{{{dice.Between(1, 400)}}}号"],"city":"昆明市","state":"云南省","postalCode":"650000","country":"CN"}],"maritalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus","code":"M","display":"M"}],"text":"M"},"multipleBirthBoolean":false,"communication":[{"language":{"coding":[{"system":"urn:ietf:bcp:47","code":"zh-CN","display":"Chinese"}],"text":"Chinese"}}]}

            """, out var length);
        return length;
    }

    private static int Encounter(Span<byte> room, Guid patient, (Guid Id, DateTime Time) encounter, Dice dice)
    {
        Utf8.TryWrite(room, CultureInfo.InvariantCulture, $$$"""
            {"resourceType":"Encounter","id":"{{{encounter.Id}}}",{{{Meta}}},"status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},"type":[{"coding":[{"system":"http://snomed.info/sct","code":"185349003","display":"Encounter for check up (procedure)"}],"text":"Encounter for check up (procedure)"}],"subject":{"reference":"Patient/{{{patient}}}"},"participant":[{"type":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ParticipationType","code":"PPRF","display":"primary performer"}],"text":"primary performer"}],"individual":{"reference":"Practitioner/{{{dice.Below(2000):0000}}}","display":"Dr. {{{dice.Pick(BulkPeople.Surnames)}}}"}}],"period":{"start":"{{{encounter.Time:yyyy-MM-ddTHH:mm:ss}}}+08:00","end":"{{{encounter.Time.AddMinutes(15):yyyy-MM-ddTHH:mm:ss}}}+08:00"},"serviceProvider":{"reference":"Organization/{{{dice.Below(50):00}}}"}}

            """, out var length);
        return length;
    }

    private static int Lab(Span<byte> room, Guid patient, (Guid Id, DateTime Time) encounter, LabAnalyte analyte, Dice dice)
    {
        var value = analyte.Value(dice);
        Utf8.TryWrite(room, CultureInfo.InvariantCulture, $$$"""
            {"resourceType":"Observation","id":"{{{Id(dice)}}}",{{{Meta}}},"status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory","display":"laboratory"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"{{{analyte.Loinc}}}","display":"{{{analyte.English}}}"}],"text":"{{{analyte.English}}}"},"subject":{"reference":"Patient/{{{patient}}}"},"encounter":{"reference":"Encounter/{{{encounter.Id}}}"},"effectiveDateTime":"{{{encounter.Time:yyyy-MM-ddTHH:mm:ss}}}+08:00","issued":"{{{encounter.Time:yyyy-MM-ddTHH:mm:ss}}}.447+08:00","valueQuantity":{"value":{{{analyte.Number(value)}}},"unit":"{{{analyte.Unit}}}","system":"http://unitsofmeasure.org","code":"{{{analyte.Unit}}}"},"interpretation":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation","code":"{{{analyte.Flag(value)}}}"}]}],"referenceRange":[{"low":{"value":{{{analyte.Low}}}},"high":{"value":{{{analyte.High}}}}}]}

            """, out var length);
        return length;
    }

    private static int Vital(Span<byte> room, Guid patient, (Guid Id, DateTime Time) encounter, Dice dice)
    {
        var (code, name, unit, mean, sd) = Vitals[dice.Below(Vitals.Length)];
        Utf8.TryWrite(room, CultureInfo.InvariantCulture, $$$"""
            {"resourceType":"Observation","id":"{{{Id(dice)}}}",{{{Meta}}},"status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs","display":"vital-signs"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"{{{code}}}","display":"{{{name}}}"}],"text":"{{{name}}}"},"subject":{"reference":"Patient/{{{patient}}}"},"encounter":{"reference":"Encounter/{{{encounter.Id}}}"},"effectiveDateTime":"{{{encounter.Time:yyyy-MM-ddTHH:mm:ss}}}+08:00","issued":"{{{encounter.Time:yyyy-MM-ddTHH:mm:ss}}}.447+08:00","valueQuantity":{"value":{{{Math.Round(dice.Normal(mean, sd), 2)}}},"unit":"{{{unit}}}","system":"http://unitsofmeasure.org","code":"{{{unit}}}"}}

            """, out var length);
        return length;
    }

    private static int Condition(Span<byte> room, Guid patient, (Guid Id, DateTime Time) encounter, Dice dice)
    {
        var (code, name) = Conditions[dice.Below(Conditions.Length)];
        Utf8.TryWrite(room, CultureInfo.InvariantCulture, $$$"""
            {"resourceType":"Condition","id":"{{{Id(dice)}}}",{{{Meta}}},"clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]},"verificationStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-ver-status","code":"confirmed"}]},"category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-category","code":"encounter-diagnosis","display":"Encounter Diagnosis"}]}],"code":{"coding":[{"system":"http://snomed.info/sct","code":"{{{code}}}","display":"{{{name}}}"}],"text":"{{{name}}}"},"subject":{"reference":"Patient/{{{patient}}}"},"encounter":{"reference":"Encounter/{{{encounter.Id}}}"},"onsetDateTime":"{{{encounter.Time:yyyy-MM-ddTHH:mm:ss}}}+08:00","recordedDate":"{{{encounter.Time:yyyy-MM-ddTHH:mm:ss}}}+08:00"}

            """, out var length);
        return length;
    }

    private static int Procedure(Span<byte> room, Guid patient, (Guid Id, DateTime Time) encounter, Dice dice)
    {
        var (code, name) = Procedures[dice.Below(Procedures.Length)];
        Utf8.TryWrite(room, CultureInfo.InvariantCulture, $$$"""
            {"resourceType":"Procedure","id":"{{{Id(dice)}}}",{{{Meta}}},"status":"completed","code":{"coding":[{"system":"http://snomed.info/sct","code":"{{{code}}}","display":"{{{name}}}"}],"text":"{{{name}}}"},"subject":{"reference":"Patient/{{{patient}}}"},"encounter":{"reference":"Encounter/{{{encounter.Id}}}"},"performedPeriod":{"start":"{{{encounter.Time:yyyy-MM-ddTHH:mm:ss}}}+08:00","end":"{{{encounter.Time.AddMinutes(15):yyyy-MM-ddTHH:mm:ss}}}+08:00"},"performer":[{"actor":{"reference":"Practitioner/{{{dice.Below(2000):0000}}}","display":"Dr. {{{dice.Pick(BulkPeople.Surnames)}}}"}}],"location":{"reference":"Location/{{{dice.Below(50):00}}}","display":"Outpatient department"},"note":[{"text":"Carried out as planned; the patient was told what was done and what comes next."}]}

            """, out var length);
        return length;
    }

    private static int Medication(Span<byte> room, Guid patient, (Guid Id, DateTime Time) encounter, Dice dice)
    {
        var (code, name) = Drugs[dice.Below(Drugs.Length)];
        Utf8.TryWrite(room, CultureInfo.InvariantCulture, $$$"""
            {"resourceType":"MedicationRequest","id":"{{{Id(dice)}}}",{{{Meta}}},"status":"active","intent":"order","medicationCodeableConcept":{"coding":[{"system":"http://www.nlm.nih.gov/research/umls/rxnorm","code":"{{{code}}}","display":"{{{name}}}"}],"text":"{{{name}}}"},"subject":{"reference":"Patient/{{{patient}}}"},"encounter":{"reference":"Encounter/{{{encounter.Id}}}"},"authoredOn":"{{{encounter.Time:yyyy-MM-ddTHH:mm:ss}}}+08:00","requester":{"reference":"Practitioner/{{{dice.Below(2000):0000}}}","display":"Dr. {{{dice.Pick(BulkPeople.Surnames)}}}"},"dosageInstruction":[{"sequence":1,"timing":{"repeat":{"frequency":1,"period":1.0,"periodUnit":"d"}},"asNeededBoolean":false,"doseAndRate":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/dose-rate-type","code":"ordered","display":"Ordered"}]},"doseQuantity":{"value":1.0}}]}]}

            """, out var length);
        return length;
    }

    private static Guid Id(Dice dice)
    {
        var (high, low) = (dice.Bits(), dice.Bits());
        return new((uint)(high >> 32), (ushort)(high >> 16), (ushort)high, (byte)(low >> 56), (byte)(low >> 48), (byte)(low >> 40), (byte)(low >> 32), (byte)(low >> 24), (byte)(low >> 16), (byte)(low >> 8), (byte)low);
    }
}
