using Xunit;
using Yunnao.Lake;
using Yunnao.Standards;
using Yunnao.Standards.Policies;
using Yunnao.Tests.Engines.Lake;
using Yunnao.Trust;
using Yunnao.Trust.Callers;
using Yunnao.Trust.Keys;

namespace Yunnao.Tests.Engines.Trust;

/// <summary>A data folder with the test's data sets, a small policy, and the control database of a kind.</summary>
internal sealed class TrustFolder : IDisposable
{
    private readonly string? _postgreSql;

    public TrustFolder(string database = "sqlite")
    {
        if (database != "postgresql") return;
        _postgreSql = PrivatePostgreSql.NewDatabase();
        Assert.SkipWhen(_postgreSql is null, PrivatePostgreSql.HowToGet);
    }

    /// <summary>The kinds of control database that every test runs on.</summary>
    public static TheoryData<string> Databases => ["sqlite", "postgresql"];

    public string Path { get; } = Directory.CreateTempSubdirectory("yunnao-trust-").FullName;

    public static Registry Registry { get; } = new()
    {
        Elements = new Dictionary<string, DataElement>(), ValueSets = new Dictionary<string, ValueSet>(), Mappings = new Dictionary<string, SourceMapping>(),
        CodeMaps = new Dictionary<string, CodeMap>(), Units = new Dictionary<string, Names>(), Fingerprint = "test",
        DataSets = new[] { TestShapes.Lab.DataSet, TestShapes.Drug.DataSet }.ToDictionary(d => d.Id),
        Policies = Policies(),
    };

    public TrustOptions Options(Suite suite = Suite.Aes) => new() { Folder = Path, PostgreSql = _postgreSql, Suite = suite, SealMinutes = 0, TimeZone = TimeZoneInfo.Utc };

    public async Task<TrustRoom> OpenAsync(ILakeEngine? engine = null, Suite suite = Suite.Aes, TimeProvider? time = null) =>
        (await TrustRoom.OpenAsync(Options(suite), Registry, engine, time)).Value;

    public static Caller Caller(string role, string id = "anna", string? organisation = "B", ulong? subject = null) =>
        new(id, CallerKind.Account, new HashSet<string> { role }, organisation is null ? [] : [organisation], subject);

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static PolicyBook Policies()
    {
        var names = new Names("名", "name");
        var at = new SourceLine("policies/test.csv", 1);
        PolicyRole Role(string id, string? apart = null) => new(id, Status.Standard, apart, names, names, "test", at);
        PolicyPurpose Purpose(string id, ConsentRule consent = ConsentRule.None, int group = 0, bool glass = false) =>
            new(id, Status.Standard, consent, group, glass, names, names, "test", at);
        Right Right(string role, string purpose, Reach organisations, Reach subjects, bool rows, Deid keys, params Deid?[] levels) =>
            new($"{role}-{purpose}", Status.Standard, role, purpose, ["*"], organisations, subjects, rows, keys, levels, [], "test", at);

        Deid?[] clear = [Deid.Keep, Deid.Keep, Deid.Keep, Deid.Keep, Deid.Keep];
        Deid?[] own = [Deid.Keep, null, null, Deid.Drop, Deid.Drop];
        return new(
            new[] { Role("doctor"), Role("researcher"), Role("manager"), Role("application"), Role("citizen"), Role("a1", "admin"), Role("a2", "admin") }.ToDictionary(r => r.Id),
            new[]
            {
                Purpose("care"), Purpose("research", ConsentRule.OptIn), Purpose("interface", ConsentRule.OptOut), Purpose("management", group: 3),
                Purpose("emergency", glass: true), Purpose("self"),
            }.ToDictionary(p => p.Id),
            [
                Right("doctor", "care", Reach.Own, Reach.All, true, Deid.Keep, clear),
                Right("doctor", "emergency", Reach.All, Reach.Named, true, Deid.Keep, clear),
                Right("researcher", "research", Reach.All, Reach.All, true, Deid.Pseudonym, own),
                Right("application", "interface", Reach.All, Reach.All, true, Deid.Keep, own),
                Right("manager", "management", Reach.All, Reach.All, false, Deid.Pseudonym, own),
                Right("citizen", "self", Reach.All, Reach.Own, true, Deid.Keep, clear),
            ],
            new Dictionary<string, Grouping>(),
            [
                new("bulk", Status.Standard, AnomalyKind.Rows, ["read"], null, 100, TimeSpan.FromHours(1), 0, 0, names, "test", at),
                new("night", Status.Standard, AnomalyKind.Rows, ["read"], null, 10, TimeSpan.FromHours(1), 22, 6, names, "test", at),
                new("colleagues", Status.Standard, AnomalyKind.Related, ["read"], "staff", 0, TimeSpan.FromDays(1), 0, 0, names, "test", at),
                new("persons", Status.Standard, AnomalyKind.Subjects, ["read"], null, 3, TimeSpan.FromHours(1), 0, 0, names, "test", at),
            ]);
    }
}
