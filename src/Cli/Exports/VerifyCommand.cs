using System.CommandLine;
using Yunnao.Kernel;

namespace Yunnao.Cli.Exports;

/// <summary><c>yunnao export verify DIR</c>: every file is the one of the manifest. Needs neither lake nor registry: it is the recipient's.</summary>
internal static class VerifyCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var folder = new Argument<string>("dir") { Description = text["export.verify.dir"] };
        var command = new Command("verify", text["export.verify"]) { folder };
        command.SetAction(parsed =>
        {
            var path = parsed.GetRequiredValue(folder);
            if (ManifestFile.Read(path) is not { } manifest) return terminal.Fail(new(ProblemKind.Incorrect, "export.manifest", text["export.no-manifest"], new(path)));
            var code = ExitCodes.Ok;
            foreach (var problem in ManifestFile.Verify(manifest, Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!)) code = terminal.Fail(problem);
            if (code == ExitCodes.Ok) terminal.Print(text.Format("export.verified", manifest.Files.Count, manifest.DataSets.Sum(d => d.Rows)));
            return code;
        });
        return command;
    }
}
