using Yunnao.Synthetic.Chance;
using Yunnao.Synthetic.Rows;

namespace Yunnao.Synthetic.Care;

/// <summary>Vital signs that fit age and diseases.</summary>
internal sealed record Vitals(double Temperature, int Pulse, int Respiration, int Systolic, int Diastolic, double Saturation)
{
    private static readonly string[] Fevers = ["pneumonia", "influenza", "tonsillitis", "hfmd", "scarlet", "dengue", "covid", "appendicitis", "cholecystitis", "uri", "mycoplasma", "varicella"];

    public static Vitals Draw(Dice dice, Visit visit, double recovery = 0)
    {
        var age = visit.Patient.AgeOn(visit.Start);
        var fever = Array.IndexOf(Fevers, visit.Main.Id) >= 0 && dice.Chance(0.75 * (1 - recovery));
        var hypertensive = visit.Person.Has("hypertension");
        var breathless = visit.Main.Id is "pneumonia" or "aecopd" or "heart_failure" or "asthma_attack" && recovery < 0.5;
        var temperature = fever ? dice.Between(37.8, 40) : dice.Normal(36.6, 0.25, 2);
        var pulse = Math.Clamp((age < 1 ? 128 : age < 6 ? 105 : age < 14 ? 88 : 76) + dice.Normal(0, 8) + (fever ? 14 : 0) + (breathless ? 12 : 0), 46, 190);
        var respiration = Math.Clamp((age < 1 ? 36 : age < 6 ? 25 : 18) + dice.Normal(0, 1.6) + (breathless ? 6 : 0), 10, 60);
        var systolic = age < 14 ? 82 + age * 2 + dice.Normal(0, 6) : 112 + age * 0.24 + dice.Normal(0, 10) + (hypertensive ? 17 : 0) + (visit.Main.Id is "ich" or "stroke" ? 18 : 0);
        var diastolic = age < 14 ? systolic * 0.62 : 70 + dice.Normal(0, 7) + (hypertensive ? 9 : 0);
        var saturation = breathless ? dice.Between(86, 95.0) : dice.Between(96, 100.0);
        var high = (int)Math.Clamp(systolic, 60, 230);
        return new(
            Math.Round(temperature, 1), (int)pulse, (int)respiration, high, (int)Math.Clamp(diastolic, 35, Math.Min(140, high - 12)), Math.Round(saturation, 1));
    }

    /// <summary>Writes the signs under the names given, in their order.</summary>
    public void Write(Row row, string temperature, string pulse, string respiration, string systolic, string diastolic) => row
        .Set(temperature, Temperature).Set(pulse, Pulse).Set(respiration, Respiration).Set(systolic, Systolic).Set(diastolic, Diastolic);

    /// <summary>Sends each sign as a record of exam.vital.</summary>
    public void Send(Visit visit, string setting, DateTime time)
    {
        var number = visit.Next("V");
        Send(visit, number, 1, "BT", "体温", Temperature, 1, "Cel", Temperature >= 37.3 ? "H" : "N", setting, time);
        Send(visit, number, 2, "PR", "脉率", Pulse, 0, "/min", "N", setting, time);
        Send(visit, number, 3, "SBP", "收缩压", Systolic, 0, "mm[Hg]", Systolic >= 140 ? "H" : "N", setting, time);
        Send(visit, number, 4, "DBP", "舒张压", Diastolic, 0, "mm[Hg]", Diastolic >= 90 ? "H" : "N", setting, time);
    }

    private static void Send(Visit visit, string number, int item, string code, string name, double value, int digits, string unit, string flag, string setting, DateTime time)
    {
        var row = visit.Row("exam.vital")
            .Set("vital_no", number).Set("item_no", item).Set("vital_code", code).Set("code_system", "VITAL").Set("vital_name", name).Set("value", value, digits)
            .Set("unit", unit).Set("abnormal_flag", flag).Set("setting", setting).Set("measured_time", time);
        visit.Send(row);
    }
}
