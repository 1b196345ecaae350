using Yunnao.Synthetic.Catalogue;
using Yunnao.Synthetic.Rows;

namespace Yunnao.Synthetic.Care;

/// <summary>Laboratory: request, report, results, cultures.</summary>
internal sealed class LabCare(Town town)
{
    private readonly LabValues _values = new(town);

    /// <summary>Orders a panel and reports it; returns the time of the report.</summary>
    public DateTime Order(Visit visit, LabPanel panel, DateTime ordered)
    {
        if (panel.Items.Length == 0 || panel.Code == "CULT") return ordered;
        var dice = town.Dice;
        var sampled = ordered.AddMinutes(dice.Between(8, 40));
        var received = sampled.AddMinutes(dice.Between(5, 60));
        var reported = received.AddMinutes(dice.Between(visit.IsEmergency ? 20 : 45, visit.IsEmergency ? 70 : 240));
        var (request, report) = (visit.Next("S"), visit.Next("L"));
        Request(visit, request, panel.Code, "LAB", panel.Name, "检验", panel.Specimen, ordered);
        using (visit.Desk.Begin("ORU^R01", reported))
        {
            var technician = dice.Pick(visit.Desk.Institution.Laboratory.Doctors);
            var row = visit.Row("lab.report")
                .Set("report_no", report).Set("panel_no", 1).Set("request_no", request).Set("panel_code", panel.Code).Set("code_system", "LAB")
                .Set("panel_name", panel.Name).Set("category", "LAB").Set("status", "3").Set("specimen_no", "B" + report[1..])
                .Set("specimen_code", panel.Specimen).Set("specimen_text", town.Book.Name("YV.specimen", panel.Specimen)).Set("specimen_state", "合格")
                .Set("sampled_time", sampled).Set("received_time", received).Set("dept_code", visit.Department.Code)
                .Set("doctor_code", visit.Doctor.Code).Set("technician_code", technician.Code)
                .Set("reviewer_code", visit.Desk.Institution.Laboratory.Doctors[0].Code).Set("diagnosis_code", visit.Main.Diagnosis.Code)
                .Set("report_time", reported);
            visit.Send(row);
            _values.Draw(visit, panel);
            for (var i = 0; i < panel.Items.Length; i++) Result(visit, report, panel, i, sampled, reported);
        }

        visit.Charge("04", panel.Code, "LAB", panel.Name, "项", 1, panel.Price, ordered);
        return reported;
    }

    /// <summary>A request for a test or an examination.</summary>
    public static void Request(Visit visit, string number, string code, string system, string name, string category, string? specimen, DateTime time)
    {
        var row = visit.Row("encounter.request")
            .Set("request_no", number).Set("item_no", 1).Set("request_code", code).Set("code_system", system).Set("request_name", name)
            .Set("category", category).Set("priority", visit.IsEmergency ? "2" : "1").Set("status", "completed").Set("reason", visit.Main.Diagnosis.Name)
            .Set("specimen_code", specimen).Set("doctor_code", visit.Doctor.Code).Set("doctor_name", visit.Doctor.Name).Set("request_time", time);
        visit.Send(row);
    }

    /// <summary>A culture with its susceptibility tests: one row an organism and drug, or one row when nothing grows.</summary>
    public void Culture(Visit visit, string specimen, string[] organisms, DateTime ordered)
    {
        var dice = town.Dice;
        var report = visit.Next("W");
        var reported = ordered.AddDays(dice.Between(2, 4)).AddMinutes(dice.Between(0, 300));
        var grows = dice.Chance(0.45);
        var organism = dice.Pick(organisms);
        var resistant = dice.Chance(0.25);
        var drugs = grows ? new[] { "AMP", "CRO", "CAZ", "FEP", "CIP", "LVX", "GEN", "AMK", "MEM", "TZP" } : [""];
        for (var i = 0; i < drugs.Length; i++)
        {
            var row = visit.Row("lab.microbiology")
                .Set("report_no", report).Set("item_no", i + 1).Set("specimen_no", "B" + report[1..]).Set("specimen_code", specimen)
                .Set("culture_result", grows ? "1" : "2").Set("sampled_time", ordered.AddMinutes(30)).Set("report_time", reported);
            if (grows)
            {
                var resists = dice.Chance(resistant ? 0.7 : 0.15);
                row.Set("organism_code", organism).Set("organism_name", town.Book.Name("YV.organism", organism)).Set("colony_count", "10^5 CFU/mL")
                    .Set("antibiotic_code", drugs[i]).Set("antibiotic_name", town.Book.Name("YV.antibiotic", drugs[i]))
                    .Set("mic", resists ? dice.Pick([16.0, 32, 64]) : dice.Pick([0.25, 0.5, 1, 2])).Set("mic_operator", resists ? ">=" : "<=")
                    .Set("susceptibility", resists ? "R" : "S").Set("mdr_flag", resistant);
            }

            visit.Send(row);
        }

        visit.Charge("04", "CULT", "LAB", "细菌培养及药敏", "项", 1, 150, ordered);
    }

    private void Result(Visit visit, string report, LabPanel panel, int index, DateTime sampled, DateTime reported)
    {
        var item = panel.Items[index];
        var row = visit.Row("lab.result")
            .Set("report_no", report).Set("item_no", index + 1).Set("item_code", item.Code).Set("item_name", item.Name);
        if (item.IsNumber) Number(row, item, _values[index], visit.Person.Female);
        else Text(row, item, _values.IsPositive(index), visit);
        row.Set("specimen_code", panel.Specimen).Set("code_system", "LAB").Set("instrument_code", item.IsNumber ? "AU5800" : null).Set("status", "3")
            .Set("sampled_time", sampled).Set("report_time", reported);
        visit.Send(row);
    }

    private static void Number(Row row, LabItem item, double value, bool female)
    {
        var bounds = female ? item.Female : item.Male;
        row.Set("result_text", value, item.Decimals).Set("result_value", value, item.Decimals).Set("unit", item.Unit);
        if (bounds.Low is { } low) row.Set("reference_low", low, Digits(low));
        if (bounds.High is { } high) row.Set("reference_high", high, Digits(high));
        var critical = value <= item.Critical.Low || value >= item.Critical.High;
        var flag = value < bounds.Low ? (critical ? "LL" : "L") : value > bounds.High ? (critical ? "HH" : "H") : "N";
        row.Set("abnormal_flag", flag).Set("reference_text", item.Reference(female)).Set("critical_flag", flag is "LL" or "HH");
    }

    private static void Text(Row row, LabItem item, bool positive, Visit visit)
    {
        var text = item.IsQualitative ? (positive ? item.Abnormal : item.Normal) : item.Code switch
        {
            "ABO" => visit.Person.Social.Blood switch { "1" => "A型", "2" => "B型", "3" => "O型", _ => "AB型" },
            "RHD" => visit.Person.Social.RhFactor == "1" ? "阴性" : "阳性",
            "FCOL" => positive ? "棕褐色" : "黄色",
            "FCON" => positive ? "稀便" : "软便",
            _ => "正常",
        };
        row.Set("result_text", text).Set("abnormal_flag", item.IsQualitative ? (positive ? "P" : "NG") : "N").Set("critical_flag", false)
            .Set("reference_text", item.IsQualitative ? item.Normal : null);
    }

    private static int Digits(double bound)
    {
        for (var digits = 0; digits < 4; digits++)
        {
            if (Math.Abs(bound - Math.Round(bound, digits)) < 1e-9) return digits;
        }

        return 4;
    }
}
