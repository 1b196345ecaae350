using System.CommandLine;
using Yunnao.Kernel;
using Yunnao.Trust.FreeText;

namespace Yunnao.Cli.Privacy;

/// <summary><c>yunnao privacy redact [file]</c>: takes out of a text what identifies a person.</summary>
internal static class RedactCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var file = new Argument<string?>("file") { Description = text["privacy.redact.file"], Arity = ArgumentArity.ZeroOrOne };
        var names = new Option<string[]>("--name") { Description = text["privacy.redact.name"], HelpName = "NAME", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        var dates = new Option<DateHandling>("--dates") { Description = text["privacy.redact.dates"], HelpName = "label|month|keep", DefaultValueFactory = _ => DateHandling.Month };
        var found = new Option<bool>("--found") { Description = text["privacy.redact.found"] };
        var command = new Command("redact", text["privacy.redact"]) { file, names, dates, found };
        command.SetAction((parsed, cancellation) => RunAsync(parsed, terminal, parsed.GetValue(file), parsed.GetValue(names)!, parsed.GetValue(dates), parsed.GetValue(found), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        ParseResult parsed, Terminal terminal, string? file, string[] names, DateHandling dates, bool showFound, CancellationToken cancellation)
    {
        if (!FreeTextLexicon.Load(RegistryFolder.Of(parsed, terminal)).Try(out var lexicon, out var problem)) return terminal.Fail(problem);
        if (file is not null && !File.Exists(file)) return terminal.Fail(new(ProblemKind.NotFound, "privacy.unreadable", "The file cannot be read.", new(file)));
        var scanner = new IdentifierScanner(lexicon);
        using var reader = file is null ? Console.In : new StreamReader(file);
        var findings = new List<Finding>();
        var kinds = new SortedDictionary<IdentifierKind, long>();
        while (await reader.ReadLineAsync(cancellation).ConfigureAwait(false) is { } line)
        {
            findings.Clear();
            scanner.Find(line, names, findings);
            foreach (var finding in findings) kinds[finding.Kind] = kinds.GetValueOrDefault(finding.Kind) + 1;
            terminal.Print(Redactor.Redact(line, findings, dates));
        }

        if (showFound)
        {
            foreach (var (kind, count) in kinds) terminal.Error.WriteLine($"{kind}\t{count}");
        }

        return ExitCodes.Ok;
    }
}
