using System.CommandLine;
using Yunnao.Kernel;
using Yunnao.Services.Exports.Targets;
using Yunnao.Standards.Feeds;
using Yunnao.Trust.Keys;

namespace Yunnao.Cli.Exports;

/// <summary><c>yunnao export targets list | check | seal</c>: the databases that the administrator described in <c>targets/</c> of the data folder.</summary>
internal static class TargetsCommand
{
    public static Command Create(Terminal terminal) => new("targets", terminal.Text["export.targets"]) { List(terminal), Check(terminal), Seal(terminal) };

    private static Command List(Terminal terminal)
    {
        var text = terminal.Text;
        var command = new Command("list", text["export.targets.list"]);
        command.SetAction(parsed =>
        {
            var data = DataFolder.Of(parsed, terminal);
            var (listing, code) = (new Listing(text["export.col.target"], text["export.col.name"], text["export.col.kind"], text["export.col.recipients"]), ExitCodes.Ok);
            foreach (var (target, problems) in TargetReader.Ids(data).Select(id => TargetReader.Read(id, data)))
            {
                foreach (var problem in problems) code = terminal.Fail(problem);
                if (target is not null) listing.Add(target.Id, target.Name.In(text.Language), target.Kind.ToString().ToLowerInvariant(), string.Join(' ', target.Recipients));
            }

            terminal.Print(listing);
            return code;
        });
        return command;
    }

    private static Command Check(Terminal terminal)
    {
        var (name, text) = (Name(terminal), terminal.Text);
        var command = new Command("check", text["export.targets.check"]) { name };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (!KeyRing.Open(DataFolder.Of(parsed, terminal)).Try(out var keys, out var problem)) return terminal.Fail(problem);
            using (keys)
            {
                if (await TargetRun.CheckAsync(Book(parsed, terminal, keys), parsed.GetRequiredValue(name), cancellation).ConfigureAwait(false) is { } wrong) return terminal.Fail(wrong);
                terminal.Print(text["export.targets.answers"]);
                return ExitCodes.Ok;
            }
        });
        return command;
    }

    /// <summary>The password comes by the standard input, where neither the list of processes nor the history of a shell keeps it.</summary>
    private static Command Seal(Terminal terminal)
    {
        var (name, text) = (Name(terminal), terminal.Text);
        var command = new Command("seal", text["export.targets.seal"]) { name };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (!KeyRing.Open(DataFolder.Of(parsed, terminal)).Try(out var keys, out var problem)) return terminal.Fail(problem);
            using (keys)
            {
                var book = Book(parsed, terminal, keys);
                if (!book.Find(parsed.GetRequiredValue(name)).Try(out var target, out problem)) return terminal.Fail(problem);
                if (await Console.In.ReadLineAsync(cancellation).ConfigureAwait(false) is not { Length: > 0 } secret)
                    return terminal.Fail(new(ProblemKind.Incorrect, "feed.secret", text["export.targets.no-secret"]));
                book.Seal(target, secret);
                terminal.Print(text["export.targets.sealed"]);
                return ExitCodes.Ok;
            }
        });
        return command;
    }

    private static Argument<string> Name(Terminal terminal) => new("name") { Description = terminal.Text["export.targets.name"] };

    private static TargetBook Book(ParseResult parsed, Terminal terminal, KeyRing keys) => new(DataFolder.Of(parsed, terminal), new(keys));
}
