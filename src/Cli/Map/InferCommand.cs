using System.CommandLine;
using System.Globalization;
using Yunnao.Kernel;
using Yunnao.Services.Mapping;
using Yunnao.Standards;

namespace Yunnao.Cli.Map;

/// <summary><c>yunnao map infer &lt;sample&gt;</c>: proposes a mapping for a table nobody has described.</summary>
internal static class InferCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var sample = new Argument<string>("sample") { Description = text["map.sample"] };
        var dataSet = new Option<string>("--data-set") { Description = text["map.data-set"], HelpName = "ID" };
        var id = new Option<string>("--id") { Description = text["map.id"], HelpName = "NAME", DefaultValueFactory = _ => "new-source" };
        var output = new Option<string>("--out", "-o") { Description = text["map.out"], HelpName = "DIR" };
        var command = new Command("infer", text["map.infer"]) { sample, dataSet, id, output };
        command.SetAction(parsed => Run(parsed, terminal, parsed.GetValue(sample)!, parsed.GetValue(dataSet), parsed.GetValue(id)!, parsed.GetValue(output)));
        return command;
    }

    private static int Run(ParseResult parsed, Terminal terminal, string sample, string? dataSetId, string id, string? output)
    {
        if (!RegistryFolder.Load(parsed, terminal).Try(out var registry, out var problem)) return terminal.Fail(problem);
        DataSet? dataSet = null;
        if (dataSetId is not null && !registry.DataSets.TryGetValue(dataSetId, out dataSet))
            return terminal.Fail(new(ProblemKind.NotFound, "standards.unknown-data-set", terminal.Text.Format("map.no-data-set", dataSetId)));
        if (!SampleTable.Read(sample).Try(out var table, out problem)) return terminal.Fail(problem);
        var guesses = MappingGuess.Of(table, registry, dataSet);
        Show(terminal, table, guesses);
        var draft = MappingDraft.Write(id, Path.GetFileName(sample), table, guesses[0]);
        var maps = MappingDraft.CodeMaps(id, guesses[0]);
        if (output is null)
        {
            terminal.Print();
            terminal.Print(draft.TrimEnd());
            foreach (var (map, lines) in maps) terminal.Print($"\n# codes/{map}.csv\n{lines.TrimEnd()}");
            return ExitCodes.Ok;
        }

        Directory.CreateDirectory(Path.Combine(output, "codes"));
        File.WriteAllText(Path.Combine(output, id + ".yaml"), draft);
        foreach (var (map, lines) in maps) File.WriteAllText(Path.Combine(output, "codes", map + ".csv"), lines);
        terminal.Print(terminal.Text.Format("map.written", Path.Combine(output, id + ".yaml"), maps.Count));
        return ExitCodes.Ok;
    }

    private static void Show(Terminal terminal, SampleTable table, IReadOnlyList<MappingGuess> guesses)
    {
        var text = terminal.Text;
        var sets = new Listing(text["map.col.data-set"], text["map.col.name"], text["map.col.confidence"], text["map.col.columns"], text["map.col.missing"]);
        foreach (var g in guesses)
            sets.Add(g.DataSet.Id, g.DataSet.Name.In(text.Language), Number(g.Confidence), $"{g.Items.Count}/{table.Columns.Count}", string.Join(' ', g.Missing.Select(i => i.Name)));
        terminal.Print(sets);
        terminal.Print();
        var items = new Listing(text["map.col.column"], text["map.col.item"], text["map.col.name"], text["map.col.confidence"], text["map.col.why"]);
        foreach (var column in table.Columns)
        {
            if (guesses[0].Items.FirstOrDefault(i => i.Column == column) is { } found)
                items.Add(column.Name, found.Item.Name, found.Item.Title.In(text.Language), Number(found.Confidence), $"{text["map.why." + found.NameReason]}, {text["map.why." + found.ValueReason]}");
            else
                items.Add(column.Name, "–", "", "", "");
        }

        terminal.Print(items);
    }

    private static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
