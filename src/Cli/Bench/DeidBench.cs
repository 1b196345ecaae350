using System.CommandLine;
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Yunnao.Synthetic.Notes;
using Yunnao.Trust.FreeText;

namespace Yunnao.Cli.Bench;

/// <summary><c>yunnao bench deid</c>: de-identification of free text, how fast on one core and how much of the truth is found.</summary>
internal static partial class DeidBench
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var notes = BenchOptions.Number("--notes", 50_000, text["bench.deid.notes"]);
        var seed = BenchOptions.Number("--seed", 1, text["bench.deid.seed"]);
        var command = new Command("deid", text["bench.deid"]) { notes, seed };
        command.SetAction(parsed => Run(parsed, terminal, parsed.GetValue(notes), (ulong)parsed.GetValue(seed)));
        return command;
    }

    private static int Run(ParseResult parsed, Terminal terminal, long count, ulong seed)
    {
        var standards = RegistryFolder.Of(parsed, terminal);
        if (!FreeTextLexicon.Load(standards).Try(out var lexicon, out var problem)) return terminal.Fail(problem);
        var notes = new NoteMaker(Path.Combine(standards, "synthetic"), seed).Make(count).ToList();
        var bytes = notes.Sum(n => (long)Encoding.UTF8.GetByteCount(n.Text));
        terminal.Error.WriteLine(terminal.Text.Format("bench.deid.made", notes.Count, bytes / 1e6));
        var known = new KnownNames(notes.SelectMany(n => n.Names).Distinct());
        var scanner = new IdentifierScanner(lexicon, known);
        var score = new FreeTextScore();
        var findings = new List<Finding>();
        foreach (var note in notes)
        {
            findings.Clear();
            scanner.Find(note.Text, note.Names, findings);
            score.Add([.. note.Truth.Select(t => (t.Start, t.Length, t.Kind))], findings);
        }

        var ours = bytes / 1e6 / Best(() =>
        {
            foreach (var note in notes)
            {
                findings.Clear();
                scanner.Find(note.Text, note.Names, findings);
            }
        });
        var matches = 0L;
        var rival = bytes / 1e6 / Best(() =>
        {
            foreach (var note in notes)
            {
                foreach (var _ in Structured().EnumerateMatches(note.Text)) matches++;
            }
        });
        var line = new BenchLine("deid", "MB/s")
        {
            Ours = ours, Rival = rival, RivalName = ".NET compiled regular expression of numbers, dates and e-mail only: it knows no names and no addresses", Ratio = ours / rival, Rows = notes.Count,
        };
        foreach (var (kind, (all, found)) in score.Kinds) line.With($"recall_{kind}", (double)found / all);
        terminal.Print(line.With("recall_structured", score.Recall("id", "phone", "number", "date", "email", "plate", "account"))
            .With("recall_names_addresses", score.Recall("name", "stranger", "address")).With("precision", score.Precision).With("known_names", known.Count).With("mb", bytes / 1e6).ToString());
        return ExitCodes.Ok;
    }

    private static double Best(Action work)
    {
        var best = double.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var clock = Stopwatch.StartNew();
            work();
            best = Math.Min(best, clock.Elapsed.TotalSeconds);
        }

        return best;
    }

    [GeneratedRegex(@"[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]|1[3-9]\d{9}|0\d{2,3}-?\d{7,8}|\d{4}[-/年]\d{1,2}[-/月]\d{1,2}日?|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")]
    private static partial Regex Structured();
}
