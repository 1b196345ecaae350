using Yunnao.Synthetic.Catalogue;
using Yunnao.Synthetic.Chance;
using Yunnao.Synthetic.People;
using Yunnao.Synthetic.Tables;

namespace Yunnao.Synthetic.Institutions;

/// <summary>The institutions of a city of a given size, with departments and staff.</summary>
internal sealed class InstitutionMaker(string folder, Book book, ulong seed)
{
    private const int ResidentsPerHospital = 20_000;
    private const int ResidentsPerCentre = 15_000;

    private static readonly string[] HospitalDepartments =
    [
        "03.01", "03.02", "03.03", "03.04", "03.05", "03.06", "03.07", "03.08", "04.01", "04.02", "04.03", "04.04", "05.01", "05.02", "07", "10", "11", "12",
        "13", "15", "16", "17", "19", "20", "21", "26", "28", "30", "32", "02",
    ];

    private static readonly string[] CentreDepartments = ["02", "01", "09", "06", "50", "30", "32"];

    private readonly NameMaker _names = new(folder);

    /// <summary>At least one hospital of each kind of system, and two centres of primary care.</summary>
    public List<Institution> Make(long residents)
    {
        var lines = Table.Read(folder, "institutions.csv").Lines().ToList();
        var hospitals = lines.Where(l => l["kind"] == "hospital").Take((int)Math.Max(4, residents / ResidentsPerHospital));
        var centres = lines.Where(l => l["kind"] == "primary").Take((int)Math.Max(2, residents / ResidentsPerCentre));
        return [.. hospitals.Concat(centres).Select(Make)];
    }

    private Institution Make(Table.Line l, int index)
    {
        var primary = l["kind"] == "primary";
        var institution = new Institution(
            index, l["code"], l["name"], l["folder"], primary, l["level"], l["grade"], l["district"], l.Words("sources"), l.Number("weight"));
        var dice = new Dice(seed, (ulong)index, 5);
        var staff = 0;
        foreach (var national in primary ? CentreDepartments : HospitalDepartments)
        {
            var name = book.Name("YV.department", national);
            if (name.EndsWith("专业", StringComparison.Ordinal)) name = name[..^2] + (name.EndsWith("科专业", StringComparison.Ordinal) ? "" : "科");
            var code = national.Replace(".", "", StringComparison.Ordinal);
            var type = national is "30" or "32" ? "4" : national is "01" or "09" or "06" ? "5" : "1";
            institution.Departments.Add(national, new(code, national, name, Staff(dice, ref staff, primary ? 4 : 8, type)));
        }

        institution.Departments.Add("YJ", new("YJ", "", "药剂科", Staff(dice, ref staff, 4, "3")));
        institution.Departments.Add("HL", new("HL", "", "护理部", Staff(dice, ref staff, primary ? 6 : 24, "2")));
        return institution;
    }

    private Doctor[] Staff(Dice dice, ref int number, int count, string type)
    {
        var staff = new Doctor[count];
        for (var i = 0; i < count; i++)
        {
            var sex = dice.Chance(type == "2" ? 0.96 : 0.45) ? Sex.Female : Sex.Male;
            var year = dice.Between(1966, 1998);
            var title = year < 1975 ? "1" : year < 1982 ? "2" : year < 1990 ? "3" : "4";
            staff[i] = new($"{++number:0000}", _names.Surname(dice) + _names.Given(dice, sex, year), sex, year, type, title);
        }

        return staff;
    }
}
