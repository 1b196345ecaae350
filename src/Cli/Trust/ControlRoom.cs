using System.CommandLine;
using Yunnao.Kernel;
using Yunnao.Trust;

namespace Yunnao.Cli.Trust;

/// <summary>Rights, audit and keys of a data folder, for the commands that look at them or keep them in order; the lake stays closed.</summary>
internal static class ControlRoom
{
    /// <summary>Opens the room, lets <paramref name="work"/> run in it and closes it; reports the problem that stood in the way.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> UseAsync(ParseResult parsed, Terminal terminal, Func<TrustRoom, Task<int>> work, CancellationToken cancellation)
    {
        if (!RegistryFolder.Load(parsed, terminal).Try(out var registry, out var problem)) return terminal.Fail(problem);
        var folder = DataFolder.Of(parsed, terminal);
        if (!Directory.Exists(folder)) return terminal.Fail(new(ProblemKind.NotFound, "lake.none", terminal.Text.Format("trust.no-folder", folder)));
        var options = new TrustOptions { Folder = folder, PostgreSql = terminal.ControlDatabase, SealMinutes = 0 };
        if (!(await TrustRoom.OpenAsync(options, registry, null, cancellation: cancellation).ConfigureAwait(false)).Try(out var room, out problem)) return terminal.Fail(problem);
        await using (room.ConfigureAwait(false)) return await work(room).ConfigureAwait(false);
    }
}
