using System.CommandLine;
using System.Diagnostics;
using Yunnao.Cli.Lake;
using Yunnao.Kernel;
using Yunnao.Services.Grouping;

namespace Yunnao.Cli.Drg;

/// <summary><c>yunnao drg group [cases] --rules DIR</c>: the groups of cases in a table, or of the case front pages in the lake.</summary>
internal static class GroupCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var cases = new Argument<string?>("cases") { Description = text["drg.cases"], Arity = ArgumentArity.ZeroOrOne };
        var rules = new Option<string>("--rules", "-r") { Description = text["drg.rules"], HelpName = "DIR", Required = true };
        var explain = new Option<bool>("--explain") { Description = text["drg.explain"] };
        var translate = new Option<bool>("--translate") { Description = text["drg.translate"] };
        var only = new Option<string>("--case") { Description = text["drg.case"], HelpName = "NO" };
        var output = new Option<string>("--out", "-o") { Description = text["drg.out"], HelpName = "FILE" };
        var command = new Command("group", text["drg.group"]) { cases, rules, explain, translate, only, output };
        command.SetAction((parsed, cancellation) =>
        {
            if (!Grouper.Open(parsed.GetRequiredValue(rules)!).Try(out var grouper, out var problem)) return Task.FromResult(terminal.Fail(problem));
            if (parsed.GetValue(translate) && !grouper.CanTranslate)
                return Task.FromResult(terminal.Fail(new(ProblemKind.NotFound, "drg.no-translations", text["drg.no-translations"], new(parsed.GetValue(rules)))));
            var run = new Run(terminal, grouper, parsed.GetValue(explain), parsed.GetValue(translate), parsed.GetValue(only), parsed.GetValue(output));
            return parsed.GetValue(cases) is { } file
                ? Task.FromResult(run.OfTable(file, cancellation))
                : LakeRoom.UseAsync(parsed, terminal, write: false, room => run.OfLakeAsync(room, cancellation));
        });
        return command;
    }

    private sealed class Run(Terminal terminal, Grouper grouper, bool explain, bool translate, string? only, string? output)
    {
        private static readonly string[] Columns = ["case_no", "mdc", "adrg", "drg", "name", "complication", "status"];

        private readonly Listing _listing = new(Columns);
        private readonly SortedDictionary<string, int> _byStatus = new(StringComparer.Ordinal);
        private readonly Stopwatch _clock = new();
        private int _expected;
        private int _agreed;

        public int OfTable(string file, CancellationToken cancellation)
        {
            if (!CaseTable.Open(file).Try(out var table, out var problem)) return terminal.Fail(problem);
            using var writer = Writer();
            foreach (var (discharged, expected) in table.Rows())
            {
                cancellation.ThrowIfCancellationRequested();
                One(discharged, expected, writer);
            }

            return End(writer);
        }

        public async Task<int> OfLakeAsync(LakeRoom room, CancellationToken cancellation)
        {
            if (!(await FrontPageCases.AskAsync(room.Lake, room.Scope, cancellation).ConfigureAwait(false)).Try(out var answer, out var problem)) return terminal.Fail(problem);
            using var writer = Writer();
            await foreach (var discharged in FrontPageCases.RowsAsync(answer, cancellation).ConfigureAwait(false)) One(discharged, null, writer);
            return End(writer);
        }

        private void One(DischargedCase discharged, string? expected, TextWriter? writer)
        {
            if (only is not null && discharged.Id != only) return;
            _clock.Start();
            var grouped = grouper.Group(discharged, explain, translate);
            _clock.Stop();
            var status = terminal.Text[$"drg.status.{grouped.Status}"];
            _byStatus[status] = _byStatus.GetValueOrDefault(status) + 1;
            if (expected is not null)
            {
                _expected++;
                if (expected == grouped.Drg) _agreed++;
                else terminal.Error.WriteLine(terminal.Text.Format("drg.differs", discharged.Id, expected, grouped.Drg));
            }

            string[] cells = [discharged.Id, grouped.Mdc, grouped.Adrg, grouped.Drg, grouped.Name, grouped.Complication, status];
            if (writer is not null) writer.WriteLine(string.Join(',', cells.Select(CsvCell.Write)));
            else if (explain) Explain(cells, grouped);
            else _listing.Add(cells);
        }

        private void Explain(string[] cells, GroupedCase grouped)
        {
            terminal.Print(string.Join('\t', cells));
            foreach (var step in grouped.Steps)
            {
                var name = step.Code.Length > 0 && grouper.NameOf(step.Code) is { } known ? $"{step.Code} {known}" : step.Code;
                terminal.Print("  " + terminal.Text.Format($"drg.step.{step.Kind}", step.Group, name, step.Other).TrimEnd());
            }
        }

        private StreamWriter? Writer()
        {
            if (output is null) return null;
            var writer = new StreamWriter(output) { NewLine = "\n" };
            writer.WriteLine(string.Join(',', Columns));
            return writer;
        }

        private int End(StreamWriter? writer)
        {
            if (writer is null && !explain) terminal.Print(_listing);
            var count = _byStatus.Values.Sum();
            if (only is not null && count == 0) return terminal.Fail(new(ProblemKind.NotFound, "drg.no-case", terminal.Text["drg.no-case"]));
            var seconds = Math.Max(_clock.Elapsed.TotalSeconds, 1e-9);
            terminal.Error.WriteLine(terminal.Text.Format("drg.summary", count, string.Join(", ", _byStatus.Select(s => $"{s.Key} {s.Value}")), seconds, count / seconds));
            if (_expected > 0) terminal.Error.WriteLine(terminal.Text.Format("drg.agreed", _agreed, _expected));
            return ExitCodes.Ok;
        }
    }
}
