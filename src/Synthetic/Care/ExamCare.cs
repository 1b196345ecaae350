using Yunnao.Synthetic.Catalogue;

namespace Yunnao.Synthetic.Care;

/// <summary>Imaging, endoscopy, electrocardiograms.</summary>
internal sealed class ExamCare(Town town)
{
    /// <summary>Root of the study numbers: an arc for UUID-derived and made-up identifiers.</summary>
    private const string UidRoot = "2.25.";

    /// <summary>Orders an examination and reports it; returns the impression.</summary>
    public string Order(Visit visit, Exam exam, DateTime ordered)
    {
        var dice = town.Dice;
        var examined = ordered.AddMinutes(visit.IsEmergency ? dice.Between(10, 60) : dice.Between(30, 60 * 8));
        var reported = examined.AddMinutes(dice.Between(20, 240));
        var (request, report) = (visit.Next("S"), visit.Next("J"));
        var abnormal = Find(visit, exam, out var findings, out var impression);
        LabCare.Request(visit, request, exam.Code, "EXAM", exam.Name, "检查", null, ordered);
        var study = exam.HasStudy ? Uid(visit, exam) : null;
        var images = exam.Modality switch { "CT" => dice.Between(120, 600), "MR" => dice.Between(150, 500), "XA" => dice.Between(200, 900), "US" => dice.Between(6, 20), _ => dice.Between(1, 4) };
        using (visit.Desk.Begin("ORU^R01", reported))
        {
            var imaging = visit.Desk.Institution.Imaging;
            var row = visit.Row("exam.report")
                .Set("report_no", report).Set("item_no", 1).Set("request_no", request).Set("modality", exam.Modality).Set("exam_code", exam.Code)
                .Set("code_system", "EXAM").Set("exam_name", exam.Name).Set("body_part", exam.BodyPart).Set("body_part_text", exam.Site)
                .Set("contrast_flag", exam.Name.Contains("增强", StringComparison.Ordinal) || exam.Modality == "XA").Set("device_code", $"{exam.Modality}0{dice.Between(1, 3)}")
                .Set("study_uid", study).Set("series_uid", study is null ? null : study + ".1")
                .Set("findings", findings).Set("impression", impression).Set("result_flag", abnormal ? "2" : "1").Set("critical_flag", false)
                .Set("diagnosis_code", visit.Main.Diagnosis.Code).Set("dept_code", visit.Department.Code).Set("doctor_code", visit.Doctor.Code)
                .Set("reporter_code", dice.Pick(imaging.Doctors).Code).Set("reviewer_code", imaging.Doctors[0].Code).Set("status", "3")
                .Set("exam_time", examined).Set("report_time", reported);
            if (study is not null) row.Set("image_count", images);
            if (exam.Modality == "CT") row.Set("dose", dice.Between(180, 900.0));
            visit.Send(row);
        }

        if (study is not null) Series(visit, exam, study, report, images, examined);
        if (exam.Modality == "ECG") Cardiogram(visit, report, findings, impression, abnormal, examined);
        visit.Charge("03", exam.Code, "EXAM", exam.Name, "次", 1, exam.Price, ordered);
        return impression;
    }

    private static bool Find(Visit visit, Exam exam, out string findings, out string impression)
    {
        foreach (var disease in visit.Diseases)
        {
            if (exam.TryFind(disease.Id, out findings, out impression)) return true;
        }

        (findings, impression) = (exam.Findings, exam.Impression);
        return false;
    }

    private static string Uid(Visit visit, Exam exam)
    {
        var hash = Chance.Dice.Mix((ulong)visit.Person.Number * 1000 + (ulong)visit.Desk.Institution.Index);
        foreach (var c in visit.Number) hash = Chance.Dice.Mix(hash ^ c);
        foreach (var c in exam.Code) hash = Chance.Dice.Mix(hash ^ c);
        return UidRoot + hash;
    }

    private void Series(Visit visit, Exam exam, string study, string report, int images, DateTime examined)
    {
        var series = exam.Modality is "CT" or "MR" ? town.Dice.Between(2, 5) : 1;
        for (var number = 1; number <= series; number++)
        {
            var row = visit.Row("exam.series")
                .Set("study_uid", study).Set("series_uid", $"{study}.{number}").Set("series_no", number).Set("modality", exam.Modality)
                .Set("description", exam.Name).Set("body_part_text", exam.Site).Set("instance_count", Math.Max(1, images / series)).Set("report_no", report)
                .Set("first_instance_uid", $"{study}.{number}.1").Set("series_time", examined.AddMinutes(number));
            visit.Send(row);
        }
    }

    private void Cardiogram(Visit visit, string report, string findings, string impression, bool abnormal, DateTime recorded)
    {
        var dice = town.Dice;
        var fibrillates = impression.Contains("房颤", StringComparison.Ordinal) || impression.Contains("心房颤动", StringComparison.Ordinal);
        var rate = fibrillates ? dice.Between(78, 145) : abnormal ? dice.Between(60, 115) : dice.Between(60, 96);
        var qt = (int)(400 - (rate - 60) * 1.6 + dice.Normal(0, 12));
        var qtc = (int)(qt / Math.Sqrt(60.0 / rate));
        var row = visit.Row("exam.ecg")
            .Set("ecg_no", visit.Next("E")).Set("report_no", report).Set("lead_count", 12).Set("sampling_rate", 500).Set("duration", 10.0)
            .Set("heart_rate", rate).Set("qrs_duration", dice.Between(82, 108)).Set("qt_interval", qt)
            .Set("qtc_interval", qtc).Set("qrs_axis", dice.Between(-20, 90)).Set("t_axis", dice.Between(0, 80)).Set("rv5", dice.Between(0.8, 2.4))
            .Set("sv1", dice.Between(0.3, 1.6)).Set("rhythm", fibrillates ? "05" : rate > 100 ? "02" : "01").Set("findings", findings).Set("impression", impression)
            .Set("critical_flag", false).Set("doctor_code", visit.Desk.Institution.Imaging.Doctors[0].Code).Set("device_code", "ECG01").Set("recorded_time", recorded);
        if (!fibrillates) row.Set("pr_interval", dice.Between(124, 196)).Set("p_axis", dice.Between(20, 75));
        visit.Send(row);
    }
}
