using Yunnao.Kernel;
using Yunnao.Synthetic.Faults;
using Yunnao.Synthetic.Institutions;
using Yunnao.Synthetic.Outlets;
using Yunnao.Synthetic.People;
using Yunnao.Synthetic.Rows;

namespace Yunnao.Synthetic.Truth;

/// <summary>What really happened, beside what the institutions send: persons, identities, errors, corrections, cases, outbreaks.</summary>
internal sealed class TruthFiles : IDisposable
{
    private readonly AppendFile _persons;
    private readonly AppendFile _identities;
    private readonly AppendFile _errors;
    private readonly AppendFile _corrections;
    private readonly AppendFile _cases;
    private readonly AppendFile _outbreaks;

    public TruthFiles(string folder)
    {
        Directory.CreateDirectory(folder);
        _persons = Open(folder, "persons.csv", "person,household,name,sex,birth_date,id_number,phone,division,address,mother,father,spouse,death_time");
        _identities = Open(folder, "identities.csv", "organisation,local_number,person,altered");
        _errors = Open(folder, "errors.csv", "file,record,data_set,record_key,item,kind,severity");
        _corrections = Open(folder, "corrections.csv", "file,record,data_set,record_key");
        _cases = Open(folder, "cases.csv", "person,organisation,card_no,disease,division,onset_date,diagnosis_time,report_time,outbreak");
        _outbreaks = Open(folder, "outbreaks.csv", "outbreak,disease,division,division_name,start,end,extra_cases");
    }

    /// <summary>Errors noted so far, by kind.</summary>
    public SortedDictionary<string, long> Errors { get; } = new(StringComparer.Ordinal);

    public void Person(Person p) => Write(
        _persons, $"{p.Number}", $"{p.Home.Number}", p.Name, $"{(int)p.Sex}", $"{p.Born:yyyy-MM-dd}", p.IdNumber, p.Phone, p.Home.Division, p.Home.Address,
        $"{p.Mother?.Number}", $"{p.Father?.Number}", $"{p.Spouse?.Number}", $"{p.Died:yyyy-MM-dd HH:mm:ss}");

    public void Identity(Registration r) => Write(_identities, r.Institution.Code, r.LocalNumber, $"{r.Person.Number}", r.Altered);

    /// <param name="record">Record number in the file, from 1.</param>
    public void Error(string file, long record, Row row, Fault fault) =>
        Error(file, record, row.Shape.DataSet.Id, row.Key(), fault);

    public void Error(string file, long record, string dataSet, string key, Fault fault)
    {
        Errors[fault.Kind] = Errors.GetValueOrDefault(fault.Kind) + 1;
        Write(_errors, file, $"{record}", dataSet, key, fault.Item ?? "", fault.Kind, fault.Severity.ToString().ToLowerInvariant());
    }

    public void Correction(string file, long record, string dataSet, string key) => Write(_corrections, file, $"{record}", dataSet, key);

    public void Case(Registration patient, string card, string disease, DateTime onset, DateTime diagnosed, DateTime reported, string outbreak) => Write(
        _cases, $"{patient.Person.Number}", patient.Institution.Code, card, disease, patient.Person.Home.Division, $"{onset:yyyy-MM-dd}",
        $"{diagnosed:yyyy-MM-dd HH:mm:ss}", $"{reported:yyyy-MM-dd HH:mm:ss}", outbreak);

    public void Outbreak(string id, string disease, string division, string name, DateOnly start, DateOnly end, long cases) =>
        Write(_outbreaks, id, disease, division, name, $"{start:yyyy-MM-dd}", $"{end:yyyy-MM-dd}", $"{cases}");

    public void Dispose()
    {
        foreach (var file in new[] { _persons, _identities, _errors, _corrections, _cases, _outbreaks }) file.Dispose();
    }

    private static AppendFile Open(string folder, string name, string header)
    {
        var file = new AppendFile(Path.Combine(folder, name));
        file.Write(header + "\n");
        return file;
    }

    private static void Write(AppendFile file, params ReadOnlySpan<string> cells)
    {
        for (var i = 0; i < cells.Length; i++)
        {
            if (i > 0) file.Write(","u8);
            file.Write(CsvCell.Write(cells[i]));
        }

        file.Write("\n"u8);
    }
}
