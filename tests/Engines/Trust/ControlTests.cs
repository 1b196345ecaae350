using Xunit;
using Yunnao.Trust;
using Yunnao.Trust.Control;

namespace Yunnao.Tests.Engines.Trust;

public sealed class ControlTests
{
    [Theory]
    [MemberData(nameof(TrustFolder.Databases), MemberType = typeof(TrustFolder))]
    public async Task Opening_again_applies_no_migration_twice(string database)
    {
        using var folder = new TrustFolder(database);
        await using (await folder.OpenAsync())
        {
        }

        await using var room = await folder.OpenAsync();
        await using var connection = await room.Control.ConnectAsync();
        var steps = typeof(TrustRoom).Assembly.GetManifestResourceNames().Count(n => n.StartsWith("migrations/", StringComparison.Ordinal));
        Assert.Equal(steps, await connection.NumberAsync("SELECT count(*) FROM control_migration", default));
    }

    [Theory]
    [MemberData(nameof(TrustFolder.Databases), MemberType = typeof(TrustFolder))]
    public async Task A_database_of_a_newer_program_is_refused(string database)
    {
        using var folder = new TrustFolder(database);
        await WriteAsync(folder, "INSERT INTO control_migration (number, name, hash) VALUES (9999, 'later', 'x')");
        Assert.Equal("control.newer", await CodeAsync(folder));
    }

    [Theory]
    [MemberData(nameof(TrustFolder.Databases), MemberType = typeof(TrustFolder))]
    public async Task A_migration_that_was_another_one_is_refused(string database)
    {
        using var folder = new TrustFolder(database);
        await WriteAsync(folder, "UPDATE control_migration SET hash = 'x'");
        Assert.Equal("control.changed", await CodeAsync(folder));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_a_problem_that_names_no_password()
    {
        using var folder = new TrustFolder();
        var opened = await ControlDb.OpenAsync(new() { Folder = folder.Path, PostgreSql = "Host=/nowhere;Username=u;Password=secret;Timeout=2" });
        Assert.Equal("control.unavailable", opened.Problem!.Code);
        Assert.DoesNotContain("secret", opened.Problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_owner_may_read_the_file()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("File modes are those of Unix.");
            return;
        }

        using var folder = new TrustFolder();
        await using var room = await folder.OpenAsync();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder.Path, "control.db")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder.Path, "keys", "master.key")));
    }

    private static async Task WriteAsync(TrustFolder folder, string sql)
    {
        await using var room = await folder.OpenAsync();
        await using var connection = await room.Control.ConnectAsync();
        await connection.ExecuteAsync(sql, default);
    }

    private static async Task<string?> CodeAsync(TrustFolder folder) =>
        (await ControlDb.OpenAsync(new() { Folder = folder.Path, PostgreSql = folder.Options().PostgreSql })).Problem?.Code;
}
