using System.CommandLine;
using Yunnao.Services.Ingest;

namespace Yunnao.Cli.Lake;

/// <summary><c>yunnao quarantine list | show | export | release | fix</c>.</summary>
internal static class QuarantineCommand
{
    public static Command Create(Terminal terminal) => new("quarantine", terminal.Text["quarantine"]) { List(terminal), Show(terminal), Export(terminal), ReleaseCommand.Create(terminal), ReleaseCommand.CreateFix(terminal) };

    private static Command List(Terminal terminal)
    {
        var filter = new QuarantineFilter(terminal);
        var command = new Command("list", terminal.Text["quarantine.list"]);
        filter.AddTo(command);
        command.SetAction((parsed, cancellation) => LakeRoom.UseAsync(parsed, terminal, write: false, room => PrintAsync(
            room,
            filter.Sql(parsed, QuarantineSql.Reasons),
            terminal,
            cancellation)));
        return command;
    }

    private static Command Show(Terminal terminal)
    {
        var filter = new QuarantineFilter(terminal);
        var most = new Option<int>("--most") { Description = terminal.Text["quarantine.most"], HelpName = "N", DefaultValueFactory = _ => 20 };
        var command = new Command("show", terminal.Text["quarantine.show"]) { most };
        filter.AddTo(command);
        command.SetAction((parsed, cancellation) => LakeRoom.UseAsync(parsed, terminal, write: false, room => PrintAsync(
            room, filter.Sql(parsed, (batch, dataSet, reason) => QuarantineSql.Rows(batch, dataSet, reason, parsed.GetValue(most))), terminal, cancellation)));
        return command;
    }

    private static Command Export(Terminal terminal)
    {
        var filter = new QuarantineFilter(terminal);
        var to = new Option<string>("--to") { Description = terminal.Text["quarantine.to"], HelpName = "FILE", Required = true };
        var command = new Command("export", terminal.Text["quarantine.export"]) { to };
        filter.AddTo(command);
        command.SetAction((parsed, cancellation) => LakeRoom.UseAsync(parsed, terminal, write: false, async room =>
        {
            var answer = await room.AskAsync(filter.Sql(parsed, QuarantineSql.Export), cancellation).ConfigureAwait(false);
            if (!answer.Try(out var rows, out var problem)) return terminal.Fail(problem);
            await using (rows.ConfigureAwait(false))
            {
                var written = await AnswerFile.WriteAsync(rows, parsed.GetRequiredValue(to), terminal, cancellation).ConfigureAwait(false);
                return written.Try(out var count, out problem) ? Done(terminal, count, parsed.GetRequiredValue(to)) : terminal.Fail(problem);
            }
        }));
        return command;
    }

    private static async Task<int> PrintAsync(LakeRoom room, string sql, Terminal terminal, CancellationToken cancellation)
    {
        var answer = await room.AskAsync(sql, cancellation).ConfigureAwait(false);
        if (!answer.Try(out var rows, out var problem)) return terminal.Fail(problem);
        await using (rows.ConfigureAwait(false))
        {
            await new AnswerPrinter(terminal, AnswerFormat.Table, int.MaxValue).PrintAsync(rows, cancellation).ConfigureAwait(false);
        }

        return ExitCodes.Ok;
    }

    private static int Done(Terminal terminal, long rows, string file)
    {
        terminal.Print(terminal.Text.Format("quarantine.exported", rows, file));
        return ExitCodes.Ok;
    }
}
