using System.CommandLine;
using System.Globalization;
using Yunnao.Cli.Lake;
using Yunnao.Trust.Differential;

namespace Yunnao.Cli.Privacy;

/// <summary><c>yunnao privacy ask &lt;data set&gt;</c>: a count, sum, mean or histogram of persons, with noise, paid from a project's budget.</summary>
internal static class AskCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var dataSet = new Argument<string>("data-set") { Description = text["privacy.ask.data-set"] };
        var project = new Option<string>("--project") { Description = text["privacy.ask.project"], HelpName = "NAME", Required = true };
        var epsilon = new Option<decimal>("--epsilon") { Description = text["privacy.ask.epsilon"], HelpName = "E", DefaultValueFactory = _ => 0.5m };
        var delta = new Option<decimal>("--delta") { Description = text["privacy.ask.delta"], HelpName = "D" };
        var measure = new Option<PrivateMeasure>("--measure") { Description = text["privacy.ask.measure"], HelpName = "count|sum|mean" };
        var item = new Option<string>("--item") { Description = text["privacy.ask.item"], HelpName = "NAME" };
        var low = new Option<double>("--low") { Description = text["privacy.ask.bound"], HelpName = "X" };
        var high = new Option<double>("--high") { Description = text["privacy.ask.bound"], HelpName = "X" };
        var by = new Option<string>("--by") { Description = text["privacy.ask.by"], HelpName = "NAME" };
        var command = new Command("ask", text["privacy.ask"]) { dataSet, project, epsilon, delta, measure, item, low, high, by };
        command.SetAction((parsed, cancellation) => LakeRoom.UseEmbeddedAsync(parsed, terminal, write: false, async room =>
        {
            var question = new PrivateQuestion(parsed.GetValue(project)!, parsed.GetValue(dataSet)!, parsed.GetValue(measure), new(parsed.GetValue(epsilon), parsed.GetValue(delta)))
            {
                Item = parsed.GetValue(item), Low = parsed.GetValue(low), High = parsed.GetValue(high), By = parsed.GetValue(by),
            };
            if (!(await room.TrustAsync(cancellation).ConfigureAwait(false)).Try(out var trust, out var problem)) return terminal.Fail(problem);
            if (!(await trust.Private!.AskAsync(room.Scope, question, cancellation).ConfigureAwait(false)).Try(out var answers, out problem)) return terminal.Fail(problem);
            var listing = new Listing(question.By ?? "", text["privacy.col.value"], text["privacy.col.error"]);
            foreach (var answer in answers) listing.Add(answer.Group ?? "", Number(answer.Value), $"±{Number(answer.Error95)}");
            terminal.Print(listing);
            return ExitCodes.Ok;
        }));
        return command;
    }

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
