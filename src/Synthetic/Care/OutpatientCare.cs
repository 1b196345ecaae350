using Yunnao.Synthetic.Illness;
using Yunnao.Synthetic.Institutions;

namespace Yunnao.Synthetic.Care;

/// <summary>Outpatient and emergency visits.</summary>
internal sealed class OutpatientCare(Town town, LabCare labs, ExamCare exams, DrugCare drugs, DocumentCare documents)
{
    /// <summary>A visit for a disease; the patient is registered.</summary>
    public Visit See(Desk desk, Registration patient, Disease main, IReadOnlyList<Disease> others, DateTime time, DateTime onset, bool emergency, bool pregnant = false)
    {
        var dice = town.Dice;
        var department = desk.Institution.Department(patient.AgeOn(time) < 14 && main.Department is "03.01" or "03.02" or "16" ? "07" : emergency && !desk.Institution.Primary ? "20" : main.Department);
        var visit = new Visit
        {
            Desk = desk,
            Patient = patient,
            Class = emergency ? "02" : "01",
            Start = time,
            End = time.AddMinutes(dice.Between(20, 150)),
            Department = department,
            Doctor = dice.Pick(department.Doctors),
            Main = main,
            Others = others,
            Number = EncounterRecords.NextNumber(patient),
            Pregnant = pregnant,
        };
        desk.Open(patient);
        if (!emergency && dice.Chance(0.3)) Appointment(visit);
        using (desk.Begin("ADT^A04", time)) EncounterRecords.Register(visit, null, null, null);
        visit.Charge("02", "ZCF", "LOCAL", emergency ? "急诊诊察费" : "普通门诊诊察费", "次", 1, emergency ? 20 : desk.Institution.Primary ? 8 : 15, time);
        var results = Tests(visit, time.AddMinutes(6));
        Record(visit, onset, results);
        using (desk.Begin("ADT^A08", time.AddMinutes(10))) Diagnoses(visit, onset);
        if (main.Kind == DiseaseKind.Injury || dice.Chance(0.06)) Treatment(visit, time.AddMinutes(25));
        drugs.Prescribe(visit, drugs.Choose(visit, false), time.AddMinutes(15));
        EncounterRecords.Fees(visit, "outpatient.fee");
        EncounterRecords.Settle(visit, visit.End!.Value);
        if (dice.Chance(0.3)) Document(visit);
        return visit;
    }

    private void Appointment(Visit visit)
    {
        var dice = town.Dice;
        var row = visit.Row("outpatient.appointment")
            .Set("appointment_no", visit.Next("Y")).Set("dept_code", visit.Department.Code).Set("service_name", visit.Department.Name + "门诊")
            .Set("doctor_code", visit.Doctor.Code).Set("reason", visit.Main.Diagnosis.Name).Set("status", "fulfilled")
            .Set("register_way", dice.Pick(["1", "2", "4", "4", "5", "5", "6"])).Set("duration", 15).Set("created_time", visit.Start.AddHours(-dice.Between(2, 150)))
            .Set("end_time", visit.Start.AddMinutes(15)).Set("start_time", visit.Start);
        using (visit.Desk.Begin("SIU^S12", visit.Start)) visit.Send(row);
    }

    /// <summary>Orders part of the disease's panels and examinations; returns what they showed, in words.</summary>
    private string Tests(Visit visit, DateTime time)
    {
        var dice = town.Dice;
        var results = "";
        var lasting = visit.Main.Kind == DiseaseKind.Chronic;
        foreach (var panel in visit.Main.Panels)
        {
            if (panel.Items.Length > 0 && dice.Chance(visit.IsEmergency ? 0.8 : lasting ? 0.22 : 0.42)) labs.Order(visit, panel, time);
        }

        foreach (var exam in visit.Main.Exams)
        {
            if (exam.Modality != "XA" && dice.Chance(visit.IsEmergency ? 0.7 : lasting ? 0.1 : 0.35)) results += exams.Order(visit, exam, time) + "。";
        }

        return results;
    }

    private void Record(Visit visit, DateTime onset, string results)
    {
        var vital = Vitals.Draw(town.Dice, visit);
        var row = visit.Row("outpatient.visit")
            .Set("visit_no", "M" + visit.Number).Set("dept_code", visit.Department.Code).Set("dept_name", visit.Department.Name)
            .Set("doctor_code", visit.Doctor.Code).Set("doctor_name", visit.Doctor.Name).Set("first_visit", visit.Patient.Encounters <= 1 ? "1" : "2")
            .Set("emergency_flag", visit.IsEmergency).Set("age_years", visit.Patient.AgeOn(visit.Start))
            .Set("chief_complaint", Words.Complaint(town.Dice, visit, onset)).Set("present_illness", Words.PresentIllness(visit))
            .Set("past_history", Words.PastHistory(visit)).Set("allergy_flag", Words.IsAllergic(visit.Person)).Set("allergy_history", Words.Allergies(visit.Person))
            .Set("physical_exam", visit.Main.Signs).Set("ancillary_result", results).Set("main_diagnosis_code", visit.Main.Diagnosis.Code)
            .Set("main_diagnosis_name", visit.Main.Diagnosis.Name).Set("plan", visit.Main.Advice).Set("onset_time", onset < visit.Start ? onset : null)
            .Set("visit_time", visit.Start);
        if (visit.IsEmergency) row.Set("triage_level", town.Dice.Pick(["2", "3", "3", "3", "4"]));
        vital.Write(row, "temperature", "pulse", "respiration", "systolic", "diastolic");
        visit.Send(row);
        if (town.Dice.Chance(0.25)) vital.Send(visit, visit.IsEmergency ? "2" : "1", visit.Start);
    }

    private static void Diagnoses(Visit visit, DateTime onset)
    {
        var number = visit.Next("G");
        var rank = 0;
        foreach (var disease in visit.Diseases)
        {
            var main = rank == 0;
            var row = visit.Row("outpatient.diagnosis")
                .Set("diagnosis_no", number).Set("rank", ++rank).Set("diagnosis_type", "01").Set("diagnosis_code", disease.Diagnosis.Code)
                .Set("code_system", "ICD10").Set("diagnosis_name", disease.Diagnosis.Name).Set("main_flag", main).Set("suspected_flag", false)
                .Set("chronic_flag", disease.Kind == DiseaseKind.Chronic).Set("dept_code", visit.Department.Code).Set("doctor_code", visit.Doctor.Code)
                .Set("onset_time", main && onset < visit.Start ? onset : null).Set("diagnosis_time", visit.Start.AddMinutes(10));
            visit.Send(row);
        }
    }

    private void Treatment(Visit visit, DateTime time)
    {
        var (code, name, price) = town.Dice.Pick<(string, string, double)>([("HY01", "清创缝合", 120), ("HY02", "换药", 25), ("HY03", "雾化吸入", 18), ("HY04", "针灸治疗", 45), ("HY05", "肌肉注射", 6)]);
        var row = visit.Row("outpatient.order")
            .Set("order_no", visit.Next("O")).Set("item_no", 1).Set("order_type", "05").Set("item_code", code).Set("code_system", "LOCAL").Set("item_name", name)
            .Set("quantity", 1).Set("unit", "次").Set("status", "4").Set("dept_code", visit.Department.Code).Set("exec_dept_code", visit.Department.Code)
            .Set("doctor_code", visit.Doctor.Code).Set("executed_time", time.AddMinutes(15)).Set("order_time", time);
        visit.Send(row);
        visit.Charge("05", code, "LOCAL", name, "次", 1, price, time);
    }

    private void Document(Visit visit) => documents.Begin()
        .Section("10154-3", "主诉", Words.Complaint(town.Dice, visit, visit.Start.AddDays(-3)))
        .Section("10164-2", "现病史", DocumentCare.Identity(visit) + Words.PresentIllness(visit))
        .Section("11348-0", "既往史", Words.PastHistory(visit))
        .Section("29545-1", "体格检查", visit.Main.Signs)
        .Section("29548-5", "诊断", string.Join(";", visit.Diseases.Select(d => d.Diagnosis.Name)))
        .Section("18776-5", "处理", visit.Main.Advice)
        .End(visit, "C0002", visit.End!.Value, town.Dice.Chance(0.3));
}
