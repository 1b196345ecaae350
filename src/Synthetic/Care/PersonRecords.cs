using Yunnao.Synthetic.Illness;
using Yunnao.Synthetic.Institutions;
using Yunnao.Synthetic.People;

namespace Yunnao.Synthetic.Care;

/// <summary>What an institution writes down when a person is registered: who they are, insurance, allergies, known diseases.</summary>
internal static class PersonRecords
{
    public static void Register(Town town, Desk desk, Registration patient)
    {
        desk.Open(patient);
        using (desk.Begin("ADT^A28", patient.Since))
        {
            Basic(town, desk, patient);
            if (Words.IsAllergic(patient.Person)) Allergy(desk, patient);
        }

        Insurance(desk, patient);
        if (desk.Institution.Primary) Health(town, desk, patient);
        foreach (var condition in patient.Person.Conditions) Problem(desk, patient, condition);
    }

    /// <summary>The person to call: name, relation to the patient (GB/T 4761), telephone.</summary>
    public static (string Name, string Relation, string Phone)? Kin(Person person)
    {
        if (person.Spouse is { } spouse) return (spouse.Name, spouse.Female ? "12" : "11", spouse.Phone);
        if (person.Mother is { } mother) return (mother.Name, "52", mother.Phone);
        if (person.Father is { } father) return (father.Name, "51", father.Phone);
        foreach (var member in person.Home.Members)
        {
            if (member.Mother == person || member.Father == person) return (member.Name, member.Female ? "30" : "20", member.Phone);
        }

        return null;
    }

    private static void Basic(Town town, Desk desk, Registration patient)
    {
        var person = patient.Person;
        var social = person.Social;
        var registered = person.IdNumber[..6];
        var row = desk.Row("person.basic")
            .Set("name", patient.Name).Set("id_type", patient.IdNumber is null ? null : "01").Set("id_number", patient.IdNumber)
            .Set("health_card_no", $"42{person.Number:0000000000}").Set("sex", (int)person.Sex).Set("birth_date", patient.Born).Set("nationality", "156")
            .Set("ethnic", social.Ethnic).Set("marital", social.Marital).Set("occupation", social.Occupation).Set("education", social.Education)
            .Set("phone", patient.Phone).Set("address", person.Home.Address).Set("division", person.Home.Division).Set("city", Household.City)
            .Set("registered_division", town.Book.Codes("GB2260").ContainsKey(registered) ? registered : null).Set("household_type", "3")
            .Set("resident_type", registered.StartsWith("4201", StringComparison.Ordinal) ? "1" : "2").Set("language", "zh").Set("abo_blood", social.Blood)
            .Set("rh_blood", social.RhFactor).Set("insurance_type", InsuranceType(social.PayWay)).Set("deceased", false).Set("active", true)
            .Set("registered_time", patient.Since);
        if (Kin(person) is var (name, relation, phone)) row.Set("kin_name", name).Set("kin_relation", relation).Set("kin_phone", phone);
        desk.Send(row);
    }

    private static string InsuranceType(string payWay) => payWay switch { "01" => "01", "02" => "02", "05" => "07", _ => "99" };

    private static void Insurance(Desk desk, Registration patient)
    {
        var pay = patient.Person.Social.PayWay;
        if (pay is not ("01" or "02" or "05")) return;
        var row = desk.Row("person.insurance")
            .Set("cover_no", "I" + patient.LocalNumber).Set("insurance_type", InsuranceType(pay))
            .Set("plan_name", pay == "01" ? "城镇职工基本医疗保险" : pay == "02" ? "城乡居民基本医疗保险" : "商业医疗保险").Set("insurer_name", "武汉市医疗保障局")
            .Set("insured_place", "420100").Set("relation", "self").Set("status", "active").Set("start_time", patient.Since.Date.AddDays(-patient.Since.DayOfYear + 1));
        desk.Send(row);
    }

    private static void Allergy(Desk desk, Registration patient)
    {
        var (code, name, category) = Words.Allergen(patient.Person);
        var row = desk.Row("person.allergy")
            .Set("allergy_no", "AL" + patient.LocalNumber).Set("allergen_code", code).Set("code_system", "LOCAL").Set("allergen_name", name).Set("category", category)
            .Set("severity", "1").Set("reaction", "皮疹").Set("clinical_status", "1").Set("verification_status", "4").Set("recorded_time", patient.Since);
        desk.Send(row);
    }

    private static void Health(Town town, Desk desk, Registration patient)
    {
        var person = patient.Person;
        var age = patient.AgeOn(patient.Since);
        var smokes = age >= 16 && town.Dice.Chance(person.Female ? 0.03 : 0.46);
        var row = desk.Row("person.health")
            .Set("health_record_no", $"{person.Home.Division}{person.Number:00000000000}").Set("abo_blood", person.Social.Blood).Set("rh_blood", person.Social.RhFactor)
            .Set("height", Math.Round(person.Height, 1)).Set("weight", Math.Round(person.Weight, 1)).Set("allergy_flag", Words.IsAllergic(person))
            .Set("allergy_summary", Words.Allergies(person)).Set("past_illness", string.Join("、", person.Conditions.Select(c => c.Disease.Diagnosis.Name)))
            .Set("disability", "1").Set("smoking_status", smokes ? "3" : "1").Set("drinking_frequency", age >= 18 && town.Dice.Chance(person.Female ? 0.1 : 0.5) ? "2" : "1")
            .Set("exercise_frequency", town.Dice.Pick(["1", "2", "3", "4"])).Set("family_doctor_code", desk.Institution.Department("02").Doctors[0].Code)
            .Set("signed_flag", town.Dice.Chance(0.4)).Set("pregnancy_flag", false).Set("hypertension_flag", person.Has("hypertension"))
            .Set("diabetes_flag", person.Has("diabetes")).Set("mental_illness_flag", false).Set("tuberculosis_flag", false).Set("record_time", patient.Since);
        if (smokes) row.Set("cigarettes_per_day", town.Dice.Between(2, 25));
        desk.Send(row);
    }

    private static void Problem(Desk desk, Registration patient, Condition condition)
    {
        var row = desk.Row("person.condition")
            .Set("condition_no", $"Q{patient.LocalNumber}{condition.Disease.Index:000}").Set("diagnosis_code", condition.Disease.Diagnosis.Code)
            .Set("code_system", "ICD10").Set("diagnosis_name", condition.Disease.Diagnosis.Name).Set("clinical_status", "1").Set("verification_status", "4")
            .Set("category", "problem-list-item").Set("onset_time", condition.Since).Set("recorded_time", patient.Since);
        desk.Send(row);
    }
}
