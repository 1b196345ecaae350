using Yunnao.Synthetic.Institutions;
using Yunnao.Synthetic.People;

namespace Yunnao.Synthetic.Care;

/// <summary>An institution's own data: itself, its departments, its staff.</summary>
internal static class OrganisationRecords
{
    public static void Write(Town town, Desk desk)
    {
        var institution = desk.Institution;
        var updated = town.Start.AddDays(-30);
        desk.Send(desk.Row("org.organisation")
            .Set("org_name", institution.Name).Set("org_type", institution.Primary ? "B1" : "A1").Set("org_type_name", institution.Primary ? "社区卫生服务中心" : "综合医院")
            .Set("level", institution.Level).Set("grade", institution.Grade).Set("ownership", "1").Set("division", institution.District).Set("city", Household.City)
            .Set("postal_code", "430000").Set("phone", $"027-8{institution.Index:0000000}").Set("beds", institution.Primary ? 30 : 300 * int.Parse(institution.Level))
            .Set("established_date", new DateOnly(1950 + institution.Index, 5, 1)).Set("active", true).Set("updated_time", updated));
        foreach (var department in institution.Departments.Values)
        {
            desk.Send(desk.Row("org.department")
                .Set("department_code", department.Code).Set("department_name", department.Name).Set("national_code", department.National)
                .Set("department_type", department.National is "30" or "32" ? "2" : department.National is "01" or "06" or "09" ? "5" : department.National.Length == 0 ? "9" : "1")
                .Set("active", true).Set("updated_time", updated));
            foreach (var doctor in department.Doctors) Staff(desk, department, doctor, updated);
        }
    }

    private static void Staff(Desk desk, Department department, Doctor doctor, DateTime updated) => desk.Send(desk.Row("org.practitioner")
        .Set("staff_code", doctor.Code).Set("staff_name", doctor.Name).Set("sex", (int)doctor.Sex).Set("birth_date", new DateOnly(doctor.BirthYear, 6, 15))
        .Set("department_code", department.Code).Set("staff_type", doctor.Type).Set("title_code", doctor.Title).Set("specialty", department.Name).Set("active", true)
        .Set("updated_time", updated));
}
