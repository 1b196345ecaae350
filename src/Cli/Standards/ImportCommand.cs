using System.CommandLine;
using System.Globalization;
using Yunnao.Kernel;
using Yunnao.Services.RegistryImport;
using Yunnao.Standards.Loading;

namespace Yunnao.Cli.Standards;

/// <summary><c>yunnao standards import</c>: definitions of others into a registry's folder, with what was left out and why.</summary>
internal static class ImportCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var kind = new Argument<string>("kind") { Description = text["standards.import.kind"] };
        kind.AcceptOnlyFromAmong([.. RegistryImporter.Kinds]);
        var files = new Argument<string[]>("files") { Description = text["standards.import.files"], Arity = ArgumentArity.OneOrMore };
        var into = Option("--into", "standards.import.into", "DIR");
        into.Required = true;
        var (id, zh, en, oid) = (Option("--id", "standards.import.id", "ID"), Option("--name-zh", "standards.import.name-zh", "TEXT"),
            Option("--name-en", "standards.import.name-en", "TEXT"), Option("--oid", "standards.import.oid", "OID"));
        var (list, domain) = (Option("--list", "standards.import.list", "COLUMN"), Option("--domain", "standards.import.domain", "NAME"));
        var (version, source) = (Option("--version-of", "standards.import.version", "X.Y.Z"), Option("--source-of", "standards.import.source", "TEXT"));
        var command = new Command("import", text["standards.import"]) { kind, files, into, id, zh, en, oid, list, domain, version, source };
        command.Validators.Add(result =>
        {
            if (result.GetValue(version) is { } v && !Semver.TryParse(v, out _)) result.AddError(text["standards.import.bad-version"]);
            if (result.GetValue(id) is { } i && Identifiers.IdFault(i) is { } fault) result.AddError($"--id {fault}");
            if (result.GetValue(domain) is { } d && Identifiers.DataSetFault($"{d}.x") is { } bad) result.AddError($"--domain {bad}");
        });
        command.SetAction(parsed =>
        {
            var options = new ImportOptions
            {
                Id = parsed.GetValue(id),
                NameZh = parsed.GetValue(zh),
                NameEn = parsed.GetValue(en),
                Oid = parsed.GetValue(oid),
                Version = parsed.GetValue(version) ?? "1.0.0",
                Source = parsed.GetValue(source),
                ListColumn = parsed.GetValue(list),
                Domain = parsed.GetValue(domain),
            };
            return Run(new(parsed.GetRequiredValue(kind), parsed.GetRequiredValue(files), parsed.GetRequiredValue(into)!, options), terminal);
        });
        return command;

        Option<string?> Option(string name, string key, string help) => new(name) { Description = text[key], HelpName = help };
    }

    private static int Run(ImportRequest request, Terminal terminal)
    {
        if (!RegistryImporter.Run(request).Try(out var report, out var problem)) return terminal.Fail(problem);
        Print(report, terminal);
        var load = RegistryLoader.Load(request.Folder);
        foreach (var mistake in load.Problems.Take(20)) terminal.Error.WriteLine(mistake);
        terminal.Print(terminal.Text.Format("standards.import.loaded", request.Folder, load.Problems.Count));
        if (load.Problems.Count > 0) return ExitCodes.Of(ProblemKind.Incorrect);
        if (report.Counts.Count > 0) return ExitCodes.Ok;
        terminal.Error.WriteLine(terminal.Text["standards.import.nothing"]);
        return ExitCodes.Of(ProblemKind.Conflict);
    }

    private static void Print(ImportReport report, Terminal terminal)
    {
        var text = terminal.Text;
        var counts = new Listing(text["standards.import.what"], text["standards.import.added"], text["standards.import.same"]);
        foreach (var (what, (added, same)) in report.Counts) counts.Add(text[$"standards.import.what.{what}"], Number(added), Number(same));
        if (report.Counts.Count > 0) terminal.Print(counts);
        if (report.LeftOut.Count == 0) return;
        var left = new Listing(text["standards.import.left-out"], text["standards.check.count"], text["standards.import.examples"]);
        foreach (var (reason, count, examples) in report.LeftOut)
        {
            left.Add(text[$"standards.import.why.{reason}"], Number(count), string.Join("; ", examples.Take(3)));
        }

        terminal.Print();
        terminal.Print(left);
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
