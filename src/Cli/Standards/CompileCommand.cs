using System.CommandLine;
using Yunnao.Kernel;
using Yunnao.Standards;
using Yunnao.Standards.Search;

namespace Yunnao.Cli.Standards;

/// <summary><c>yunnao standards compile</c>: a data set as DDL, checking SQL, CSV template, JSON Schema or dictionary page.</summary>
internal static class CompileCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var dataSet = new Argument<string?>("dataset") { Description = text["standards.compile.dataset"], Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all") { Description = text["standards.compile.all"] };
        var target = new Option<string>("--to")
        {
            Description = text["standards.compile.to"],
            HelpName = string.Join('|', CompileTarget.Names),
            Required = true,
        };
        target.AcceptOnlyFromAmong(CompileTarget.Names);
        var folder = new Option<string>("--out") { Description = text["standards.compile.out"], HelpName = "DIR" };
        var command = new Command("compile", text["standards.compile"]) { dataSet, all, target, folder };
        command.Validators.Add(result =>
        {
            if (result.GetValue(dataSet) is null != result.GetValue(all)) result.AddError(text["standards.compile.one-or-all"]);
        });
        command.SetAction(parsed =>
        {
            if (!RegistryFolder.Load(parsed, terminal).Try(out var registry, out var problem)) return terminal.Fail(problem);
            if (!Chosen(registry, parsed.GetValue(dataSet)).Try(out var chosen, out problem)) return terminal.Fail(problem);
            return Run(registry, chosen, parsed.GetRequiredValue(target), parsed.GetValue(folder), terminal);
        });
        return command;
    }

    private static Result<DataSet[]> Chosen(Registry registry, string? id)
    {
        if (id is null) return registry.DataSets.Values.OrderBy(d => d.LoadOrder).ThenBy(d => d.Id, StringComparer.Ordinal).ToArray();
        return RegistryLookup.FindDataSet(registry, id).Try(out var dataSet, out var problem) ? new[] { dataSet } : problem;
    }

    private static int Run(Registry registry, DataSet[] dataSets, string target, string? folder, Terminal terminal)
    {
        if (folder is null)
        {
            foreach (var dataSet in dataSets) terminal.Out.Write(CompileTarget.Build(target, dataSet, registry, terminal.Text.Language)[0].Content);
            return ExitCodes.Ok;
        }

        Directory.CreateDirectory(folder);
        var files = 0;
        foreach (var (name, content) in dataSets.SelectMany(d => CompileTarget.Build(target, d, registry, terminal.Text.Language)))
        {
            File.WriteAllText(Path.Combine(folder, name), content);
            files++;
        }

        terminal.Print(terminal.Text.Format("standards.compile.done", files, folder));
        return ExitCodes.Ok;
    }
}
