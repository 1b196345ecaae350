using System.Text.RegularExpressions;
using Xunit;
using Yunnao.Standards.Loading;

namespace Yunnao.Tests.EndToEnd.Standards;

/// <summary>The examples of the howtos work as they are written.</summary>
public sealed partial class HowToTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-howto-").FullName;

    public HowToTests() => Copy(Repository.File("standards"), _folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_data_set_of_the_howto_is_sound()
    {
        var blocks = Blocks("docs/howto/add-a-data-set.md");
        File.AppendAllText(Path.Combine(_folder, "datasets.csv"), blocks[0]);
        File.WriteAllText(Path.Combine(_folder, "items/lab.glucose_profile.csv"), blocks[1]);
        var load = RegistryLoader.Load(_folder);
        Assert.Empty(load.Problems);
        Assert.Equal(["profile_no", "measured_time"], load.Registry!.DataSets["lab.glucose_profile"].RecordKey.Select(i => i.Name));
    }

    [Fact]
    public void The_check_of_the_howto_is_sound()
    {
        var checks = Path.Combine(_folder, "checks.csv");
        var block = Blocks("docs/howto/add-a-check.md")[0];
        if (File.Exists(checks)) File.AppendAllText(checks, block[(block.IndexOf('\n', StringComparison.Ordinal) + 1)..]);
        else File.WriteAllText(checks, block);
        var load = RegistryLoader.Load(_folder);
        Assert.Empty(load.Problems);
        Assert.Contains(load.Registry!.DataSets["inpatient.discharge"].Rules, r => r.Id == "inpatient.stay_order");
    }

    private static string[] Blocks(string path) =>
        [.. Block().Matches(File.ReadAllText(Repository.File(path))).Select(m => Unindent(m.Groups["text"].Value))];

    private static string Unindent(string text) =>
        string.Concat(text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Trim() + "\n"));

    internal static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    [GeneratedRegex(@"```csv\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
