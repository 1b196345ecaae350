using Yunnao.Synthetic.Chance;
using Yunnao.Synthetic.Institutions;

namespace Yunnao.Synthetic.Care;

/// <summary>What every encounter has, whatever its kind: its registration, its bill.</summary>
internal static class EncounterRecords
{
    public static void Register(Visit visit, string? admissionWay, string? dischargeWay, string? bed)
    {
        var months = visit.Patient.MonthsOn(visit.Start);
        var row = visit.Row("encounter.encounter")
            .Set("encounter_no", visit.Number).Set("encounter_class", visit.Class).Set("status", visit.End is null ? "3" : "4")
            .Set("dept_code", visit.Department.Code).Set("dept_name", visit.Department.Name).Set("doctor_code", visit.Doctor.Code)
            .Set("doctor_name", visit.Doctor.Name).Set("reason_code", visit.Main.Diagnosis.Code).Set("reason", visit.Main.Diagnosis.Name)
            .Set("patient_type", visit.Class switch { "01" => "1", "02" => "2", "03" => "3", _ => "9" })
            .Set("first_visit", visit.Patient.Encounters <= 1 ? "1" : "2").Set("payment_way", visit.Person.Social.PayWay)
            .Set("age_years", visit.Patient.AgeOn(visit.Start)).Set("end_time", visit.End).Set("start_time", visit.Start);
        if (months < 72) row.Set("age_months", (double)months);
        if (visit.IsInpatient)
        {
            row.Set("inpatient_no", InpatientNumber(visit)).Set("admission_count", visit.Patient.Admissions).Set("ward_name", visit.Department.Name + "病区")
                .Set("bed_no", bed).Set("admission_way", admissionWay).Set("discharge_way", dischargeWay);
        }
        else
        {
            row.Set("outpatient_no", "M" + visit.Number);
        }

        visit.Send(row);
    }

    public static string InpatientNumber(Visit visit) => "Z" + visit.Number;

    /// <summary>The bill: the sum of the charges, split by the way of payment.</summary>
    public static void Settle(Visit visit, DateTime time)
    {
        if (visit.Fees.Count == 0) return;
        var total = visit.Fees.Sum(f => f.Amount);
        var share = visit.Person.Social.PayWay switch { "01" => visit.IsInpatient ? 78 : 52, "02" => visit.IsInpatient ? 62 : 32, "04" => 90, "06" => 95, _ => 0 };
        var insured = total * share / 100;
        var account = visit.Person.Social.PayWay == "01" ? Math.Min(total - insured, total / 10) : 0;
        var row = visit.Row("encounter.settlement")
            .Set("settlement_no", visit.Next("P")).Set("settlement_type", visit.Class switch { "02" => "2", "03" => "3", _ => "1" })
            .Set("payment_way", visit.Person.Social.PayWay).Set("payer_name", share > 0 ? "武汉市医疗保障中心" : null)
            .Set("period_start", visit.Start).Set("period_end", time).Set("total_amount", Fee.Yuan(total)).Set("insurance_amount", Fee.Yuan(insured))
            .Set("account_amount", Fee.Yuan(account)).Set("self_amount", Fee.Yuan(total - insured - account)).Set("other_amount", 0.0)
            .Set("currency", "CNY").Set("outcome", "complete").Set("settled_time", time);
        visit.Send(row);
    }

    /// <summary>Fee lines of a data set, numbered under one bill.</summary>
    public static void Fees(Visit visit, string dataSet)
    {
        var number = visit.Next("C");
        for (var i = 0; i < visit.Fees.Count; i++)
        {
            var fee = visit.Fees[i];
            var row = visit.Row(dataSet)
                .Set("fee_no", number).Set("item_no", i + 1).Set("fee_category", fee.Category).Set("item_code", fee.Code).Set("code_system", fee.System)
                .Set("item_name", fee.Name).Set("unit", fee.Unit).Set("quantity", fee.Quantity).Set("price", Fee.Yuan(fee.Price))
                .Set("amount", Fee.Yuan(fee.Amount)).Set("insured_amount", Fee.Yuan(visit.Person.Social.PayWay is "01" or "02" ? fee.Amount : 0))
                .Set("dept_code", visit.Department.Code).Set("refund_flag", false).Set("fee_time", fee.Time);
            if (dataSet == "outpatient.fee") row.Set("currency", "CNY").Set("doctor_code", visit.Doctor.Code);
            else row.Set("inpatient_no", InpatientNumber(visit));
            visit.Send(row);
        }
    }

    /// <summary>A number for an encounter, unique in the institution.</summary>
    public static string NextNumber(Registration patient) => $"{patient.LocalNumber}{++patient.Encounters:000}";

    public static Doctor Doctor(Department department, Dice dice) => dice.Pick(department.Doctors);
}
