using DuckDB.NET.Data;
using Xunit;
using Yunnao.Services.Exports;
using Yunnao.Tests.EndToEnd.Ingest;
using Yunnao.Tests.EndToEnd.Standards;

namespace Yunnao.Tests.EndToEnd.Exports;

/// <summary>Exports that are killed, or whose disk is full, and go on.</summary>
public sealed class Export_kill_tests : IDisposable
{
    private const int Loaded = 120_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-export-kill-").FullName;

    private string Data => Path.Combine(_folder, "data");

    private string Standards => Path.Combine(_folder, "standards");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Killed_at_any_moment_and_called_again_an_export_holds_every_row_once_and_nothing_else_lies_there()
    {
        await LoadAsync();
        var (whole, cut, random) = (Path.Combine(_folder, "whole"), Path.Combine(_folder, "cut"), new Random(11));
        var (code, _, error) = await YunnaoProcess.Run(Arguments(whole));
        Assert.True(code == 0, error);
        for (var round = 0; round < 5 && !File.Exists(Path.Combine(cut, ExportManifest.FileName)); round++)
            await YunnaoProcess.Kill(Arguments(cut), TimeSpan.FromMilliseconds(random.Next(0, 400)), () => Directory.Exists(cut));
        if (!File.Exists(Path.Combine(cut, ExportManifest.FileName))) (code, _, error) = await YunnaoProcess.Run(Arguments(cut));
        Assert.True(code == 0, error);
        Assert.Equal(Files(whole), Files(cut));
        Assert.Equal(0, (await CliRun.Of("en", ["export", "verify", cut])).ExitCode);
        Assert.Equal([(long)Loaded, 0L, 0L], Compare(whole, cut));
    }

    /// <summary>The disk is a limit of the file's size: writing beyond it fails as on a full disk.</summary>
    [Fact]
    public async Task On_a_full_disk_an_export_says_so_and_goes_on_when_there_is_room()
    {
        await LoadAsync();
        var folder = Path.Combine(_folder, "full");
        var output = await ShellAsync($"export DOTNET_EnableWriteXorExecute=0; trap '' XFSZ; ulimit -f 2000; exec \"$0\" \"$@\"", Arguments(folder));
        Assert.Contains("export.file", output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder, ExportManifest.FileName)));
        var (code, _, error) = await YunnaoProcess.Run(Arguments(folder));
        Assert.True(code == 0, error);
        Assert.Equal(0, (await CliRun.Of("en", ["export", "verify", folder])).ExitCode);
    }

    private string[] Arguments(string into) => ["export", "run", "--data-set", "lab.result", "person.basic", "--format", "csv", "--out", into, "--data", Data, "--standards", Standards];

    private async Task LoadAsync()
    {
        SmallRegistry.Write(Standards);
        var file = Path.Combine(_folder, "lab-1.csv");
        await File.WriteAllTextAsync(file, Server.TestServer.LabFile(Loaded));
        var (code, _, error) = await YunnaoProcess.Run("ingest", file, "--source", "plain", "--organisation", "H1", "--data", Data, "--standards", Standards);
        Assert.True(code == 0, error);
    }

    private static async Task<string> ShellAsync(string script, string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("bash", ["-c", script, YunnaoProcess.Executable(), .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var said = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return await said;
    }

    private static string[] Files(string folder) => [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f)).Order(StringComparer.Ordinal)];

    /// <summary>Rows of one export; how many of it the other has not; and how many of the other it has not, copies counted.</summary>
    private static long[] Compare(string one, string other)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        var (a, b) = ($"SELECT * FROM read_csv('{one}/lab.result.csv', all_varchar = true)", $"SELECT * FROM read_csv('{other}/lab.result.csv', all_varchar = true)");
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT (SELECT count(*) FROM ({a})), (SELECT count(*) FROM ({a} EXCEPT ALL {b})), (SELECT count(*) FROM ({b} EXCEPT ALL {a}))";
        using var reader = command.ExecuteReader();
        reader.Read();
        return [reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)];
    }
}
