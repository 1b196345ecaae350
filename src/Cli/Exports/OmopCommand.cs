using System.CommandLine;
using System.Globalization;
using Yunnao.Cli.Lake;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb.Text;
using Yunnao.Services.Omop;

namespace Yunnao.Cli.Exports;

/// <summary><c>yunnao export omop</c>: the tables of the OMOP Common Data Model 5.4 as files, named as OHDSI's own are (<c>PERSON.csv</c>).</summary>
internal static class OmopCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var output = new Option<string>("--out", "-o") { Description = text["export.omop.out"], HelpName = "DIR", Required = true };
        var parquet = new Option<bool>("--parquet") { Description = text["export.omop.parquet"] };
        var command = new Command("omop", text["export.omop"]) { output, parquet };
        command.SetAction((parsed, cancellation) => LakeRoom.UseAsync(
            parsed, terminal, write: false, room => RunAsync(room, Path.GetFullPath(parsed.GetRequiredValue(output)), parsed.GetValue(parquet), terminal, cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(LakeRoom room, string folder, bool parquet, Terminal terminal, CancellationToken cancellation)
    {
        var text = terminal.Text;
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            return terminal.Fail(new(ProblemKind.Conflict, "export.of-another", text["export.omop.not-empty"], new(folder)));
        Directory.CreateDirectory(folder);
        var profile = OmopProfile.Of(room.Registry);
        var listing = new Listing(text["export.omop.table"], text["export.col.rows"]);
        foreach (var table in profile.Tables)
        {
            if (!(await room.AskAsync(profile.Sql(table), cancellation).ConfigureAwait(false)).Try(out var rows, out var problem)) return terminal.Fail(problem);
            await using (rows.ConfigureAwait(false))
            {
                if (parquet)
                {
                    var file = File.Create(Path.Combine(folder, table + ".parquet"));
                    await using (file.ConfigureAwait(false)) await ParquetWriter.WriteAsync(rows, folder, file, cancellation).ConfigureAwait(false);
                    listing.Add(table, "");
                    continue;
                }

                if (!(await AnswerFile.WriteAsync(rows, Path.Combine(folder, table + ".csv"), terminal, cancellation).ConfigureAwait(false)).Try(out var lines, out problem)) return terminal.Fail(problem);
                listing.Add(table, lines.ToString(CultureInfo.InvariantCulture));
            }
        }

        terminal.Print(listing);
        return ExitCodes.Ok;
    }
}
