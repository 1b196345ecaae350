using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Tests.Engines.Lake;

/// <summary>Small data sets made by hand, so that these tests stand on the contract of <see cref="TableShape"/> and not on the registry's content.</summary>
internal static class TestShapes
{
    /// <summary>lab.result with key, subject, organisation, time, a coded text, a number, a money amount, a date and a boolean.</summary>
    public static TableShape Lab { get; } = new(LabSet("1.0.0"));

    /// <summary>drug.order, a second data set about persons.</summary>
    public static TableShape Drug { get; } = new(Set(
        "drug.order", "1.0.0", [Key("order_no"), Subject(), Org(), Time("ordered"), Plain("drug_code", ElementType.S3, 3)]));

    /// <summary>The same as <see cref="Lab"/> with further items or other types.</summary>
    public static DataSet LabSet(string version, params Item[] more) => Set(
        "lab.result", version,
        [
            Key("result_no"), Subject(), Org(), Time("reported"), Plain("code", ElementType.S3, 3), Plain("value", ElementType.N, 3, decimals: 2),
            Plain("price", ElementType.N, 2, decimals: 2, unit: "CNY"), Plain("collected", ElementType.D, 3), Plain("urgent", ElementType.L, 2),
            Name("patient_name"), .. more,
        ]);

    public static Item Plain(string name, ElementType type, int? level = 2, int decimals = 0, string? unit = null, Deid? deid = Deid.Keep, int length = 10) =>
        Make(name, type, Roles.None, null, level, deid, unit, new(type == ElementType.N ? $"N..{length}" : "AN..50", length, decimals, false));

    private static Item Key(string name) => Make(name, ElementType.S1, Roles.Record, null, 3, Deid.Pseudonym);

    private static Item Subject() => Make("patient_no", ElementType.S1, Roles.Subject, null, 4, Deid.Vault);

    private static Item Org() => Make("org_code", ElementType.S1, Roles.Organisation, null, 2, Deid.Keep);

    private static Item Time(string name) => Make(name, ElementType.DT, Roles.Time, null, 3, Deid.Generalise);

    private static Item Name(string name) => Make(name, ElementType.S1, Roles.Identity, "name", 4, Deid.Vault);

    private static Item Make(
        string name, ElementType type, Roles roles, string? identity, int? level, Deid? deid, string? unit = null, ElementFormat? format = null)
    {
        var names = new Names(name, name);
        var form = format ?? new ElementFormat("AN..50", 50, 0, false);
        var element = new DataElement($"DE.{name}", "1.0.0", Status.Standard, false, names, names, type, form, null, "test", default);
        return new(
            name, null, element, names, names, null, unit, null, null, (roles & Roles.Record) != 0, roles, identity, level, deid,
            new Dictionary<string, string>(), Status.Standard, false, "test", default);
    }

    private static DataSet Set(string id, string version, IReadOnlyList<Item> items) => new(
        id, version, Status.Standard, false, id[..id.IndexOf('.')], new(id, id), new(id, id), null, null, 50, "test", items, [], default);
}
