using System.CommandLine;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb;
using Yunnao.Services.RegistryChange;
using Yunnao.Standards;

namespace Yunnao.Cli.Standards;

/// <summary><c>yunnao standards plan</c>: what the registry in use would change in the lake, and what refuses it. Changes nothing.</summary>
internal static class PlanCommand
{
    public static Command Create(Terminal terminal)
    {
        var most = DiffCommand.MostOption(terminal);
        var command = new Command("plan", terminal.Text["standards.plan"]) { most };
        command.SetAction(parsed =>
        {
            if (!RegistryFolder.Load(parsed, terminal).Try(out var after, out var problem)) return terminal.Fail(problem);
            var options = new DuckDbLakeOptions { Folder = DataFolder.Of(parsed, terminal), ReadOnly = true };
            if (!DuckDbLake.Open(options, []).Try(out var lake, out problem)) return terminal.Fail(problem);
            using (lake)
            {
                if (!Before(lake, terminal).Try(out var before, out problem)) return terminal.Fail(problem);
                return ChangeListing.Print(RegistryPlan.Of(before, after, lake), terminal, parsed.GetValue(most));
            }
        });
        return command;
    }

    /// <summary>The registry that the lake remembers. Problem: <c>lake.no-registry</c>.</summary>
    public static Result<Registry> Before(DuckDbLake lake, Terminal terminal)
    {
        if (lake.AppliedRegistry() is not { } applied || RegistryGuard.Read(applied) is not { } before)
        {
            return new Problem(ProblemKind.NotFound, "lake.no-registry", terminal.Text["standards.plan.no-registry"]);
        }

        terminal.Print(terminal.Text.Format("standards.plan.from", applied.Fingerprint, $"{applied.Applied:yyyy-MM-dd HH:mm}"));
        return before;
    }
}
