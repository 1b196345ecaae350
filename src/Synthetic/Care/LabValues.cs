using Yunnao.Synthetic.Catalogue;
using Yunnao.Synthetic.Illness;

namespace Yunnao.Synthetic.Care;

/// <summary>Values of a panel: around the healthy mean, moved by the patient's diseases, consistent with one another.</summary>
internal sealed class LabValues(Town town)
{
    private readonly double[] _values = new double[64];
    private readonly bool[] _positive = new bool[64];
    private readonly bool[] _shifted = new bool[64];
    private LabPanel? _panel;

    public double this[int index] => _values[index];

    public bool IsPositive(int index) => _positive[index];

    public void Draw(Visit visit, LabPanel panel)
    {
        _panel = panel;
        for (var i = 0; i < panel.Items.Length; i++) Draw(visit, panel.Items[i], i);
        switch (panel.Code)
        {
            case "CBC":
                BloodCount();
                break;
            case "LFT":
                Liver();
                break;
            case "RFT":
                Kidney(visit);
                break;
        }

        for (var i = 0; i < panel.Items.Length; i++) _values[i] = Math.Round(_values[i], panel.Items[i].Decimals);
    }

    private void Draw(Visit visit, LabItem item, int index)
    {
        var dice = town.Dice;
        _shifted[index] = false;
        _positive[index] = !item.IsNumber && dice.Chance(item.IsQualitative ? 0.012 : 0.1);
        var bounds = visit.Person.Female ? item.Female : item.Male;
        if (item.IsNumber) _values[index] = Healthy(item, bounds);
        if (!TryShift(visit, item.Code, out var shift) || !dice.Chance(shift.Probability)) return;
        _shifted[index] = true;
        _positive[index] = true;
        if (shift.Bound == 'q' || !item.IsNumber) return;
        var bound = (shift.Bound == 'h' ? bounds.High : bounds.Low) ?? item.Mean;

        // A bound of zero has no multiples; a wide shift is spread evenly over its orders of magnitude.
        if (bound <= 0) bound = Math.Max(item.Mean, 1);
        _values[index] = bound * (shift.To > 8 * shift.From ? shift.From * Math.Pow(shift.To / shift.From, dice.Unit()) : dice.Between(shift.From, shift.To));
    }

    private double Healthy(LabItem item, LabItem.Bounds bounds)
    {
        var moved = (bounds.Low ?? 0) + (bounds.High ?? 0) - (item.Male.Low ?? 0) - (item.Male.High ?? 0);
        var value = town.Dice.Normal(item.Mean + moved / 2, item.Deviation, 2.6);
        return bounds.Low < 0 ? value : Math.Max(0, value);
    }

    private bool TryShift(Visit visit, string code, out LabShift shift)
    {
        if (visit.Main.Shifts.TryGetValue(code, out shift)) return true;
        foreach (var other in visit.Others)
        {
            if (other.Shifts.TryGetValue(code, out shift)) return true;
        }

        return visit.Pregnant && town.Model.Pregnancy.TryGetValue(code, out shift);
    }

    /// <summary>Shares of white cells add up to 100; red-cell indices follow from haemoglobin, cell volume and concentration.</summary>
    private void BloodCount()
    {
        var (white, neutrophils, lymphocytes) = (At("WBC"), At("NEUTP"), At("LYMP"));
        if (white < 0 || neutrophils < 0 || lymphocytes < 0) return;
        var rest = Value("MONOP") + Value("EOSP") + Value("BASOP");
        if (_shifted[lymphocytes] && !_shifted[neutrophils]) _values[neutrophils] = Math.Max(5, 100 - rest - _values[lymphocytes]);
        _values[neutrophils] = Math.Min(_values[neutrophils], 96 - rest);
        _values[lymphocytes] = 100 - rest - _values[neutrophils];
        foreach (var (count, share) in new[] { ("NEUT", "NEUTP"), ("LYM", "LYMP"), ("MONO", "MONOP"), ("EOS", "EOSP"), ("BASO", "BASOP") })
            Put(count, _values[white] * Value(share) / 100);
        var (haemoglobin, volume, concentration) = (Value("HGB"), Value("MCV"), Value("MCHC"));
        if (volume <= 0 || concentration <= 0) return;
        var packed = haemoglobin / concentration * 100;
        Put("HCT", packed);
        Put("RBC", packed * 10 / volume);
        Put("MCH", concentration * volume / 1000);
    }

    private void Liver()
    {
        Put("DBIL", Math.Min(Value("DBIL"), Value("TBIL") * 0.8));
        Put("IBIL", Value("TBIL") - Value("DBIL"));
        Put("GLB", Math.Max(15, Value("TP") - Value("ALB")));
        Put("TP", Value("ALB") + Value("GLB"));
        if (Value("GLB") > 0) Put("AG", Value("ALB") / Value("GLB"));
    }

    /// <summary>CKD-EPI 2009 without its factor for race.</summary>
    private void Kidney(Visit visit)
    {
        var creatinine = Value("CREA") / 88.4;
        if (creatinine <= 0) return;
        var (k, a, f) = visit.Person.Female ? (0.7, -0.329, 1.018) : (0.9, -0.411, 1.0);
        var age = Math.Max(18, visit.Patient.AgeOn(visit.Start));
        Put("EGFR", 141 * Math.Pow(Math.Min(creatinine / k, 1), a) * Math.Pow(Math.Max(creatinine / k, 1), -1.209) * Math.Pow(0.993, age) * f);
    }

    private int At(string code) => Array.FindIndex(_panel!.Items, i => i.Code == code);

    private double Value(string code) => At(code) is >= 0 and var index ? _values[index] : 0;

    private void Put(string code, double value)
    {
        if (At(code) is >= 0 and var index) _values[index] = value;
    }
}
