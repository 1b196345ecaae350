using System.CommandLine;

namespace Yunnao.Cli.View;

/// <summary><c>yunnao view check &lt;view&gt;…</c>: what is wrong with views, all of it, with its place; the columns of those that are right.</summary>
internal static class CheckCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var views = new Argument<string[]>("view") { Description = text["view.check.views"], Arity = ArgumentArity.OneOrMore };
        var command = new Command("check", text["view.check"]) { views };
        command.SetAction(parsed =>
        {
            var exit = ExitCodes.Ok;
            foreach (var named in parsed.GetValue(views)!)
            {
                if (!ViewFiles.Read(named, parsed, terminal).Try(out var view, out var problem))
                {
                    exit = terminal.Fail(problem);
                    continue;
                }

                terminal.Print(text.Format("view.check.good", named, view.Resource, view.Columns.Count));
                var listing = new Listing([text["view.col.column"], text["view.col.type"]]);
                foreach (var (name, type) in view.Columns) listing.Add(name, type);
                terminal.Print(listing);
            }

            return exit;
        });
        return command;
    }
}
