using System.CommandLine;
using Yunnao.Cli.Serve;
using Yunnao.Kernel;
using Yunnao.Server.Accounts;

namespace Yunnao.Cli.Accounts;

/// <summary>Opens the accounts of a data folder for a command.</summary>
internal static class AccountsFolder
{
    /// <summary>Who does it, for the audit.</summary>
    public static string By => $"local:{Environment.UserName}";

    /// <summary>Lets <paramref name="work"/> run on the accounts and reports the problem that stood in the way.</summary>
    public static async Task<int> UseAsync(ParseResult parsed, Terminal terminal, Func<AccountsRoom, Task<Problem?>> work, CancellationToken cancellation)
    {
        if (!RegistryFolder.Load(parsed, terminal).Try(out var registry, out var problem)) return terminal.Fail(problem);
        if (!ServeCommand.Options(parsed, terminal, null).Try(out var options, out problem)) return terminal.Fail(problem);
        if (!(await AccountsRoom.OpenAsync(options, registry, cancellation).ConfigureAwait(false)).Try(out var room, out problem)) return terminal.Fail(problem);
        await using (room.ConfigureAwait(false))
        {
            problem = await work(room).ConfigureAwait(false);
            return problem is null ? ExitCodes.Ok : terminal.Fail(problem);
        }
    }
}
