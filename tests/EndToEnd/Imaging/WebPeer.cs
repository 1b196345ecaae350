using System.Text.Json;
using Xunit;

namespace Yunnao.Tests.EndToEnd.Imaging;

/// <summary>Programs that people use in their browsers, in headless Chromium. Their packages are fetched by tests/install-peers; a test whose program is missing is skipped.</summary>
internal static class WebPeer
{
    private static readonly string Packages = Repository.File("artifacts/peers");

    /// <summary>Folder of the built OHIF viewer; null where it is not.</summary>
    public static string? ViewerOrNull => Path.Combine(Packages, "ohif", "dist") is var viewer && Directory.Exists(viewer) ? viewer : null;

    /// <summary>Folder of the built OHIF viewer.</summary>
    public static string Viewer() => Need(Path.Combine(Packages, "ohif", "dist"));

    /// <summary>Runs a script beside the packages; gives the JSON that it prints.</summary>
    public static async Task<JsonElement> Script(string name, params string[] arguments)
    {
        Need(Path.Combine(Packages, "node_modules", "playwright-core"));
        if (Peer.Find("chromium") is null) Assert.Skip("chromium is not installed: run tests/install-peers");

        // The packages are found from where the script lies.
        var script = Path.Combine(Packages, name);
        File.Copy(Repository.File($"tests/EndToEnd/Imaging/{name}"), script, overwrite: true);
        using var process = Peer.Start("env", ["-C", Packages, "node", script, .. arguments]);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var late = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await process.WaitForExitAsync(late.Token);
        Assert.True(process.ExitCode == 0, await error);
        return JsonElement.Parse((await output).Trim());
    }

    private static string Need(string path)
    {
        if (!Directory.Exists(path)) Assert.Skip("The npm packages are not here: run tests/install-peers");
        return path;
    }
}
