using Yunnao.Synthetic.Illness;
using Yunnao.Synthetic.Rows;

namespace Yunnao.Synthetic.Care;

/// <summary>The case front page with its diagnoses, operations and fees. The lines of fees add up to the total.</summary>
internal static class FrontPage
{
    /// <summary>External cause of an injury, by disease.</summary>
    private static readonly Dictionary<string, string> Causes = new()
    {
        ["radius_fracture"] = "W01", ["hip_fracture"] = "W18", ["ankle_sprain"] = "W10", ["laceration"] = "W26", ["concussion"] = "V89",
    };

    public static void Write(Town town, Stay stay)
    {
        var visit = stay.Visit;
        var page = visit.Next("F");
        var row = visit.Row("front_page.summary")
            .Set("page_no", page).Set("case_no", "B" + visit.Patient.LocalNumber).Set("inpatient_no", stay.InpatientNumber)
            .Set("payment_way", visit.Person.Social.PayWay).Set("admission_count", visit.Patient.Admissions);
        Patient(visit, row);
        Course(town, stay, row);
        Staff(stay, row);
        Outcome(town, stay, row);
        Fees(stay, row);
        visit.Send(row.Set("discharge_time", stay.End));
        Diagnoses(stay, page);
        if (stay.Performed is { } operation) Operation(stay, operation, page);
    }

    private static void Patient(Visit visit, Row row)
    {
        var (patient, person) = (visit.Patient, visit.Person);
        var age = patient.AgeOn(visit.Start);
        row.Set("name", patient.Name).Set("id_number", patient.IdNumber).Set("sex", (int)person.Sex).Set("birth_date", patient.Born)
            .Set("age_years", age).Set("nationality", "156").Set("ethnic", person.Social.Ethnic).Set("occupation", person.Social.Occupation)
            .Set("marital", person.Social.Marital).Set("address", person.Home.Address).Set("division", person.Home.Division).Set("birth_division", "420100")
            .Set("phone", patient.Phone).Set("abo_blood", person.Social.Blood).Set("rh_blood", person.Social.RhFactor);
        if (age == 0) row.Set("age_months", (double)Math.Min(12, patient.MonthsOn(visit.Start)));
        if (PersonRecords.Kin(person) is var (name, relation, phone)) row.Set("kin_name", name).Set("kin_relation", relation).Set("kin_phone", phone);
        row.Set("allergy_flag", Words.IsAllergic(person)).Set("allergy_drugs", Words.IsAllergic(person) ? Words.Allergen(person).Name : null);
    }

    private static void Course(Town town, Stay stay, Row row)
    {
        var visit = stay.Visit;
        var main = visit.Main.Diagnosis;
        row.Set("admission_way", stay.AdmissionWay).Set("admission_time", visit.Start).Set("admission_dept_code", visit.Department.Code)
            .Set("admission_dept_name", visit.Department.Name).Set("admission_ward", visit.Department.Name + "病区").Set("discharge_dept_code", visit.Department.Code)
            .Set("discharge_dept_name", visit.Department.Name).Set("discharge_ward", visit.Department.Name + "病区").Set("stay_days", stay.Days)
            .Set("outpatient_diagnosis_code", main.Code).Set("outpatient_diagnosis_name", main.Name).Set("main_diagnosis_code", main.Code).Set("code_system", "ICD10")
            .Set("main_diagnosis_name", main.Name).Set("main_admission_state", "1");
        if (stay.IcuHours > 0) row.Set("transfer_dept_name", "重症医学科").Set("icu_hours", (double)stay.IcuHours);
        if (Causes.TryGetValue(visit.Main.Id, out var cause) && town.Book.Diagnosis(cause) is { } external) row.Set("external_cause_code", external.Code).Set("external_cause", external.Name);
        if (visit.Main.Kind == DiseaseKind.Cancer && stay.Performed is not null) row.Set("pathology_no", visit.Next("L")).Set("pathology_code", main.Code).Set("pathology_name", main.Name);
    }

    private static void Staff(Stay stay, Row row)
    {
        var doctors = stay.Visit.Department.Doctors;
        var nurses = stay.Visit.Desk.Institution.Nursing.Doctors;
        row.Set("director_name", doctors[0].Name).Set("chief_doctor_name", doctors[1].Name).Set("attending_doctor_name", doctors[2].Name)
            .Set("resident_doctor_code", stay.Visit.Doctor.Code).Set("resident_doctor_name", stay.Visit.Doctor.Name).Set("nurse_name", nurses[0].Name)
            .Set("coder_name", nurses[^1].Name).Set("quality", "1").Set("quality_doctor_name", doctors[2].Name).Set("quality_nurse_name", nurses[1].Name)
            .Set("quality_date", stay.End.AddDays(2));
    }

    private static void Outcome(Town town, Stay stay, Row row)
    {
        var planned = stay.Visit.Main.Kind == DiseaseKind.Cancer && !stay.Died;
        row.Set("discharge_way", stay.DischargeWay).Set("readmission_flag", planned).Set("readmission_purpose", planned ? "化疗" : null).Set("operation_flag", stay.Performed is not null);
        if (stay.Died) row.Set("autopsy_flag", false);
        if (stay.Visit.Main.Id is "ich" or "concussion")
        {
            row.Set("coma_before_days", 0).Set("coma_before_hours", town.Dice.Below(6)).Set("coma_before_minutes", town.Dice.Below(60)).Set("coma_after_days", 0)
                .Set("coma_after_hours", town.Dice.Below(24)).Set("coma_after_minutes", town.Dice.Below(60));
        }
    }

    private static void Fees(Stay stay, Row row)
    {
        var fees = stay.Visit.Fees;
        long Sum(params string[] categories) => fees.Where(f => Array.IndexOf(categories, f.Category) >= 0).Sum(f => f.Amount);
        var total = fees.Sum(f => f.Amount);
        var surgery = fees.Where(f => f.Code == "SC01").Sum(f => f.Amount);
        var named = Sum("01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14");
        row.Set("total_fee", Fee.Yuan(total)).Set("self_fee", Fee.Yuan(total * (stay.Visit.Person.Social.PayWay switch { "01" => 22, "02" => 38, "06" => 5, _ => 100 }) / 100))
            .Set("fee_general_service", Fee.Yuan(Sum("01", "02", "07"))).Set("fee_general_treatment", Fee.Yuan(Sum("05"))).Set("fee_nursing", Fee.Yuan(Sum("08")))
            .Set("fee_laboratory", Fee.Yuan(Sum("04"))).Set("fee_imaging", Fee.Yuan(Sum("03"))).Set("fee_surgical", Fee.Yuan(Sum("06", "13")))
            .Set("fee_anaesthesia", Fee.Yuan(Sum("13"))).Set("fee_operation", Fee.Yuan(Sum("06"))).Set("fee_western_drug", Fee.Yuan(Sum("09")))
            .Set("fee_patent_drug", Fee.Yuan(Sum("10"))).Set("fee_herbal_drug", Fee.Yuan(Sum("11"))).Set("fee_blood", Fee.Yuan(Sum("14")))
            .Set("fee_treat_consumable", Fee.Yuan(Sum("12") - surgery)).Set("fee_surgery_consumable", Fee.Yuan(surgery)).Set("fee_other", Fee.Yuan(total - named))
            .Set("fee_service_other", 0.0).Set("fee_pathology", 0.0).Set("fee_clinical_diagnosis", 0.0).Set("fee_nonsurgical", 0.0).Set("fee_rehabilitation", 0.0)
            .Set("fee_tcm", 0.0).Set("fee_albumin", 0.0).Set("fee_globulin", 0.0).Set("fee_coagulation", 0.0).Set("fee_cytokine", 0.0).Set("fee_exam_consumable", 0.0);
    }

    private static void Diagnoses(Stay stay, string page)
    {
        var rank = 0;
        foreach (var disease in stay.Visit.Diseases)
        {
            var row = stay.Visit.Row("front_page.diagnosis")
                .Set("page_no", page).Set("rank", ++rank).Set("diagnosis_class", rank == 1 ? "1" : "2").Set("diagnosis_code", disease.Diagnosis.Code)
                .Set("code_system", "ICD10").Set("diagnosis_name", disease.Diagnosis.Name).Set("admission_state", "1").Set("outcome", stay.Outcome)
                .Set("coder_code", stay.Visit.Desk.Institution.Nursing.Doctors[^1].Code).Set("discharge_time", stay.End);
            stay.Visit.Send(row);
        }
    }

    private static void Operation(Stay stay, Catalogue.Operation operation, string page)
    {
        var visit = stay.Visit;
        var doctors = visit.Department.Doctors;
        var row = visit.Row("front_page.operation")
            .Set("page_no", page).Set("operation_no", 1).Set("operation_code", operation.Code).Set("code_system", "ICD9CM3").Set("operation_name", operation.Name)
            .Set("operation_level", operation.Level).Set("urgency", stay.Emergency ? "2" : "1").Set("incision_class", operation.Incision)
            .Set("healing_grade", operation.HasWound ? "1" : null).Set("anaesthesia_method", operation.Anaesthesia)
            .Set("asa_class", visit.Person.Conditions.Count > 0 ? "2" : "1").Set("surgeon_code", visit.Doctor.Code).Set("surgeon_name", visit.Doctor.Name)
            .Set("assistant1_name", doctors[(Array.IndexOf(doctors, visit.Doctor) + 1) % doctors.Length].Name)
            .Set("anaesthetist_name", visit.Desk.Institution.Department("26").Doctors[0].Name).Set("operation_time", stay.OperationTime);
        visit.Send(row);
    }
}
