namespace Yunnao.Cli.Bench.Fhir;

/// <summary>What was written and under which ids: the truth that answers are held against.</summary>
internal sealed class PeerWorld(int patients)
{
    private PeerPatient.Put[][] _put = new PeerPatient.Put[patients][];
    private string[][] _ids = new string[patients][];

    /// <summary>Leaves out the persons from a number on, who were not written.</summary>
    public void End(int patients)
    {
        Array.Resize(ref _put, patients);
        Array.Resize(ref _ids, patients);
    }

    /// <summary>Notes the ids that the server gave, in the order of the entries.</summary>
    public void Note(int patient, PeerPatient made, string[] ids) => (_put[patient], _ids[patient]) = ([.. made.All], ids);

    public string IdOf(int patient) => _ids[patient][0];

    /// <summary>Type and id of a resource, counted person by person.</summary>
    public (string Type, string Id) At(int number)
    {
        var (patient, place) = (number / PeerPatient.Resources, number % PeerPatient.Resources);
        return (_put[patient][place].Type, _ids[patient][place]);
    }

    /// <summary>The searches that servers were measured with: name, address, whether it is sent as a form because it tells who somebody is, and the ids that are right.</summary>
    public IReadOnlyList<(string Name, string Address, bool AsForm, HashSet<string> Right)> Searches()
    {
        var (one, covid) = (Math.Min(7, _ids.Length - 1), "840539006");
        var id = IdOf(one);
        return
        [
            ("Patient?identifier", "Patient?identifier=urn:peer:mrn%7CMRN00007", true, [IdOf(one)]),
            ("Patient?family", "Patient?family=Zhang", true, [.. Family("Zhang").Select(IdOf)]),
            ("Observation?subject", $"Observation?subject=Patient/{id}", false, Ids(p => p.Type == "Observation", one)),
            ("Observation?subject&code&date", $"Observation?subject=Patient/{id}&code=http://loinc.org%7C8480-6&date=ge2021-01-01", false, Ids(p => p is { Type: "Observation", Code: "8480-6" } && p.Time.Year >= 2021, one)),
            ("Observation?code&value-quantity", "Observation?code=http://loinc.org%7C8480-6&value-quantity=gt160", false, Ids(p => p is { Type: "Observation", Code: "8480-6", Value: > 160 })),
            ("Condition?code&_include", $"Condition?code=http://snomed.info/sct%7C{covid}&_include=Condition:subject", false, [.. Ids(p => p.Type == "Condition" && p.Code == covid), .. With(covid)]),
            ("Patient?_has", $"Patient?_has:Condition:subject:code=http://snomed.info/sct%7C{covid}", false, With(covid)),
            ("Observation chained", "Observation?subject:Patient.family=Zhang&code=http://loinc.org%7C8480-6", true, [.. Family("Zhang").SelectMany(p => Ids(x => x is { Type: "Observation", Code: "8480-6" }, p))]),
            ("Patient/$everything", $"Patient/{id}/$everything", false, [.. _ids[one]]),
        ];
    }

    private HashSet<string> Ids(Func<PeerPatient.Put, bool> fits, int? patient = null) =>
        [.. Enumerable.Range(0, _ids.Length).Where(p => patient is null || p == patient).SelectMany(p => _put[p].Select((put, i) => (put, i)).Where(x => fits(x.put)).Select(x => _ids[p][x.i]))];

    private IEnumerable<int> Family(string family) => Enumerable.Range(0, _ids.Length).Where(p => PeerPatient.FamilyOf(p) == family);

    private HashSet<string> With(string condition) =>
        [.. Enumerable.Range(0, _ids.Length).Where(p => _put[p].Any(x => x.Type == "Condition" && x.Code == condition)).Select(IdOf)];
}
