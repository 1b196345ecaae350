namespace Yunnao.Tests.EndToEnd.Server;

/// <summary>The roles, purposes and rights of the registry beside the small registry: those rights that name no data set of the large one.</summary>
internal static class SmallPolicies
{
    public static void Write(string standards)
    {
        var (from, to) = (Repository.File("standards/policies"), Path.Combine(standards, "policies"));
        Directory.CreateDirectory(to);
        foreach (var name in new[] { "roles.csv", "purposes.csv" }) File.Copy(Path.Combine(from, name), Path.Combine(to, name));
        var lines = File.ReadAllLines(Path.Combine(from, "rights.csv"));
        File.WriteAllLines(Path.Combine(to, "rights.csv"), lines.Where((line, i) => i == 0 || line.Split(',') is [_, _, _, _, "*", ..]));
    }
}
