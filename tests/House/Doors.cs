using System.Xml.Linq;
using Xunit;

namespace Yunnao.Tests.House;

/// <summary>The table of doors: which room may open onto which. A room opens only onto lower rooms.</summary>
public sealed class Doors
{
    /// <summary>Room, level, doors. Changing this table is a decision: say why in docs/adr.</summary>
    private static readonly Dictionary<string, (int Level, string[] Opens)> Rooms = new()
    {
        ["Kernel"] = (0, []),
        ["Standards"] = (1, ["Kernel"]),
        ["Formats"] = (1, ["Kernel"]),
        ["Lake"] = (2, ["Kernel", "Standards"]),
        ["Lake.DuckDb"] = (3, ["Kernel", "Standards", "Lake"]),
        ["Lake.S3"] = (3, ["Kernel", "Lake"]),
        ["Trust"] = (3, ["Kernel", "Standards", "Lake"]),
        ["Services"] = (4, ["Kernel", "Standards", "Formats", "Lake", "Lake.DuckDb", "Lake.S3", "Trust"]),
        ["Synthetic"] = (4, ["Kernel", "Standards"]),
        ["Reports"] = (4, ["Kernel"]),
        ["Server"] = (6, ["Kernel", "Standards", "Lake", "Lake.DuckDb", "Trust", "Services"]),
        ["Cli"] = (7, ["Kernel", "Standards", "Formats", "Lake", "Lake.DuckDb", "Trust", "Services", "Reports", "Synthetic", "Server"]),
    };

    [Fact]
    public void Every_room_is_in_the_table()
    {
        var projects = Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .Select(p => Path.GetFileNameWithoutExtension(p)!);
        Assert.Equal(Rooms.Keys.Order(), projects.Order());
    }

    [Fact]
    public void Every_door_is_in_the_table()
    {
        foreach (var (room, (_, opens)) in Rooms)
            Assert.Equal(opens.Order(), References(room).Order());
    }

    [Fact]
    public void Doors_open_only_downwards()
    {
        foreach (var (room, (level, opens)) in Rooms)
            Assert.All(opens, lower => Assert.True(Rooms[lower].Level < level, $"{room} opens onto {lower}, which is not below it."));
    }

    [Fact]
    public void The_kernel_has_no_packages() =>
        Assert.Empty(Project("Kernel").Descendants("PackageReference"));

    private static IEnumerable<string> References(string room) =>
        Project(room).Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')));

    private static XDocument Project(string room) => XDocument.Load(Path.Combine(Repository.Root, "src", room, $"{room}.csproj"));
}
