using Yunnao.Synthetic.Illness;

namespace Yunnao.Synthetic.Care;

/// <summary>Admission record, diagnoses and discharge summary of a stay.</summary>
internal static class WardRecords
{
    public static void Admission(Town town, Stay stay)
    {
        var visit = stay.Visit;
        var vital = Vitals.Draw(town.Dice, visit);
        var age = visit.Patient.AgeOn(visit.Start);
        var row = visit.Row("inpatient.admission")
            .Set("inpatient_no", stay.InpatientNumber).Set("admission_count", visit.Patient.Admissions).Set("admission_way", stay.AdmissionWay)
            .Set("dept_code", visit.Department.Code).Set("dept_name", visit.Department.Name).Set("ward_name", visit.Department.Name + "病区").Set("bed_no", stay.Bed)
            .Set("doctor_code", visit.Doctor.Code).Set("doctor_name", visit.Doctor.Name).Set("age_years", age)
            .Set("narrator", age < 14 ? "家长" : "本人").Set("narrator_relation", age < 14 ? "50" : "01").Set("reliable_flag", true)
            .Set("chief_complaint", Words.Complaint(town.Dice, visit, stay.Onset)).Set("present_illness", Words.PresentIllness(visit))
            .Set("past_history", Words.PastHistory(visit)).Set("infectious_history", "否认肝炎、结核等传染病史。").Set("allergy_history", Words.Allergies(visit.Person))
            .Set("transfusion_history", "否认输血史。").Set("surgery_history", "否认重大手术外伤史。").Set("vaccination_history", "预防接种随当地进行。")
            .Set("personal_history", "生于原籍,无疫区居住史。").Set("family_history", "否认家族遗传病史。")
            .Set("height", Math.Round(visit.Person.Height, 1)).Set("weight", Math.Round(visit.Person.Weight, 1)).Set("general_exam", "发育正常,营养中等,神志清楚,查体合作。")
            .Set("physical_exam", visit.Main.Signs).Set("initial_diagnosis_code", visit.Main.Diagnosis.Code).Set("initial_diagnosis_name", visit.Main.Diagnosis.Name)
            .Set("condition_class", stay.Died || visit.Main.Id is "mi" or "ich" ? "1" : stay.Emergency ? "2" : "3").Set("admission_time", visit.Start);
        if (age >= 20) row.Set("marital_history", visit.Person.Social.Marital == "10" ? "未婚未育。" : "适龄结婚,配偶及子女体健。");
        if (visit.Person.Female && age is >= 13 and <= 80) row.Set("menstrual_history", age > 52 ? "已绝经。" : "月经规律。");
        vital.Write(row, "temperature", "pulse", "respiration", "systolic", "diastolic");
        visit.Send(row);
    }

    /// <summary>Initial and discharge diagnoses.</summary>
    public static void Diagnoses(Stay stay)
    {
        var visit = stay.Visit;
        Diagnosis(stay, visit.Next("G"), 1, "02", visit.Main, visit.Start.AddHours(2), true);
        var rank = 0;
        foreach (var disease in visit.Diseases) Diagnosis(stay, visit.Next("G"), ++rank, stay.Died ? "11" : "04", disease, stay.End, rank == 1);
    }

    public static void Discharge(Stay stay)
    {
        var visit = stay.Visit;
        var row = visit.Row("inpatient.discharge")
            .Set("inpatient_no", stay.InpatientNumber).Set("admission_time", visit.Start).Set("stay_days", stay.Days).Set("dept_code", visit.Department.Code)
            .Set("dept_name", visit.Department.Name).Set("admission_state", visit.Main.Signs + "。")
            .Set("admission_diagnosis_code", visit.Main.Diagnosis.Code).Set("admission_diagnosis_name", visit.Main.Diagnosis.Name)
            .Set("discharge_diagnosis_code", visit.Main.Diagnosis.Code).Set("discharge_diagnosis_name", visit.Main.Diagnosis.Name)
            .Set("positive_findings", string.Join(";", stay.Findings)).Set("course", stay.Course()).Set("outcome", stay.Outcome)
            .Set("discharge_state", stay.Died ? "死亡" : "一般情况可,生命体征平稳。").Set("discharge_orders", stay.Died ? null : visit.Main.Advice)
            .Set("discharge_way", stay.DischargeWay).Set("follow_up", stay.Died ? null : "出院两周后专科门诊随诊").Set("doctor_code", visit.Doctor.Code)
            .Set("doctor_name", visit.Doctor.Name).Set("discharge_time", stay.End);
        if (stay.Performed is { } operation) row.Set("operation_code", operation.Code).Set("operation_name", operation.Name);
        visit.Send(row);
    }

    private static void Diagnosis(Stay stay, string number, int rank, string type, Disease disease, DateTime time, bool main)
    {
        var visit = stay.Visit;
        var row = visit.Row("inpatient.diagnosis")
            .Set("inpatient_no", stay.InpatientNumber).Set("diagnosis_no", number).Set("rank", rank).Set("diagnosis_type", type)
            .Set("diagnosis_code", disease.Diagnosis.Code).Set("code_system", "ICD10").Set("diagnosis_name", disease.Diagnosis.Name).Set("main_flag", main)
            .Set("admission_state", "1").Set("outcome", type == "02" ? null : stay.Outcome).Set("basis", visit.Main.Signs).Set("doctor_code", visit.Doctor.Code)
            .Set("diagnosis_time", time);
        visit.Send(row);
    }
}
