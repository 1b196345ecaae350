using System.Text;

namespace Yunnao.Tests.EndToEnd.Surveillance;

/// <summary>A file of report cards in the columns of the template.</summary>
internal sealed class CardFile
{
    private readonly StringBuilder _text = new("org_code,patient_id,card_no,division,case_class,disease_code,onset_date,diagnosis_time,report_time\n");

    /// <summary>Adds a card; reported at ten o'clock, diagnosed so many hours before.</summary>
    public CardFile Add(string card, string patient, DateOnly day, string disease = "C11", string division = "420106", int hours = 2, string org = "42010001")
    {
        var reported = day.ToDateTime(new(10, 0));
        _text.Append($"{org},{patient},{card},{division},3,{disease},{day.AddDays(-2):yyyy-MM-dd},{reported.AddHours(-hours):yyyy-MM-dd HH:mm:ss},{reported:yyyy-MM-dd HH:mm:ss}\n");
        return this;
    }

    public override string ToString() => _text.ToString();
}
