using System.CommandLine;
using Yunnao.Kernel;
using Yunnao.Services.RegistryImport;
using Yunnao.Standards;
using Yunnao.Standards.Search;

namespace Yunnao.Cli.Standards;

/// <summary><c>yunnao standards export template</c>: the workbook in which data sets are written, empty or with data sets of the registry.</summary>
internal static class ExportCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var dataSets = new Argument<string[]>("dataset") { Description = text["standards.export.dataset"], Arity = ArgumentArity.ZeroOrMore };
        var file = new Option<string>("--out") { Description = text["standards.export.out"], HelpName = "FILE.xlsx", Required = true };
        var template = new Command("template", text["standards.export.template"]) { dataSets, file };
        template.SetAction(parsed =>
        {
            if (!RegistryFolder.Load(parsed, terminal).Try(out var registry, out var problem)) return terminal.Fail(problem);
            var chosen = new List<DataSet>();
            foreach (var id in parsed.GetRequiredValue(dataSets))
            {
                if (!RegistryLookup.FindDataSet(registry, id).Try(out var dataSet, out problem)) return terminal.Fail(problem);
                chosen.Add(dataSet);
            }

            return Write(registry, chosen, parsed.GetRequiredValue(file), terminal);
        });
        return new("export", text["standards.export"]) { template };
    }

    private static int Write(Registry registry, List<DataSet> dataSets, string path, Terminal terminal)
    {
        try
        {
            using var file = File.Create(path);
            TemplateWorkbook.Write(file, registry, dataSets, (sheet, column) => Prompt(terminal.Text, sheet, column));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return terminal.Fail(new(ProblemKind.Unavailable, "export.file", failure.Message, new Place(path)));
        }

        terminal.Print(terminal.Text.Format("standards.export.done", dataSets.Count, path));
        return ExitCodes.Ok;
    }

    private static string? Prompt(Text text, string sheet, string column) =>
        text.Find($"standards.column.{sheet}.{column}") ?? text.Find($"standards.column.{column}");
}
