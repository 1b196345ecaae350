using System.Text.RegularExpressions;
using Xunit;

namespace Yunnao.Tests.House;

/// <summary>Documents stay true: their links lead somewhere, and no file names the machine it was written on.</summary>
public sealed partial class Documents
{
    private static readonly string[] TextEndings = [".cs", ".csproj", ".md", ".yaml", ".yml", ".csv", ".props", ".json", ".resx", ".cmd", ""];

    [Fact]
    public void Every_link_leads_to_a_file_of_the_repository()
    {
        var broken = new List<string>();
        foreach (var file in Files().Where(f => f.EndsWith(".md", StringComparison.Ordinal)))
        {
            foreach (Match link in Link().Matches(File.ReadAllText(file)))
            {
                var target = link.Groups["target"].Value.Split('#')[0];
                if (target.Length == 0 || target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal)) continue;
                var path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, target));
                if (!File.Exists(path) && !Directory.Exists(path)) broken.Add($"{Path.GetRelativePath(Repository.Root, file)} → {target}");
            }
        }

        Assert.Empty(broken);
    }

    [Fact]
    public void No_file_holds_an_absolute_path_of_a_home_or_work_folder()
    {
        var found = Files().Where(f => TextEndings.Contains(Path.GetExtension(f)))
            .Where(f => AbsolutePath().IsMatch(File.ReadAllText(f)))
            .Select(f => Path.GetRelativePath(Repository.Root, f));
        Assert.Empty(found);
    }

    private static IEnumerable<string> Files() =>
        Directory.EnumerateFiles(Repository.Root, "*", SearchOption.AllDirectories)
            .Where(f => !Path.GetRelativePath(Repository.Root, f).Split(Path.DirectorySeparatorChar).Any(p => p is ".git" or "artifacts" or "obj" or "bin" or "yunnao-data" or "city"));

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"(?<![\w./])/(?:home|root|Users|work)/[\w.-]")]
    private static partial Regex AbsolutePath();
}
