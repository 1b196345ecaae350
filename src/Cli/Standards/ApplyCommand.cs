using System.CommandLine;
using Yunnao.Lake.DuckDb;
using Yunnao.Services.RegistryChange;

namespace Yunnao.Cli.Standards;

/// <summary><c>yunnao standards apply</c>: takes the lake to the registry in use, in one transaction, unless the plan refuses it.</summary>
internal static class ApplyCommand
{
    public static Command Create(Terminal terminal)
    {
        var most = DiffCommand.MostOption(terminal);
        var command = new Command("apply", terminal.Text["standards.apply"]) { most };
        command.SetAction(parsed =>
        {
            if (!RegistryFolder.Load(parsed, terminal).Try(out var after, out var problem)) return terminal.Fail(problem);
            var folder = DataFolder.Of(parsed, terminal);

            // The lake is opened with the tables it has: nothing follows before the plan is judged.
            if (!DuckDbLake.Open(new() { Folder = folder, ReadOnly = true }, []).Try(out var peek, out problem)) return terminal.Fail(problem);
            Yunnao.Standards.Registry? before;
            using (peek)
            {
                if (!PlanCommand.Before(peek, terminal).Try(out before, out problem)) return terminal.Fail(problem);
            }

            if (!DuckDbLake.Open(new() { Folder = folder }, RegistryPlan.Shapes(before)).Try(out var lake, out problem)) return terminal.Fail(problem);
            using (lake)
            {
                var plan = RegistryPlan.Of(before, after, lake);
                var code = ChangeListing.Print(plan, terminal, parsed.GetValue(most));
                if (code != ExitCodes.Ok || lake.AppliedRegistry()?.Fingerprint == after.Fingerprint) return code;
                var stamp = RegistryGuard.Stamp(after, RegistryFolder.Of(parsed, terminal));
                if (lake.Migrate(RegistryPlan.Shapes(after), plan.Renames, stamp) is { } failed) return terminal.Fail(failed);
            }

            terminal.Print(terminal.Text.Format("standards.apply.done", after.Fingerprint));
            return ExitCodes.Ok;
        });
        return command;
    }
}
