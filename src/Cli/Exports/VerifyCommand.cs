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
        var key = new Option<string>("--key") { Description = text["export.verify.key"], HelpName = "FILE" };
        var command = new Command("verify", text["export.verify"]) { folder, key };
        command.SetAction(parsed =>
        {
            var path = parsed.GetRequiredValue(folder);
            if (ManifestFile.Read(path) is not { } manifest) return terminal.Fail(new(ProblemKind.Incorrect, "export.manifest", text["export.no-manifest"], new(path)));
            var (code, inside) = (ExitCodes.Ok, Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!);
            if (parsed.GetValue(key) is { } publicKey && !ManifestFile.IsSigned(inside, publicKey)) return terminal.Fail(new(ProblemKind.Incorrect, "export.signature", text["export.no-signature"], new(inside)));
            foreach (var problem in ManifestFile.Verify(manifest, inside)) code = terminal.Fail(problem);
            if (code == ExitCodes.Ok) terminal.Print(text.Format("export.verified", manifest.Files.Count, manifest.DataSets.Sum(d => d.Rows)));
            return code;
        });
        return command;
    }
}
