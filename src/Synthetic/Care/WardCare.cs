using Yunnao.Synthetic.Catalogue;

namespace Yunnao.Synthetic.Care;

/// <summary>Day by day on the ward: orders, doses, vital signs, transfers, charges.</summary>
internal sealed class WardCare(Town town, DrugCare drugs)
{
    public void Care(Stay stay, IReadOnlyList<Drug> given)
    {
        var visit = stay.Visit;
        var critical = stay.Died || visit.Main.Id is "mi" or "ich" or "pancreatitis" || (visit.Main.Id == "stroke" && town.Dice.Chance(0.2));
        Order(stay, "1", "05", critical ? "HLJB1" : "HLJB2", critical ? "一级护理" : "二级护理", null, visit.Start.AddMinutes(20), stay.End);
        Order(stay, "1", "07", "YS01", visit.Main.Id == "diabetes" ? "糖尿病饮食" : "普通饮食", null, visit.Start.AddMinutes(20), stay.End);
        foreach (var panel in visit.Main.Panels) Order(stay, "2", "03", panel.Code, panel.Name, null, visit.Start.AddMinutes(30), null);
        foreach (var exam in visit.Main.Exams) Order(stay, "2", "02", exam.Code, exam.Name, null, visit.Start.AddMinutes(35), null);
        foreach (var drug in given) Drug(stay, drug);
        if (critical && stay.Days >= 3) IntensiveCare(stay);
        Days(stay, critical);
    }

    private string Order(Stay stay, string orderClass, string type, string code, string name, Drug? drug, DateTime time, DateTime? stopped)
    {
        var visit = stay.Visit;
        var number = visit.Next("O");
        var standing = orderClass == "1";
        var row = visit.Row("inpatient.order")
            .Set("order_no", number).Set("inpatient_no", stay.InpatientNumber).Set("group_no", number[^2..]).Set("order_class", orderClass).Set("order_type", type)
            .Set("item_code", code).Set("code_system", drug is null ? "LOCAL" : "DRUG").Set("item_name", name).Set("status", standing ? "5" : "4")
            .Set("dept_code", visit.Department.Code).Set("exec_dept_code", visit.Department.Code).Set("doctor_code", visit.Doctor.Code)
            .Set("nurse_code", town.Dice.Pick(visit.Desk.Institution.Nursing.Doctors).Code).Set("planned_start", time)
            .Set("executed_time", time.AddMinutes(town.Dice.Between(5, 40))).Set("order_time", time);
        if (drug is not null) row.Set("spec", drug.Spec).Set("dose", drug.Dose).Set("dose_unit", drug.DoseUnit).Set("route", drug.Route).Set("frequency", drug.Frequency);
        if (standing && stopped > time.AddMinutes(45)) row.Set("stopped_time", stopped);
        visit.Send(row);
        return number;
    }

    private void Drug(Stay stay, Drug drug)
    {
        var visit = stay.Visit;
        var once = drug.Frequency is "ST" or "ONCE" or "PRN";
        var days = once ? 1 : Math.Max(1, stay.Days - 1);
        var start = visit.Start.AddHours(1);
        var order = Order(stay, once ? "2" : "1", "01", drug.Code, drug.Name, drug, start, stay.End);
        var daily = once ? 1 : Math.Clamp((int)Math.Ceiling(drug.TimesPerDay), 1, 3);
        var number = 0;
        for (var day = 0; day < Math.Min(days, 10) && drug.Injected; day++)
        {
            for (var dose = 0; dose < daily; dose++)
            {
                var time = start.Date.AddDays(day).AddHours(9 + dose * 7).AddMinutes(town.Dice.Below(40));
                if (time > start && time < stay.End) drugs.Give(visit, order, ++number, drug, time);
            }
        }

        var packs = drug.Injected ? Math.Max(1, number) : Math.Max(1, (int)Math.Ceiling(days * drug.TimesPerDay / 14));
        visit.Charge(drug.Chinese ? "10" : "09", drug.Code, "DRUG", drug.Name, drug.Pack, packs, drug.Price, start);
        if (!drug.Injected && !stay.Died && !once) Order(stay, "3", "01", drug.Code, drug.Name, drug, stay.End.AddHours(-1), null);
    }

    private void IntensiveCare(Stay stay)
    {
        var visit = stay.Visit;
        var hours = town.Dice.Between(20, Math.Min(90, stay.Days * 24 - 12));
        stay.IcuHours = hours;
        Transfer(visit, "3", visit.Department.Code, "28", stay.Bed, "ICU" + stay.Bed[..2], true, "病情危重,转重症监护", visit.Start.AddHours(3), stay);
        var out_ = visit.Start.AddHours(3 + hours);
        if (out_ < stay.End) Transfer(visit, "4", "28", visit.Department.Code, "ICU" + stay.Bed[..2], stay.Bed, false, "病情稳定,转回专科", out_, stay);
    }

    private static void Transfer(Visit visit, string type, string from, string to, string fromBed, string toBed, bool icu, string reason, DateTime time, Stay stay)
    {
        var row = visit.Row("inpatient.transfer")
            .Set("transfer_no", visit.Next("T")).Set("inpatient_no", stay.InpatientNumber).Set("transfer_type", type).Set("from_dept_code", from)
            .Set("from_bed", fromBed).Set("to_dept_code", to).Set("to_bed", toBed).Set("icu_flag", icu).Set("reason", reason).Set("doctor_code", visit.Doctor.Code)
            .Set("transfer_time", time);
        visit.Send(row);
    }

    private void Days(Stay stay, bool critical)
    {
        var (visit, dice) = (stay.Visit, town.Dice);
        for (var day = 0; day < Math.Min(stay.Days, 30); day++)
        {
            var date = visit.Start.Date.AddDays(day);
            for (var round = 0; round < (critical && day < 3 ? 4 : 2); round++)
            {
                var time = date.AddHours(7 + round * (critical && day < 3 ? 4 : 8)).AddMinutes(dice.Below(25));
                if (time > visit.Start && time < stay.End) Vital(stay, time, (double)day / stay.Days, critical, round == 0);
            }

            var charged = date.AddHours(23);
            if (charged > stay.End) charged = stay.End;
            if (charged < visit.Start) charged = visit.Start;
            visit.Charge("07", "CW01", "LOCAL", "普通病房床位费", "天", 1, 45, charged);
            visit.Charge("08", critical ? "HL01" : "HL02", "LOCAL", critical ? "一级护理费" : "二级护理费", "天", 1, critical ? 36 : 18, charged);
            visit.Charge("02", "ZC02", "LOCAL", "住院诊察费", "天", 1, 20, charged);
            if (day < 6) visit.Charge("05", "ZL01", "LOCAL", "静脉输液及治疗费", "次", dice.Between(1, 3), 12, charged);
            if (day < 4) visit.Charge("12", "CL01", "LOCAL", "一次性输液耗材", "套", dice.Between(1, 3), 9.8, charged);
        }
    }

    private void Vital(Stay stay, DateTime time, double recovery, bool critical, bool morning)
    {
        var (visit, dice) = (stay.Visit, town.Dice);
        var vital = Vitals.Draw(dice, visit, recovery);
        var row = visit.Row("inpatient.vital")
            .Set("vital_no", visit.Next("V")).Set("inpatient_no", stay.InpatientNumber).Set("ward_name", visit.Department.Name + "病区").Set("heart_rate", vital.Pulse)
            .Set("spo2", vital.Saturation).Set("pain_score", stay.Performed is null ? 0 : dice.Below(5)).Set("consciousness", visit.Main.Id == "ich" && recovery < 0.4 ? "2" : "1")
            .Set("nursing_grade", critical ? "2" : "3").Set("nurse_code", dice.Pick(visit.Desk.Institution.Nursing.Doctors).Code).Set("measured_time", time);
        vital.Write(row, "temperature", "pulse", "respiration", "systolic", "diastolic");
        if (morning) row.Set("weight", Math.Round(visit.Person.Weight, 1)).Set("intake", dice.Between(1500, 3200)).Set("urine_output", dice.Between(1100, 2600)).Set("stool_count", dice.Below(3));
        visit.Send(row);
    }
}
