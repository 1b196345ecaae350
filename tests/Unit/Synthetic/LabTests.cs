using System.Globalization;
using Xunit;

namespace Yunnao.Tests.Unit.Synthetic;

public sealed class LabTests
{
    [Fact]
    public void Values_follow_the_diagnosis_and_the_flag_follows_the_value()
    {
        var values = new List<double>();
        var diabetics = new HashSet<string>();
        using var city = TestCity.Make(1500, dirty: 0, watch: row =>
        {
            var id = row.Shape.DataSet.Id;
            string? Cell(string item) => row.Text(row.Shape.Find(item));
            if (id == "person.condition" && Cell("diagnosis_code")!.StartsWith("E11", StringComparison.Ordinal)) diabetics.Add(Cell("org_code") + Cell("patient_id"));
            if (id != "lab.result" || Cell("result_value") is not { } text) return;
            var value = double.Parse(text, CultureInfo.InvariantCulture);
            if (Cell("item_code") == "HBA1C" && diabetics.Contains(Cell("org_code") + Cell("patient_id"))) values.Add(value);
            if (Cell("abnormal_flag") is "H" or "HH") Assert.True(value > double.Parse(Cell("reference_high")!, CultureInfo.InvariantCulture));
            if (Cell("abnormal_flag") is "L" or "LL") Assert.True(value < double.Parse(Cell("reference_low")!, CultureInfo.InvariantCulture));
        });
        Assert.True(values.Count > 20, $"Only {values.Count} values of HbA1c.");
        Assert.True(values.Average() > 6.5, $"Mean HbA1c of diabetics is {values.Average():0.0}.");
    }

    [Fact]
    public void A_panel_is_reported_whole_and_in_order()
    {
        var items = new Dictionary<string, List<string>>();
        var panels = new Dictionary<string, string>();
        using var city = TestCity.Make(200, dirty: 0, watch: row =>
        {
            string Cell(string item) => row.Text(row.Shape.Find(item))!;
            if (row.Shape.DataSet.Id == "lab.report") panels[Cell("org_code") + Cell("report_no")] = Cell("panel_code");
            if (row.Shape.DataSet.Id != "lab.result") return;
            var report = Cell("org_code") + Cell("report_no");
            if (!items.TryGetValue(report, out var list)) items.Add(report, list = []);
            list.Add(Cell("item_code"));
            Assert.Equal(list.Count.ToString(CultureInfo.InvariantCulture), Cell("item_no"));
        });
        var expected = TestCity.Registry.ValueSets["LAB"].Codes.Values.ToLookup(c => c.Attributes["panel"], c => c.Value);
        Assert.NotEmpty(panels);
        Assert.All(panels, p => Assert.Equal(expected[p.Value], items[p.Key]));
    }
}
