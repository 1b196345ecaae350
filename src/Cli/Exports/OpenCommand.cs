using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Yunnao.Kernel;
using Yunnao.Services.Exports;
using Yunnao.Trust.Envelopes;

namespace Yunnao.Cli.Exports;

/// <summary><c>yunnao export open DIR --key FILE</c>: opens the files that were closed for the recipient's certificate. Needs neither lake nor registry.</summary>
internal static class OpenCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var folder = new Argument<string>("dir") { Description = text["export.open.dir"] };
        var key = new Option<string>("--key") { Description = text["export.open.key"], HelpName = "FILE", Required = true };
        var output = new Option<string>("--out", "-o") { Description = text["export.open.out"], HelpName = "DIR" };
        var command = new Command("open", text["export.open"]) { folder, key, output };
        command.SetAction(parsed =>
        {
            var path = parsed.GetRequiredValue(folder);
            if (ManifestFile.Read(path) is not { } manifest) return terminal.Fail(new(ProblemKind.Incorrect, "export.manifest", text["export.no-manifest"], new(path)));
            if (!File.Exists(parsed.GetRequiredValue(key))) return terminal.Fail(new(ProblemKind.NotFound, "export.key", text["export.no-key"], new(parsed.GetRequiredValue(key))));
            var from = Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!;
            var (pem, closed) = (File.ReadAllText(parsed.GetRequiredValue(key)), manifest.Files.Where(f => f.ClearSha256 is not null).ToList());
            using var line = new StatusLine(terminal);
            foreach (var (file, i) in closed.Select((f, i) => (f, i)))
            {
                line.Show(string.Create(CultureInfo.InvariantCulture, $"{file.Name} {i + 1}/{closed.Count} {line.Elapsed:mm\\:ss}"));
                if (Open(file, from, parsed.GetValue(output) ?? from, pem) is not { } problem) continue;
                line.Clear();
                return terminal.Fail(problem);
            }

            line.Clear();
            terminal.Print(text.Format("export.opened", closed.Count));
            return ExitCodes.Ok;
        });
        return command;
    }

    /// <summary>A file is there when it was opened to its end and is the one of the manifest.</summary>
    private static Problem? Open(ExportManifest.Content file, string from, string to, string pem)
    {
        var clear = Path.Combine(to, file.Name[..^Envelope.Ending.Length]);
        var unfinished = clear + ".part";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(clear))!);
            if (!Envelope.Open(File.OpenRead(Path.Combine(from, file.Name)), pem).Try(out var bytes, out var problem)) return problem with { Where = new(file.Name) };
            using (bytes)
            using (var output = File.Create(unfinished)) bytes.CopyTo(output, 1 << 20);
            using (var written = File.OpenRead(unfinished))
            {
                if (Convert.ToHexStringLower(SHA256.HashData(written)) != file.ClearSha256) return Damaged(file);
            }

            File.Move(unfinished, clear, overwrite: true);
            return null;
        }
        catch (CryptographicException)
        {
            return Damaged(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(ProblemKind.Unavailable, "export.file", "A file of the export cannot be read or written.", new(file.Name));
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private static Problem Damaged(ExportManifest.Content file) => new(ProblemKind.Incorrect, "export.damaged", "The file is not the one that was exported.", new(file.Name));
}
