using Yunnao.Services.RegistryChange;

namespace Yunnao.Cli.Standards;

/// <summary>Prints the step from one registry to another: how much of each class, the changes with what they touch, and what refuses it.</summary>
internal static class ChangeListing
{
    /// <summary>Longest old or new value that a line shows.</summary>
    private const int Longest = 60;

    private const int MostTouched = 4;

    /// <returns>The exit code: that of the first problem, or success.</returns>
    public static int Print(RegistryPlan plan, Terminal terminal, int most)
    {
        var text = terminal.Text;
        if (plan.Changes.Count == 0)
        {
            terminal.Print(text["standards.diff.none"]);
            return ExitCodes.Ok;
        }

        var changes = new Listing(text["standards.diff.class"], text["kind"], text["id"], text["standards.diff.field"],
            text["standards.diff.before"], text["standards.diff.after"], text["standards.diff.touches"]);
        foreach (var (change, touches) in plan.Changes.OrderByDescending(c => c.Change.Class).Take(most).Select(c => (c.Change, c.Touches)))
        {
            changes.Add(
                text[$"standards.diff.{change.Class}"], text[$"kind.{change.Kind}"], change.Id, text.Find($"standards.field.{change.Field}") ?? change.Field, Short(change.Before), Short(change.After),
                Touched(touches, text));
        }

        terminal.Print(changes);
        if (plan.Changes.Count > most) terminal.Print(text.Format("standards.diff.more", plan.Changes.Count - most));
        terminal.Print();
        var classes = plan.Changes.GroupBy(c => c.Change.Class).OrderByDescending(g => g.Key);
        terminal.Print(string.Join(", ", classes.Select(g => $"{text[$"standards.diff.{g.Key}"]} {g.Count()}")));
        if (plan.Problems is not [var first, ..]) return ExitCodes.Ok;
        foreach (var problem in plan.Problems) terminal.Error.WriteLine(problem.In(terminal.Text));
        terminal.Error.WriteLine(text.Format("standards.plan.refused", plan.Problems.Count));
        foreach (var advice in plan.Problems.Select(p => text.Find($"problem.{p.Code}")).OfType<string>().Distinct()) terminal.Error.WriteLine(advice);
        return ExitCodes.Of(first.Kind);
    }

    private static string Touched(IReadOnlyList<(string What, string Which)> touches, Text text) =>
        string.Join("; ", touches.Take(MostTouched).Select(t => $"{text[$"standards.touch.{t.What}"]} {t.Which}")) + (touches.Count > MostTouched ? $" … ({touches.Count})" : "");

    private static string Short(string value) => value.Length <= Longest ? value : value[..Longest] + "…";
}
