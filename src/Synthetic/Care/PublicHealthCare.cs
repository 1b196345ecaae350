using Yunnao.Synthetic.Catalogue;
using Yunnao.Synthetic.Illness;
using Yunnao.Synthetic.Institutions;
using Yunnao.Synthetic.People;

namespace Yunnao.Synthetic.Care;

/// <summary>Follow-up of chronic diseases, health checks, children's checks, vaccinations.</summary>
internal sealed class PublicHealthCare(Town town)
{
    private static readonly Dictionary<string, string> Chronic = new()
    {
        ["hypertension"] = "01", ["diabetes"] = "02", ["chd"] = "03", ["stroke_sequelae"] = "04", ["copd"] = "05", ["ckd"] = "09",
    };

    public static bool IsFollowed(Disease disease) => disease.Id is "hypertension" or "diabetes";

    /// <summary>Opens a contact of public health: an encounter of its own class.</summary>
    public Visit Open(Desk desk, Registration patient, Disease reason, string department, DateTime time)
    {
        var where = desk.Institution.Department(department);
        var visit = new Visit
        {
            Desk = desk,
            Patient = patient,
            Class = reason.Id == "checkup" ? "04" : "06",
            Start = time,
            End = time.AddMinutes(25),
            Department = where,
            Doctor = town.Dice.Pick(where.Doctors),
            Main = reason,
            Others = [],
            Number = EncounterRecords.NextNumber(patient),
        };
        desk.Open(patient);
        using (desk.Begin("ADT^A04", time)) EncounterRecords.Register(visit, null, null, null);
        return visit;
    }

    public void FollowUp(Visit visit, Disease disease)
    {
        var (dice, person) = (town.Dice, visit.Person);
        var vital = Vitals.Draw(dice, visit);
        var diabetic = disease.Id == "diabetes";
        var glucose = Math.Round(diabetic ? dice.Normal(8.0, 1.8, 2.2) : dice.Normal(5.4, 0.5, 2), 2);
        var controlled = diabetic ? glucose < 7 : vital.Systolic < 140 && vital.Diastolic < 90;
        var referred = !controlled && dice.Chance(0.1);
        var row = visit.Row("public_health.chronic_followup")
            .Set("followup_no", visit.Next("K")).Set("disease", Chronic[disease.Id]).Set("followup_way", dice.Pick(["1", "1", "2", "3"]))
            .Set("symptoms", controlled ? "无症状" : diabetic ? "多饮、多尿" : "头晕、头痛").Set("systolic", vital.Systolic).Set("diastolic", vital.Diastolic)
            .Set("heart_rate", vital.Pulse).Set("weight", Math.Round(person.Weight, 1)).Set("height", Math.Round(person.Height, 1)).Set("bmi", Bmi(person))
            .Set("cigarettes_per_day", person.Female ? 0 : dice.Pick([0, 0, 5, 10, 20])).Set("alcohol_per_day", person.Female ? 0.0 : dice.Pick([0.0, 0, 25, 50]))
            .Set("exercise_per_week", dice.Below(8)).Set("salt", dice.Pick(["1", "2", "2", "3"])).Set("compliance", dice.Pick(["1", "1", "1", "2", "3"])).Set("adr_flag", false)
            .Set("followup_class", controlled ? "1" : "2").Set("drug_1", DrugCare.Usual(visit, disease).Name)
            .Set("referral_flag", referred).Set("referral_reason", referred ? "血压或血糖控制不满意" : null)
            .Set("next_date", visit.Start.Date.AddDays(controlled ? 90 : 14)).Set("doctor_code", visit.Doctor.Code).Set("followup_time", visit.Start);
        if (diabetic) row.Set("foot_pulse", "1").Set("fasting_glucose", glucose).Set("hba1c", Math.Round(Math.Clamp(glucose * 0.62 + 2, 4.5, 14), 1)).Set("hypoglycaemia", "1");
        visit.Send(row);
    }

    public void CheckUp(Visit visit)
    {
        var (dice, person) = (town.Dice, visit.Person);
        var vital = Vitals.Draw(dice, visit);
        var diabetic = person.Has("diabetes");
        var glucose = Math.Round(diabetic ? dice.Normal(7.8, 1.6, 2) : dice.Normal(5.3, 0.5, 2), 2);
        var abnormal = person.Conditions.Count > 0;
        var (ldl, hdl, triglyceride) = (Math.Round(dice.Normal(2.9, 0.5, 2), 2), Math.Round(dice.Normal(1.35, 0.2, 2), 2), Math.Round(dice.Normal(1.5, 0.45, 2), 2));
        var row = visit.Row("public_health.exam")
            .Set("exam_no", visit.Next("H")).Set("age_years", visit.Patient.AgeOn(visit.Start)).Set("symptoms", "无症状").Set("height", Math.Round(person.Height, 1))
            .Set("weight", Math.Round(person.Weight, 1)).Set("waist", Math.Round(58 + person.BodyMassIndex * 1.1, 1)).Set("bmi", Bmi(person))
            .Set("exercise_frequency", dice.Pick(["1", "2", "3"])).Set("smoking_status", person.Female ? "1" : dice.Pick(["1", "2", "3"]))
            .Set("drinking_frequency", dice.Pick(["1", "1", "2"])).Set("self_care", visit.Patient.AgeOn(visit.Start) > 84 ? "2" : "1").Set("cognition", "0").Set("depression_screen", "0")
            .Set("haemoglobin", Math.Round(dice.Normal(person.Female ? 128 : 146, 10, 2), 1)).Set("wbc", Math.Round(dice.Normal(6.2, 1.2, 2), 2))
            .Set("platelet", (int)dice.Normal(215, 45, 2)).Set("fasting_glucose", glucose).Set("alt", Math.Round(dice.Normal(22, 7, 2), 1))
            .Set("creatinine", Math.Round(dice.Normal(person.Female ? 62 : 78, 9, 2), 1)).Set("urea", Math.Round(dice.Normal(5.6, 1, 2), 2))
            .Set("cholesterol", Math.Round(ldl + hdl + triglyceride * 0.45, 2)).Set("triglyceride", triglyceride).Set("ldl", ldl).Set("hdl", hdl).Set("urine_protein", "0")
            .Set("urine_glucose", diabetic && dice.Chance(0.3) ? "2" : "0").Set("ecg_abnormal", person.Has("chd")).Set("ultrasound_abnormal", person.Has("fatty_liver"))
            .Set("conclusion", abnormal ? "体检有异常:" + string.Join("、", person.Conditions.Select(c => c.Disease.Diagnosis.Name)) : "体检无异常").Set("abnormal_flag", abnormal)
            .Set("advice", "合理膳食,适量运动,定期随访").Set("doctor_code", visit.Doctor.Code).Set("exam_time", visit.Start);
        vital.Write(row, "temperature", "pulse", "respiration", "systolic", "diastolic");
        visit.Send(row);
        Survey(visit, 1, "smoking", "吸烟情况", person.Female ? "从不吸烟" : "吸烟");
        Survey(visit, 2, "exercise", "体育锻炼", "每周一次以上");
    }

    public void CheckChild(Visit visit)
    {
        var (dice, months) = (town.Dice, visit.Patient.MonthsOn(visit.Start));
        var boy = visit.Person.Female ? 0 : 1;
        var height = 50 + 25 * (1 - Math.Exp(-months / 7.0)) + months * 0.62 + boy + dice.Normal(0, 2, 2);
        var weight = 3.3 + 6.4 * (1 - Math.Exp(-months / 6.0)) + months * 0.17 + boy * 0.4 + dice.Normal(0, 0.7, 2);
        var row = visit.Row("public_health.child_visit")
            .Set("visit_no", visit.Next("K")).Set("age_months", (double)months).Set("weight", Math.Round(weight, 2)).Set("weight_grade", dice.Pick(["2", "3", "3", "3", "4"]))
            .Set("height", Math.Round(height, 1)).Set("height_grade", dice.Pick(["2", "3", "3", "3", "4"])).Set("fontanelle", months < 16 ? "2" : "1").Set("hearing", "1")
            .Set("teeth", Math.Clamp((months - 5) * 4 / 5, 0, 20)).Set("development", dice.Chance(0.97) ? "1" : "3").Set("illness_since_last", dice.Pick(["无", "无", "感冒", "腹泻"]))
            .Set("referral_flag", false).Set("advice", "合理喂养,预防意外伤害").Set("next_date", visit.Start.Date.AddDays(months < 12 ? 90 : 180)).Set("doctor_code", visit.Doctor.Code)
            .Set("visit_time", visit.Start);
        if (months < 36) row.Set("head_circumference", Math.Round(Math.Min(51, 34 + 11.5 * (1 - Math.Exp(-months / 7.0)) + months * 0.06) + dice.Normal(0, 0.8, 2), 1));
        if (months < 8) row.Set("feeding", dice.Pick(["1", "1", "2", "3"]));
        if (months is < 24) row.Set("vitamin_d", 400);
        if (months >= 6 && months % 12 == 0) row.Set("haemoglobin", Math.Round(dice.Normal(122, 8, 2), 1));
        if (months >= 48) row.Set("vision_left", Math.Round(dice.Between(4.7, 5.1), 1)).Set("vision_right", Math.Round(dice.Between(4.7, 5.1), 1)).Set("caries", dice.Pick([0, 0, 0, 1, 2]));
        visit.Send(row);
    }

    public void Vaccinate(Visit visit, Vaccine vaccine, int dose)
    {
        var (dice, time) = (town.Dice, visit.Start.AddMinutes(10));
        var row = visit.Row("public_health.immunization")
            .Set("vaccination_no", visit.Next("I")).Set("item_no", 1).Set("vaccine_code", vaccine.Code).Set("code_system", "VACCINE").Set("vaccine_name", vaccine.Name)
            .Set("dose_no", dose).Set("dose_amount", vaccine.Code is "BCG" ? 0.1 : 0.5).Set("lot_no", $"{time:yyyy}{dice.Between(100, 999)}").Set("expiry_date", time.Date.AddMonths(dice.Between(4, 20)))
            .Set("site", vaccine.Site).Set("route", vaccine.Route).Set("free_flag", vaccine.Programme).Set("status", "completed").Set("reaction_flag", dice.Chance(0.004))
            .Set("nurse_code", dice.Pick(visit.Desk.Institution.Nursing.Doctors).Code).Set("vaccinated_time", time);
        visit.Send(row);
    }

    /// <summary>An aim of treatment and the plan towards it, for people under follow-up.</summary>
    public static void Plan(Visit visit, Disease disease)
    {
        visit.Send(visit.Desk.Row("encounter.care_goal")
            .Set("goal_no", visit.Next("U")).Set("description", disease.Id == "diabetes" ? "空腹血糖控制在7.0mmol/L以下" : "血压控制在140/90mmHg以下").Set("lifecycle_status", "active")
            .Set("achievement_status", "in-progress").Set("target_condition", disease.Diagnosis.Code).Set("due_date", visit.Start.Date.AddYears(1)).Set("start_time", visit.Start));
        var number = visit.Next("U");
        var activities = new[] { "低盐低脂饮食", "每周运动150分钟", "每季度随访一次" };
        for (var i = 0; i < activities.Length; i++)
        {
            visit.Send(visit.Row("encounter.care_plan")
                .Set("plan_no", number).Set("activity_no", i + 1).Set("plan_name", disease.Diagnosis.Name + "健康管理").Set("plan_status", "active").Set("intent", "plan")
                .Set("activity_name", activities[i]).Set("activity_status", "scheduled").Set("target_condition", disease.Diagnosis.Code).Set("doctor_code", visit.Doctor.Code)
                .Set("start_time", visit.Start));
        }
    }

    private static double Bmi(Person person) => Math.Round(Math.Round(person.Weight, 1) / Math.Pow(Math.Round(person.Height, 1) / 100, 2), 1);

    private static void Survey(Visit visit, int item, string code, string name, string answer) => visit.Send(visit.Row("public_health.observation")
        .Set("observation_no", "W" + visit.Number).Set("item_no", item).Set("category", "survey").Set("observation_code", code).Set("code_system", "LOCAL")
        .Set("observation_name", name).Set("value_text", answer).Set("status", "3").Set("observer_code", visit.Doctor.Code).Set("observed_time", visit.Start));
}
