using Yunnao.Synthetic.Illness;
using Yunnao.Synthetic.Institutions;

namespace Yunnao.Synthetic.Care;

/// <summary>Cards and certificates: notifiable diseases, births, deaths.</summary>
internal sealed class VitalRegistration(Town town)
{
    private static readonly string[] Terminal = ["J96.0", "I46.9", "I50.9"];

    /// <summary>Reports a notifiable disease, with the delay between diagnosis and card that real reports have.</summary>
    public void Report(Visit visit, Case found)
    {
        var (dice, person) = (town.Dice, visit.Person);
        var code = found.Disease.Notifiable!;
        var entry = town.Book.Codes("NOTIFIABLE")[code];
        var diagnosed = visit.Start.AddMinutes(dice.Between(15, 180));
        var hours = Catalogue.Attributes.Number(entry, "report_hours") ?? 24;
        var reported = diagnosed.AddMinutes(Math.Min(dice.Exponential(hours * 15) + 10, hours * 60 - 5));
        var card = $"4201{visit.Desk.Institution.Code[^4..]}{visit.Number}";
        var age = visit.Patient.AgeOn(visit.Start);
        var row = visit.Row("public_health.infectious_card")
            .Set("card_no", card).Set("card_type", "1").Set("sex", (int)person.Sex).Set("birth_date", visit.Patient.Born).Set("age_years", age)
            .Set("occupation", person.Social.CardOccupation).Set("workplace", person.Social.CardOccupation is "01" or "03" ? $"{person.Home.DivisionName}第{1 + person.Home.Number % 9}{(age < 6 ? "幼儿园" : age < 12 ? "小学" : "中学")}" : null)
            .Set("belonging", "1").Set("division", person.Home.Division).Set("case_class", dice.Chance(0.35) ? "3" : "2").Set("acute_class", code is "B03.2" or "B13.1" ? "2" : "3")
            .Set("disease_code", code).Set("disease_class", Catalogue.Attributes.Text(entry, "class")).Set("diagnosis_code", found.Disease.Diagnosis.Code)
            .Set("onset_date", found.Onset).Set("diagnosis_time", diagnosed).Set("contact_flag", found.Outbreak is null ? "0" : "1").Set("lab_result", dice.Pick(["1", "9", "9"]))
            .Set("severity", "2").Set("import_class", "1").Set("vaccinated_flag", dice.Pick(["0", "1", "9"])).Set("doctor_code", visit.Doctor.Code)
            .Set("dept_code", visit.Department.Code).Set("report_time", reported);
        if (age < 14 && (person.Mother ?? person.Father) is { } parent) row.Set("parent_name", parent.Name);
        visit.Send(row);
        town.Truth.Case(visit.Patient, card, code, found.Onset, diagnosed, reported, found.Outbreak?.Id ?? "");
    }

    /// <summary>Registers a newborn: the record is the baby's, and names the mother.</summary>
    public void Birth(Visit visit, Registration mother, bool caesarean)
    {
        var (dice, baby) = (town.Dice, visit.Person);
        var weeks = (int)Math.Clamp(dice.Normal(39, 1.4), 30, 42);
        var weight = (int)Math.Clamp(dice.Normal(3300, 400) - Math.Max(0, 38 - weeks) * 220, 1000, 4900);
        var apgar = dice.Chance(0.96) ? dice.Between(9, 10) : dice.Between(5, 8);
        var row = visit.Row("public_health.birth")
            .Set("birth_no", $"S42{baby.Number:0000000}").Set("sex", (int)baby.Sex).Set("gestation_weeks", weeks).Set("gestation_days", dice.Below(7)).Set("birth_weight", weight)
            .Set("birth_length", Math.Round(dice.Normal(50, 1.8, 2), 1)).Set("apgar_1", apgar).Set("apgar_5", 10).Set("delivery_way", caesarean ? "05" : "01").Set("fetus_count", 1)
            .Set("birth_order", 1).Set("mother_age", mother.AgeOn(visit.Start)).Set("gravidity", 1 + baby.Home.Members.Count(m => m.Mother == baby.Mother && m != baby))
            .Set("parity", 1 + baby.Home.Members.Count(m => m.Mother == baby.Mother && m != baby)).Set("mother_patient_no", mother.LocalNumber).Set("birth_place", "1")
            .Set("defect_flag", dice.Chance(0.012)).Set("health_state", apgar >= 8 ? "1" : "2").Set("division", baby.Home.Division).Set("midwife_code", visit.Doctor.Code)
            .Set("birth_time", visit.Start);
        visit.Send(row);
    }

    /// <summary>The certificate of death: a terminal event, what led to it, what lay beneath.</summary>
    public void Death(Desk desk, Registration patient, Disease? cause, bool inHospital, DateTime time)
    {
        var (dice, person) = (town.Dice, patient.Person);
        desk.Open(patient);
        var terminal = town.Book.Diagnosis(dice.Pick(Terminal));
        var underlying = cause?.Diagnosis ?? town.Book.Diagnosis("R99");
        var doctor = dice.Pick(desk.Institution.Department(cause?.Department ?? "02").Doctors);
        var row = desk.Row("public_health.death")
            .Set("certificate_no", $"D42{person.Number:0000000}").Set("sex", (int)person.Sex).Set("birth_date", patient.Born).Set("age_years", patient.AgeOn(time))
            .Set("division", person.Home.Division).Set("death_place", inHospital ? "1" : "3").Set("cause_a_code", terminal.Code).Set("cause_a_name", terminal.Name)
            .Set("cause_a_interval", "数小时").Set("cause_b_code", underlying.Code).Set("cause_b_name", underlying.Name).Set("underlying_code", underlying.Code)
            .Set("underlying_name", underlying.Name).Set("highest_unit", desk.Institution.Level == "3" ? "1" : desk.Institution.Primary ? "3" : "2").Set("highest_basis", inHospital ? "4" : "6")
            .Set("autopsy_flag", false).Set("doctor_code", doctor.Code).Set("report_time", time.AddHours(dice.Between(2, 60))).Set("death_time", time);
        desk.Send(row);
    }
}
