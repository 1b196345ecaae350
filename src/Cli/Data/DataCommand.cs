using System.CommandLine;
using System.Globalization;
using Yunnao.Cli.Lake;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb.Text;
using Yunnao.Lake.Queries;
using Yunnao.Services.DataServices;

namespace Yunnao.Cli.Data;

/// <summary><c>yunnao data list | get | subscriptions</c>: the data sets in the syntax of the interface, on the lake or through the server that owns it.</summary>
internal static class DataCommand
{
    private const int UsualLimit = 100;

    public static Command Create(Terminal terminal) => new("data", terminal.Text["data"]) { List(terminal), Get(terminal), SubscriptionsCommand.Create(terminal), UsageCommand.Create(terminal) };

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
        var since = new Option<string>("--since") { Description = text["data.get.since"], HelpName = "MARK" };
        var output = new Option<string>("--out", "-o") { Description = text["data.get.out"], HelpName = "FILE" };
        var (json, csv) = (new Option<bool>("--json") { Description = text["data.get.json"] }, new Option<bool>("--csv") { Description = text["data.get.csv"] });
        var command = new Command("get", text["data.get"]) { set, where, from, to, organisation, subject, fields, sort, group, measures, limit, since, output, json, csv };
        command.SetAction((parsed, cancellation) =>
        {
            var question = new DataQuestion(parsed.GetRequiredValue(set))
            {
                Subject = parsed.GetValue(subject), From = parsed.GetValue(from), To = parsed.GetValue(to), Limit = parsed.GetValue(limit), Since = parsed.GetValue(since),
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

    /// <summary>From a mark to where the lake is now. A mark of this command is <c>batch.move</c>, two numbers.</summary>
    private static async Task<Result<ChangeRange>> ChangesAsync(LakeRoom room, DataQuestion question, string since, CancellationToken cancellation)
    {
        if (question.Grouped || question.Sort.Count > 0 || question.Conditions.Count > 0 || question.From is not null || question.To is not null)
            return new Problem(ProblemKind.Incorrect, "data.since", "--where, --from, --to, --sort, --group, --measures", new(Path: "--since"));
        var parts = since == DataQuestion.FromTheBeginning ? ["0", "0"] : since.Split('.');
        if (parts.Length != 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var batch) || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var move))
            return new Problem(ProblemKind.Incorrect, "data.cursor", since, new(Path: "--since"));
        return new ChangeRange(new(batch, move), await room.Lake.MarkAsync(cancellation).ConfigureAwait(false));
    }

    private static string TextOf(LakeMark mark) => string.Create(CultureInfo.InvariantCulture, $"{mark.Batch}.{mark.Move}");

    private static async Task<int> RunAsync(LakeRoom room, DataQuestion question, AnswerFormat format, string? file, Terminal terminal, CancellationToken cancellation)
    {
        if (room.Shapes.FirstOrDefault(s => s.DataSet.Id == question.DataSet) is not { } shape)
            return terminal.Fail(new(ProblemKind.NotFound, "query.data-set", question.DataSet));
        if (!ScopedTable.Of(shape, room.Scope).Try(out var table, out var problem)) return terminal.Fail(problem);
        if (!QuestionQuery.Of(question, table, own: true).Try(out var query, out problem)) return terminal.Fail(problem);
        query = query with { Keyed = false };
        if (question.Since is { } since)
        {
            if (!(await ChangesAsync(room, question, since, cancellation).ConfigureAwait(false)).Try(out var changes, out problem)) return terminal.Fail(problem);
            query = query with { Changes = changes, Limit = null };
            terminal.Error.WriteLine(terminal.Text.Format("data.mark", TextOf(changes.UpTo)));
        }

        var answer = await room.AskAsync(query, cancellation).ConfigureAwait(false);
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
