using System.CommandLine;
using System.Globalization;
using Yunnao.Cli.Lake;
using Yunnao.Trust.Rights;

namespace Yunnao.Cli.Privacy;

/// <summary><c>yunnao privacy budget [project]</c>: what projects may learn, and what they have learned.</summary>
internal static class BudgetCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var project = new Argument<string?>("project") { Description = text["privacy.budget.project"], Arity = ArgumentArity.ZeroOrOne };
        var epsilon = new Option<decimal?>("--epsilon") { Description = text["privacy.budget.epsilon"], HelpName = "E" };
        var delta = new Option<decimal>("--delta") { Description = text["privacy.budget.delta"], HelpName = "D" };
        var command = new Command("budget", text["privacy.budget"]) { project, epsilon, delta };
        command.SetAction((parsed, cancellation) => LakeRoom.UseEmbeddedAsync(parsed, terminal, write: false, async room =>
        {
            if (!(await room.TrustAsync(cancellation).ConfigureAwait(false)).Try(out var trust, out var problem)) return terminal.Fail(problem);
            if (parsed.GetValue(project) is { } name && parsed.GetValue(epsilon) is { } whole
                && await trust.Budgets.GrantAsync(name, new(whole, parsed.GetValue(delta)), LocalAdministrator.Name, cancellation).ConfigureAwait(false) is { } wrong) return terminal.Fail(wrong);
            var listing = new Listing(text["privacy.col.project"], "ε", text["privacy.col.spent"], "δ", text["privacy.col.spent"]);
            foreach (var b in await trust.Budgets.AllAsync(cancellation).ConfigureAwait(false))
            {
                if (parsed.GetValue(project) is { } only && only != b.Project) continue;
                listing.Add(b.Project, Number(b.Whole.Epsilon), Number(b.Spent.Epsilon), Number(b.Whole.Delta), Number(b.Spent.Delta));
            }

            terminal.Print(listing);
            return ExitCodes.Ok;
        }));
        return command;
    }

    private static string Number(decimal value) => value.ToString("0.############", CultureInfo.InvariantCulture);
}
