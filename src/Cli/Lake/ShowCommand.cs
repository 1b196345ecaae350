using System.CommandLine;
using System.Globalization;
using Yunnao.Kernel;

namespace Yunnao.Cli.Lake;

/// <summary><c>yunnao show record | subject</c>: one record with its former versions; everything about one person in time order.</summary>
internal static class ShowCommand
{
    public static Command Create(Terminal terminal) => new("show", terminal.Text["show"]) { Record(terminal), Subject(terminal) };

    private static Command Record(Terminal terminal)
    {
        var text = terminal.Text;
        var id = new Argument<string>("id") { Description = text["show.record.id"] };
        var dataSet = DataSet(terminal);
        var command = new Command("record", text["show.record"]) { id, dataSet };
        command.SetAction((parsed, cancellation) => UInt128.TryParse(parsed.GetRequiredValue(id), NumberStyles.None, CultureInfo.InvariantCulture, out var key)
            ? LakeRoom.UseAsync(parsed, terminal, write: false, async room => await room.NoteAsync($"record {key}", null, cancellation).ConfigureAwait(false) is { } refused
                ? terminal.Fail(refused)
                : await new RecordPage(room, terminal).PrintAsync(key, parsed.GetValue(dataSet), cancellation).ConfigureAwait(false))
            : Task.FromResult(terminal.Fail(new(ProblemKind.Incorrect, "show.bad-id", text["show.record.bad-id"]))));
        return command;
    }

    private static Command Subject(Terminal terminal)
    {
        var text = terminal.Text;
        var id = new Argument<string>("id") { Description = text["show.subject.id"] };
        var dataSet = DataSet(terminal);
        var json = new Option<bool>("--json") { Description = text["show.subject.json"] };
        var command = new Command("subject", text["show.subject"]) { id, dataSet, json };
        command.SetAction((parsed, cancellation) => ulong.TryParse(parsed.GetRequiredValue(id), NumberStyles.None, CultureInfo.InvariantCulture, out var subject)
            ? LakeRoom.UseAsync(
                parsed, terminal, write: false, async room =>
                    (await room.NoteAsync(parsed.GetValue(dataSet) ?? "*", subject, cancellation).ConfigureAwait(false)
                        ?? await new SubjectPage(room, terminal).PrintAsync(subject, parsed.GetValue(dataSet), parsed.GetValue(json), most: null, cancellation).ConfigureAwait(false)) is { } problem
                        ? terminal.Fail(problem)
                        : ExitCodes.Ok)
            : Task.FromResult(terminal.Fail(new(ProblemKind.Incorrect, "show.bad-id", text["show.subject.bad-id"]))));
        return command;
    }

    private static Option<string> DataSet(Terminal terminal) => new("--data-set") { Description = terminal.Text["show.data-set"], HelpName = "ID" };
}
