using System.CommandLine;
using Yunnao.Kernel;

namespace Yunnao.Cli.View;

/// <summary>Views by the path of their file, or by the name of one that is shipped (<c>standards/views</c>).</summary>
internal static class ViewFiles
{
    /// <summary>The views that are shipped: name and file.</summary>
    public static IReadOnlyList<(string Name, string File)> Shipped(ParseResult parsed, Terminal terminal)
    {
        var folder = Path.Combine(RegistryFolder.Of(parsed, terminal), "views");
        if (!Directory.Exists(folder)) return [];
        return [.. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(f => (Path.GetFileNameWithoutExtension(f), f))];
    }

    /// <summary>The compiled view; its problems and warnings are reported.</summary>
    public static Result<Services.Views.View> Read(string named, ParseResult parsed, Terminal terminal)
    {
        var file = File.Exists(named) ? named : Shipped(parsed, terminal).FirstOrDefault(s => s.Name == named).File;
        if (file is null) return new Problem(ProblemKind.NotFound, "view.none", terminal.Text.Format("view.none", named), new(named));
        byte[] json;
        try
        {
            json = File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Problem(ProblemKind.Unavailable, "view.file", terminal.Text["view.unreadable"], new(file));
        }

        var (view, problems) = Services.Views.View.Read(json, file);
        foreach (var warning in view?.Warnings ?? []) terminal.Error.WriteLine(terminal.Text.Format("view.warning", warning));
        if (view is not null) return view;
        foreach (var problem in problems.SkipLast(1)) terminal.Fail(problem);
        return problems[^1];
    }
}
