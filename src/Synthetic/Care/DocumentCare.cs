using System.Text;

namespace Yunnao.Synthetic.Care;

/// <summary>EMR documents: text in Chinese that names the patient, as such text does.</summary>
internal sealed class DocumentCare(Town town)
{
    private readonly StringBuilder _text = new();
    private readonly List<(string Code, string Title, string Text)> _sections = [];

    /// <summary>Begins a document.</summary>
    public DocumentCare Begin()
    {
        _sections.Clear();
        return this;
    }

    /// <param name="code">LOINC code of the section.</param>
    public DocumentCare Section(string code, string title, string text)
    {
        if (text.Length > 0) _sections.Add((code, title, text));
        return this;
    }

    /// <summary>Who the patient is and how to reach them, in words.</summary>
    public static string Identity(Visit visit)
    {
        var patient = visit.Patient;
        var home = patient.Person.Home;
        return $"患者{patient.Name},{(visit.Person.Female ? "女" : "男")},{patient.AgeOn(visit.Start)}岁,住{home.Address},联系电话{patient.Phone}"
            + (patient.IdNumber is { } id && visit.IsInpatient ? $",身份证号{id}" : "") + "。";
    }

    /// <summary>Sends the document; with its sections as rows of their own, if wanted.</summary>
    /// <param name="type">Document code of WS/T 500.</param>
    public void End(Visit visit, string type, DateTime time, bool sections)
    {
        var title = town.Book.Name("YV.document_type", type);
        var number = visit.Next("D");
        _text.Clear();
        foreach (var (_, heading, text) in _sections) _text.Append(heading).Append(':').Append(text).Append('\n');
        var body = _text.ToString();
        var row = visit.Row("emr.document")
            .Set("document_no", number).Set("document_type", type).Set("title", title).Set("document_version", "1").Set("status", "final")
            .Set("author_code", visit.Doctor.Code).Set("author_name", visit.Doctor.Name).Set("dept_code", visit.Department.Code).Set("confidentiality", "N")
            .Set("text", body).Set("content_type", "text/plain").Set("size", Encoding.UTF8.GetByteCount(body)).Set("signed_flag", true)
            .Set("authored_time", time);
        visit.Send(row);
        if (!sections) return;
        for (var i = 0; i < _sections.Count; i++)
        {
            row = visit.Row("emr.section")
                .Set("document_no", number).Set("section_no", i + 1).Set("section_code", _sections[i].Code).Set("code_system", "LOINC")
                .Set("title", _sections[i].Title).Set("text", _sections[i].Text).Set("authored_time", time);
            visit.Send(row);
        }
    }
}
