using System.CommandLine;
using Yunnao.Cli.Lake;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb.Text;
using Yunnao.Lake.Queries;
using Yunnao.Services.DataServices;

namespace Yunnao.Cli.Data;

/// <summary><c>yunnao data list | get</c>: the data sets in the syntax of the interface, on the lake or through the server that owns it.</summary>
internal static class DataCommand
{
    private const int UsualLimit = 100;

    public static Command Create(Terminal terminal) => new("data", terminal.Text["data"]) { List(terminal), Get(terminal) };

    private static Command List(Terminal terminal)
    {
        var text = terminal.Text;
        var command = new Command("list", text["data.list"]);
        command.SetAction(parsed =>
        {
            if (!RegistryFolder.Load(parsed, terminal).Try(out var registry, out var problem)) return terminal.Fail(problem);
            var listing = new Listing(text["data.col.id"], text["data.col.name"], text["data.col.version"], text["data.col.items"]);
            foreach (var set in registry.DataSets.Values.OrderBy(d => d.Id, StringComparer.Ordinal)) listing.Add(set.Id, set.Name.In(text.Language), set.Version, $"{set.Items.Count(i => !i.InVault)}");
            terminal.Print(listing);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command Get(Terminal terminal)
    {
        var text = terminal.Text;
        var set = new Argument<string>("set") { Description = text["data.get.set"] };
        var (where, organisation, fields) = (Many("--where", "ITEM=…"), Many("--organisation", "CODE"), Many("--fields", "NAME"));
        var (sort, group, measures) = (Many("--sort", "NAME"), Many("--group", "NAME"), Many("--measures", "MEASURE"));
        var (from, to) = (new Option<string>("--from") { Description = text["data.get.from"], HelpName = "TIME" }, new Option<string>("--to") { Description = text["data.get.to"], HelpName = "TIME" });
        var subject = new Option<ulong?>("--subject") { Description = text["data.get.subject"], HelpName = "N" };
        var limit = new Option<int>("--limit") { Description = text["data.get.limit"], HelpName = "N", DefaultValueFactory = _ => UsualLimit };
        limit.Validators.Add(r =>
        {
            if (r.GetValueOrDefault<int>() < 1) r.AddError("--limit >= 1");
        });
        var output = new Option<string>("--out", "-o") { Description = text["data.get.out"], HelpName = "FILE" };
        var (json, csv) = (new Option<bool>("--json") { Description = text["data.get.json"] }, new Option<bool>("--csv") { Description = text["data.get.csv"] });
        var command = new Command("get", text["data.get"]) { set, where, from, to, organisation, subject, fields, sort, group, measures, limit, output, json, csv };
        command.SetAction((parsed, cancellation) =>
        {
            var question = new DataQuestion(parsed.GetRequiredValue(set))
            {
                Subject = parsed.GetValue(subject), From = parsed.GetValue(from), To = parsed.GetValue(to), Limit = parsed.GetValue(limit),
                Organisations = Names(parsed, organisation), Fields = Names(parsed, fields), Sort = Names(parsed, sort), Group = Names(parsed, group), Measures = Names(parsed, measures),
                Conditions = [.. (parsed.GetValue(where) ?? []).Select(Condition)],
            };
            var format = parsed.GetValue(json) ? AnswerFormat.Json : parsed.GetValue(csv) ? AnswerFormat.Csv : AnswerFormat.Table;
            return LakeRoom.UseAsync(parsed, terminal, write: false, room => RunAsync(room, question, format, parsed.GetValue(output), terminal, cancellation));
        });
        return command;

        Option<string[]> Many(string name, string shape) => new(name) { Description = text[$"data.get.{name[2..]}"], HelpName = shape, AllowMultipleArgumentsPerToken = true };
    }

    private static string[] Names(ParseResult parsed, Option<string[]> option) => [.. (parsed.GetValue(option) ?? []).SelectMany(v => v.Split(',', StringSplitOptions.RemoveEmptyEntries))];

    private static DataCondition Condition(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? DataCondition.Of(text, "") : DataCondition.Of(text[..equals], text[(equals + 1)..]);
    }

    private static async Task<int> RunAsync(LakeRoom room, DataQuestion question, AnswerFormat format, string? file, Terminal terminal, CancellationToken cancellation)
    {
        if (room.Shapes.FirstOrDefault(s => s.DataSet.Id == question.DataSet) is not { } shape)
            return terminal.Fail(new(ProblemKind.NotFound, "query.data-set", question.DataSet));
        if (!ScopedTable.Of(shape, room.Scope).Try(out var table, out var problem)) return terminal.Fail(problem);
        if (!QuestionQuery.Of(question, table, own: true).Try(out var query, out problem)) return terminal.Fail(problem);
        var answer = await room.Lake.RunAsync(room.Scope, query with { Keyed = false }, cancellation).ConfigureAwait(false);
        if (!answer.Try(out var rows, out problem)) return terminal.Fail(problem);
        await using (rows.ConfigureAwait(false))
        {
            if (file is null)
            {
                await new AnswerPrinter(terminal, format, question.Limit).PrintAsync(rows, cancellation).ConfigureAwait(false);
                return ExitCodes.Ok;
            }

            if (Path.GetExtension(file) == ".parquet")
            {
                var output = File.Create(file);
                await using (output.ConfigureAwait(false)) await ParquetWriter.WriteAsync(rows, Path.GetDirectoryName(Path.GetFullPath(file))!, output, cancellation).ConfigureAwait(false);
                terminal.Error.WriteLine(file);
                return ExitCodes.Ok;
            }

            if (!(await AnswerFile.WriteAsync(rows, file, terminal, cancellation).ConfigureAwait(false)).Try(out var lines, out problem)) return terminal.Fail(problem);
            terminal.Error.WriteLine(terminal.Text.Format("data.written", lines, file));
            return ExitCodes.Ok;
        }
    }
}
