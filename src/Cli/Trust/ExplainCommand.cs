using System.CommandLine;
using Yunnao.Kernel;
using Yunnao.Lake.Scopes;
using Yunnao.Trust.Callers;
using Yunnao.Trust.Rights;

namespace Yunnao.Cli.Trust;

/// <summary><c>yunnao trust explain --as ROLE --purpose P --item I</c>: what is shown of an item, and why, step by step. Reads no data.</summary>
internal static class ExplainCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var roles = new Option<string>("--as") { Description = text["trust.explain.as"], HelpName = "ROLE", Required = true };
        var purpose = new Option<string>("--purpose") { Description = text["trust.explain.purpose"], HelpName = "P", Required = true };
        var item = new Option<string>("--item") { Description = text["trust.explain.item"], HelpName = "DATASET.ITEM", Required = true };
        var organisation = new Option<string>("--org") { Description = text["trust.explain.org"], HelpName = "CODE", DefaultValueFactory = _ => "ORG" };
        var subject = new Option<ulong?>("--subject") { Description = text["trust.explain.subject"], HelpName = "N" };
        var command = new Command("explain", text["trust.explain"]) { roles, purpose, item, organisation, subject };
        command.SetAction(parsed =>
        {
            if (!RegistryFolder.Load(parsed, terminal).Try(out var registry, out var problem)) return terminal.Fail(problem);
            var name = parsed.GetRequiredValue(item);
            var dataSet = registry.DataSets.ContainsKey(name) || !name.Contains('.', StringComparison.Ordinal) ? name : name[..name.LastIndexOf('.')];
            var who = parsed.GetRequiredValue(roles).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToHashSet(StringComparer.Ordinal);
            var one = parsed.GetValue(subject);
            var caller = new Caller("explain", CallerKind.Account, who, [parsed.GetValue(organisation)!], one);
            var request = new ScopeRequest(caller, new(parsed.GetRequiredValue(purpose)), [dataSet]) { Subject = one };
            var (steps, action) = new Explanation(registry).Of(request, dataSet, name == dataSet ? null : name[(dataSet.Length + 1)..]);
            Print(steps, action, terminal);
            return steps.Any(s => !s.Holds) ? ExitCodes.Of(ProblemKind.Forbidden) : ExitCodes.Ok;
        });
        return command;
    }

    private static void Print(IReadOnlyList<Step> steps, ItemAction action, Terminal terminal)
    {
        var text = terminal.Text;
        for (var i = 0; i < steps.Count; i++)
        {
            var step = steps[i];
            terminal.Print($"{i + 1}. {(step.Holds ? "✓" : "✗")} {step.Text.In(text.Language)}{(step.Because.Length > 0 ? $"  [{step.Because}]" : "")}");
        }

        terminal.Print(text.Format("trust.explain.result", text[$"trust.action.{(steps.Any(s => !s.Holds) ? ItemAction.Nothing : action)}"]));
    }
}
