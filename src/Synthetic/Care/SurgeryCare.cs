using Yunnao.Synthetic.Catalogue;
using Yunnao.Synthetic.Institutions;

namespace Yunnao.Synthetic.Care;

/// <summary>An operation with its anaesthesia.</summary>
internal sealed class SurgeryCare(Town town)
{
    public void Operate(Stay stay, Operation operation)
    {
        var (visit, dice) = (stay.Visit, town.Dice);
        var wait = stay.Emergency && visit.Main.Id is "appendicitis" or "ectopic" or "ich" or "mi" or "caesarean" ? dice.Between(2, 8) : 20 + dice.Between(0, Math.Max(0, (stay.Days - 2) * 12));
        var start = visit.Start.AddHours(wait);
        var minutes = (int)(operation.Minutes * Math.Exp(dice.Normal(0, 0.25, 2)));
        var end = start.AddMinutes(minutes);
        if (end.AddHours(2) > stay.End) return;
        stay.OperationTime = start;
        stay.OperationRecord = visit.Next("X");
        var asa = visit.Patient.AgeOn(start) > 75 ? "3" : visit.Person.Conditions.Count > 0 ? "2" : "1";
        var team = new Team(visit.Doctor, Other(visit.Department, visit.Doctor, 1), Other(visit.Department, visit.Doctor, 2), dice.Pick(visit.Desk.Institution.Department("26").Doctors));
        Record(stay, operation, start, end, asa, team);
        Anaesthesia(stay, operation, start, end, asa, team.Anaesthetist);
        visit.Charge("06", operation.Code, "ICD9CM3", operation.Name, "次", 1, 600 * int.Parse(operation.Level) + operation.Minutes * 6, start);
        visit.Charge("13", "MZ01", "LOCAL", operation.General ? "全身麻醉" : "椎管内或局部麻醉", "次", 1, operation.General ? 860 : 320, start);
        visit.Charge("12", "SC01", "LOCAL", operation.Implant.Length > 0 ? operation.Implant : "手术用一次性材料", "套", 1, operation.Implant.Length > 0 ? 6800 : 420, start);
    }

    private static Doctor Other(Department department, Doctor chief, int step) =>
        department.Doctors[(Array.IndexOf(department.Doctors, chief) + step) % department.Doctors.Length];

    private void Record(Stay stay, Operation operation, DateTime start, DateTime end, string asa, Team team)
    {
        var (visit, dice) = (stay.Visit, town.Dice);
        var loss = (int)(operation.BloodLoss * Math.Exp(dice.Normal(0, 0.4, 2)));
        var row = visit.Row("surgery.record")
            .Set("record_no", stay.OperationRecord).Set("inpatient_no", stay.InpatientNumber).Set("dept_code", visit.Department.Code)
            .Set("operating_room", $"{dice.Between(1, 12)}号手术间").Set("urgency", stay.Emergency ? "2" : visit.Main.Kind == Illness.DiseaseKind.Cancer ? "3" : "1")
            .Set("preop_diagnosis_code", visit.Main.Diagnosis.Code).Set("preop_diagnosis_name", visit.Main.Diagnosis.Name)
            .Set("postop_diagnosis_code", visit.Main.Diagnosis.Code).Set("postop_diagnosis_name", visit.Main.Diagnosis.Name)
            .Set("operation_code", operation.Code).Set("code_system", "ICD9CM3").Set("operation_name", operation.Name).Set("operation_level", operation.Level)
            .Set("target_site", operation.Site).Set("indication", visit.Main.Diagnosis.Name).Set("position", operation.Position).Set("incision_class", operation.Incision)
            .Set("course", operation.Course + "。").Set("anaesthesia_method", operation.Anaesthesia).Set("asa_class", asa).Set("blood_loss", loss)
            .Set("infusion_volume", dice.Between(5, 25) * 100).Set("drain_flag", operation.HasWound && dice.Chance(0.4)).Set("implant_name", operation.Implant)
            .Set("pathology_flag", visit.Main.Kind == Illness.DiseaseKind.Cancer).Set("robotic_flag", false).Set("surgeon_code", team.Surgeon.Code)
            .Set("surgeon_name", team.Surgeon.Name).Set("assistant1_code", team.First.Code).Set("assistant2_code", team.Second.Code)
            .Set("anaesthetist_code", team.Anaesthetist.Code).Set("scrub_nurse_code", dice.Pick(visit.Desk.Institution.Nursing.Doctors).Code)
            .Set("end_time", end).Set("start_time", start);
        if (loss > 400) row.Set("transfusion_volume", 400);
        visit.Send(row);
        using (visit.Desk.Begin("ADT^A08", end))
        {
            row = visit.Row("surgery.operation")
                .Set("record_no", stay.OperationRecord).Set("operation_no", 1).Set("operation_code", operation.Code).Set("code_system", "ICD9CM3")
                .Set("operation_name", operation.Name).Set("main_flag", true).Set("operation_level", operation.Level).Set("incision_class", operation.Incision)
                .Set("healing_grade", operation.HasWound ? "1" : null).Set("anaesthesia_method", operation.Anaesthesia).Set("site", operation.Site)
                .Set("reason", visit.Main.Diagnosis.Name).Set("status", "completed").Set("surgeon_code", team.Surgeon.Code).Set("surgeon_name", team.Surgeon.Name)
                .Set("end_time", end).Set("operation_time", start);
            visit.Send(row);
        }
    }

    private void Anaesthesia(Stay stay, Operation operation, DateTime start, DateTime end, string asa, Doctor anaesthetist)
    {
        var (visit, dice) = (stay.Visit, town.Dice);
        var record = visit.Next("N");
        var (begin, over) = (start.AddMinutes(-dice.Between(12, 35)), end.AddMinutes(dice.Between(5, 20)));
        Visit(stay, operation, record, "1", asa, anaesthetist, Later(begin.AddHours(-dice.Between(2, 14)), visit.Start));
        var row = visit.Row("anaesthesia.record")
            .Set("record_no", record).Set("operation_record_no", stay.OperationRecord).Set("asa_class", asa).Set("method", operation.Anaesthesia)
            .Set("operation_code", operation.Code).Set("operation_name", operation.Name).Set("position", operation.Position)
            .Set("premedication", "阿托品0.5mg").Set("drug_name", operation.General ? "丙泊酚、芬太尼、罗库溴铵" : "罗哌卡因").Set("drug_dose", operation.General ? 150.0 : 15.0)
            .Set("drug_dose_unit", "mg").Set("airway", operation.General ? "经口气管插管" : null).Set("monitored_items", "ECG、NIBP、SpO2、EtCO2")
            .Set("description", "麻醉过程平稳,生命体征稳定。").Set("complication_flag", false).Set("effect", "满意").Set("blood_loss", operation.BloodLoss)
            .Set("urine_output", dice.Between(1, 9) * 100).Set("infusion_volume", dice.Between(5, 25) * 100).Set("abo_blood", visit.Person.Social.Blood)
            .Set("rh_blood", visit.Person.Social.RhFactor).Set("weight", Math.Round(visit.Person.Weight, 1)).Set("steward_score", operation.General ? dice.Between(4, 6) : 6)
            .Set("aldrete_score", dice.Between(8, 10)).Set("destination", operation.General ? "2" : "1").Set("anaesthetist_code", anaesthetist.Code)
            .Set("operation_start", start).Set("operation_end", end).Set("end_time", over).Set("start_time", begin);
        visit.Send(row);
        Monitor(stay, operation, record, begin, over);
        Visit(stay, operation, record, "2", asa, anaesthetist, Earlier(over.AddHours(dice.Between(6, 30)), stay.End));
    }

    private static DateTime Later(DateTime a, DateTime b) => a > b ? a : b;

    private static DateTime Earlier(DateTime a, DateTime b) => a < b ? a : b;

    private void Visit(Stay stay, Operation operation, string record, string type, string asa, Doctor anaesthetist, DateTime time)
    {
        var (visit, dice) = (stay.Visit, town.Dice);
        var row = visit.Row("anaesthesia.visit")
            .Set("visit_no", visit.Next("N")).Set("record_no", record).Set("visit_type", type).Set("asa_class", asa)
            .Set("planned_method", operation.Anaesthesia).Set("planned_operation_code", operation.Code).Set("planned_operation_name", operation.Name)
            .Set("doctor_code", anaesthetist.Code).Set("visit_time", time);
        if (type == "1")
        {
            row.Set("mallampati", $"{dice.Between(1, 3)}").Set("nyha_class", asa == "3" ? "2" : "1").Set("fasting_hours", dice.Between(6, 12)).Set("past_history", Words.PastHistory(visit))
                .Set("allergy_history", Words.Allergies(visit.Person)).Set("physical_exam", visit.Main.Signs).Set("orders", "术前禁食禁饮");
        }
        else
        {
            row.Set("recovery", "神志清,生命体征平稳").Set("complication_flag", false).Set("nausea_flag", dice.Chance(0.18)).Set("pain_score", dice.Below(5));
        }

        visit.Send(row);
    }

    /// <summary>Every five minutes of the first hour, every ten thereafter.</summary>
    private void Monitor(Stay stay, Operation operation, string record, DateTime begin, DateTime over)
    {
        var (visit, dice) = (stay.Visit, town.Dice);
        var basis = Vitals.Draw(dice, visit, 1);
        var number = 0;
        for (var time = begin; time < over; time = time.AddMinutes(time < begin.AddHours(1) ? 5 : 10))
        {
            var systolic = Math.Clamp(basis.Systolic - 12 + dice.Between(-12, 12), 70, 200);
            var diastolic = Math.Clamp(basis.Diastolic - 8 + dice.Between(-8, 8), 40, Math.Max(41, systolic - 15));
            var pulse = Math.Clamp(basis.Pulse - 6 + dice.Between(-8, 8), 45, 150);
            var row = visit.Desk.Row("anaesthesia.vital")
                .Set("record_no", record).Set("item_no", ++number).Set("heart_rate", pulse).Set("pulse", pulse).Set("systolic", systolic).Set("diastolic", diastolic)
                .Set("mean_pressure", diastolic + (systolic - diastolic) / 3).Set("respiration", dice.Between(12, 16)).Set("spo2", (double)dice.Between(97, 100))
                .Set("temperature", Math.Round(dice.Between(36.0, 36.8), 1)).Set("event", number == 1 ? "麻醉开始" : null).Set("measured_time", time);
            if (operation.General) row.Set("etco2", dice.Between(32.0, 42.0)).Set("bis", dice.Between(40, 60)).Set("mac", dice.Between(0.7, 1.1));
            visit.Send(row);
        }
    }

    private sealed record Team(Doctor Surgeon, Doctor First, Doctor Second, Doctor Anaesthetist);
}
