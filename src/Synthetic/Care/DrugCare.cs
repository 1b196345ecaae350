using Yunnao.Synthetic.Catalogue;
using Yunnao.Synthetic.Illness;

namespace Yunnao.Synthetic.Care;

/// <summary>Prescriptions, dispensing, administration, adverse reactions.</summary>
internal sealed class DrugCare(Town town)
{
    private readonly List<Drug> _chosen = [];

    /// <summary>Chooses drugs for the visit's diseases: two or three for the main one, one for each other lasting one.</summary>
    public IReadOnlyList<Drug> Choose(Visit visit, bool inpatient)
    {
        _chosen.Clear();
        var count = Math.Min(visit.Main.Drugs.Length, inpatient ? 5 : 1 + town.Dice.Below(3));
        for (var i = 0; i < count; i++) Add(visit.Main.Drugs[i]);
        foreach (var other in visit.Others)
        {
            if (other.Kind == DiseaseKind.Chronic && other.Drugs.Length > 0 && (inpatient || town.Dice.Chance(0.6))) Add(Usual(visit, other));
        }

        return _chosen;

        void Add(Drug drug)
        {
            if (!_chosen.Contains(drug) && (inpatient || !drug.Injected || visit.IsEmergency || drug.Frequency is "HS" or "TID")) _chosen.Add(drug);
        }
    }

    /// <summary>What a patient takes for a lasting disease is the same each time.</summary>
    public static Drug Usual(Visit visit, Disease disease) =>
        disease.Drugs[(int)(Chance.Dice.Mix((ulong)visit.Person.Number * 131 + (ulong)disease.Index) % (ulong)disease.Drugs.Length)];

    /// <summary>Writes a prescription and dispenses it.</summary>
    public void Prescribe(Visit visit, IReadOnlyList<Drug> drugs, DateTime time)
    {
        if (drugs.Count == 0) return;
        var dice = town.Dice;
        var number = visit.Next("R");
        var dispense = "F" + number[1..];
        var lasting = visit.Main.Kind == DiseaseKind.Chronic;
        var taken = time.AddMinutes(dice.Between(10, 60));
        for (var i = 0; i < drugs.Count; i++)
        {
            var drug = drugs[i];
            var days = lasting ? dice.Pick([14, 28, 28, 30]) : drug.Injected ? 1 : dice.Between(3, 7);
            var packs = Math.Max(1, (int)Math.Ceiling(days * Math.Max(drug.TimesPerDay, 0.2) / (drug.Injected ? 1 : 21)));
            using (visit.Desk.Begin("RDE^O11", time)) Line(visit, number, i + 1, drug, days, packs, time);
            Dispense(visit, dispense, number, i + 1, drug, days, packs, taken);
            visit.Charge(drug.Chinese ? "10" : "09", drug.Code, "DRUG", drug.Name, drug.Pack, packs, drug.Price, time);
        }

        if (dice.Chance(0.0015)) Reaction(visit, drugs[0], taken);
    }

    /// <summary>A dose given on the ward.</summary>
    public void Give(Visit visit, string order, int number, Drug drug, DateTime time)
    {
        var row = visit.Row("drug.administration")
            .Set("administration_no", order).Set("item_no", number).Set("order_no", order).Set("drug_code", drug.Code).Set("code_system", "DRUG")
            .Set("drug_name", drug.Name).Set("dose", drug.Dose).Set("dose_unit", drug.DoseUnit).Set("route", drug.Route).Set("status", "completed")
            .Set("nurse_code", town.Dice.Pick(visit.Desk.Institution.Nursing.Doctors).Code).Set("given_time", time);
        if (drug.Route == "405") row.Set("rate", (double)town.Dice.Pick([60, 80, 100, 120])).Set("end_time", time.AddMinutes(town.Dice.Between(40, 150)));
        visit.Send(row);
    }

    private static void Line(Visit visit, string number, int item, Drug drug, int days, int packs, DateTime time)
    {
        var type = drug.Narcotic ? "04" : drug.Psychotropic ? "06" : drug.Chinese ? "07" : visit.IsEmergency ? "02"
            : visit.Patient.AgeOn(time) < 14 ? "03" : days > 14 ? "09" : "01";
        var amount = packs * Fee.Fen(drug.Price);
        var row = visit.Row("drug.prescription")
            .Set("prescription_no", number).Set("item_no", item).Set("prescription_type", type).Set("valid_days", type == "02" ? 1 : 3)
            .Set("group_no", $"{item}").Set("drug_code", drug.Code).Set("code_system", "DRUG").Set("drug_name", drug.Name).Set("spec", drug.Spec)
            .Set("form", drug.Form).Set("dose", drug.Dose).Set("dose_unit", drug.DoseUnit).Set("frequency", drug.Frequency)
            .Set("frequency_text", drug.FrequencyName).Set("route", drug.Route).Set("days", days)
            .Set("total_dose", Math.Round(drug.Dose * Math.Max(drug.TimesPerDay, 0.1) * days, 4)).Set("quantity", packs).Set("quantity_unit", drug.Pack)
            .Set("price", drug.Price).Set("amount", Fee.Yuan(amount)).Set("as_needed_flag", drug.Frequency == "PRN").Set("antibiotic_flag", drug.Antibiotic)
            .Set("skin_test", drug.SkinTest ? "1" : null).Set("tcm_use", drug.Chinese ? "2" : "1").Set("diagnosis_code", visit.Main.Diagnosis.Code)
            .Set("status", "active").Set("dept_code", visit.Department.Code).Set("doctor_code", visit.Doctor.Code)
            .Set("pharmacist_code", visit.Desk.Institution.Pharmacy.Doctors[item % visit.Desk.Institution.Pharmacy.Doctors.Length].Code)
            .Set("prescribed_time", time);
        visit.Send(row);
    }

    private void Dispense(Visit visit, string number, string prescription, int item, Drug drug, int days, int packs, DateTime time)
    {
        var dice = town.Dice;
        var row = visit.Row("drug.dispense")
            .Set("dispense_no", number).Set("item_no", item).Set("prescription_no", prescription).Set("drug_code", drug.Code).Set("code_system", "DRUG")
            .Set("drug_name", drug.Name).Set("spec", drug.Spec).Set("quantity", packs).Set("quantity_unit", drug.Pack).Set("days", days)
            .Set("lot_no", $"{time.AddMonths(-dice.Between(2, 14)):yyMM}{dice.Between(10, 99)}").Set("expiry_date", time.Date.AddMonths(dice.Between(6, 30)))
            .Set("amount", Fee.Yuan(packs * Fee.Fen(drug.Price))).Set("return_flag", false)
            .Set("pharmacist_code", dice.Pick(visit.Desk.Institution.Pharmacy.Doctors).Code).Set("dispensed_time", time);
        visit.Send(row);
    }

    private void Reaction(Visit visit, Drug drug, DateTime given)
    {
        var dice = town.Dice;
        var onset = given.AddHours(dice.Between(1, 60));
        var row = visit.Row("drug.adr")
            .Set("adr_no", visit.Next("A")).Set("drug_code", drug.Code).Set("drug_name", drug.Name)
            .Set("reaction", dice.Pick(["全身皮疹伴瘙痒", "恶心、呕吐", "腹泻", "头晕", "肝功能异常", "过敏性休克"])).Set("severity", dice.Chance(0.1) ? "2" : "1")
            .Set("causality", dice.Pick(["2", "3"])).Set("outcome", dice.Pick(["1", "2"])).Set("new_flag", dice.Chance(0.05)).Set("rechallenge", "0")
            .Set("start_time", given).Set("reporter_code", visit.Doctor.Code).Set("report_time", onset.AddDays(dice.Between(1, 5))).Set("onset_time", onset);
        visit.Send(row);
    }
}
