using System.CommandLine;
using Yunnao.Lake.Upkeep;

namespace Yunnao.Cli.Lake;

/// <summary><c>yunnao lake stats | optimize | verify | object</c>.</summary>
internal static class LakeCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var stats = new Command("stats", text["lake.stats"]);
        stats.SetAction((parsed, cancellation) => LakeRoom.UseAsync(
            parsed, terminal, write: false, async room => Print(await room.Lake.StatsAsync(cancellation).ConfigureAwait(false), terminal)));
        var optimize = new Command("optimize", text["lake.optimize"]);
        optimize.SetAction((parsed, cancellation) => LakeRoom.UseAsync(parsed, terminal, write: true, room => OptimizeAsync(room, terminal, cancellation)));
        var verify = new Command("verify", text["lake.verify"]);
        verify.SetAction((parsed, cancellation) => LakeRoom.UseAsync(parsed, terminal, write: false, room => VerifyAsync(room, terminal, cancellation)));
        return new Command("lake", text["lake"]) { stats, optimize, verify, ObjectCommand.Create(terminal) };
    }

    private static int Print(IReadOnlyList<DataSetStats> stats, Terminal terminal)
    {
        var text = terminal.Text;
        var listing = new Listing(
            text["batch.data-set"], text["lake.rows"], text["lake.history"], text["batch.quarantined"], text["lake.bytes"], text["lake.bytes-a-row"], text["lake.sorted"]);
        foreach (var s in stats.Where(s => s.Rows + s.HistoryRows + s.QuarantineRows > 0))
        {
            listing.Add(s.DataSet, $"{s.Rows}", $"{s.HistoryRows}", $"{s.QuarantineRows}", $"{s.Bytes}", $"{s.BytesPerRow:0.0}", text[s.Sorted ? "lake.yes" : "lake.no"]);
        }

        var (rows, bytes) = (stats.Sum(s => s.Rows), stats.Sum(s => s.Bytes));
        listing.Add(
            text["lake.total"], $"{rows}", $"{stats.Sum(s => s.HistoryRows)}", $"{stats.Sum(s => s.QuarantineRows)}", $"{bytes}",
            $"{(rows == 0 ? 0 : (double)bytes / rows):0.0}", "");
        terminal.Print(listing);
        return ExitCodes.Ok;
    }

    private static async Task<int> OptimizeAsync(LakeRoom room, Terminal terminal, CancellationToken cancellation)
    {
        var optimized = await room.Lake.OptimizeAsync(cancellation).ConfigureAwait(false);
        if (!optimized.Try(out var reports, out var problem)) return terminal.Fail(problem);
        var text = terminal.Text;
        var listing = new Listing(text["batch.data-set"], text["lake.rows"], text["lake.seconds"]);
        foreach (var r in reports) listing.Add(r.DataSet, $"{r.Rows}", $"{r.Took.TotalSeconds:0.00}");
        if (reports.Count == 0) terminal.Print(text["lake.nothing-to-do"]);
        else terminal.Print(listing);
        return ExitCodes.Ok;
    }

    private static async Task<int> VerifyAsync(LakeRoom room, Terminal terminal, CancellationToken cancellation)
    {
        if (!room.OpenObjects().Try(out var objects, out var noKeys)) return terminal.Fail(noKeys);
        var problems = await room.Lake.VerifyAsync(objects, cancellation).ConfigureAwait(false);

        // A file that was received and never became a batch is worth a word and no defect.
        var exit = ExitCodes.Ok;
        foreach (var problem in problems)
        {
            var code = terminal.Fail(problem);
            if (problem.Code != "verify.orphan") exit = code;
        }

        if (exit == ExitCodes.Ok) terminal.Print(terminal.Text["lake.in-order"]);
        return exit;
    }
}
