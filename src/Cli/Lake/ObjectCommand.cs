using System.CommandLine;
using System.Globalization;
using Yunnao.Cli.Trust;
using Yunnao.Kernel;
using Yunnao.Lake.Objects;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Keys;
using Yunnao.Trust.Rights;

namespace Yunnao.Cli.Lake;

/// <summary>
/// <c>yunnao lake object ID --out FILE --reason TEXT</c>: a landed file in clear, for whoever runs the program on the machine with the data and its keys. The event is
/// in the audit before the first byte is written; no server gives landed files to anybody.
/// </summary>
internal static class ObjectCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var id = new Argument<string>("id") { Description = text["object.id"] };
        var output = new Option<string>("--out", "-o") { Description = text["object.out"], HelpName = "FILE", Required = true };
        var reason = new Option<string>("--reason") { Description = text["object.reason"], HelpName = "TEXT", Required = true };
        var command = new Command("object", text["object"]) { id, output, reason };
        command.SetAction((parsed, cancellation) => ControlRoom.UseAsync(
            parsed, terminal,
            async room =>
            {
                var (name, file) = (parsed.GetRequiredValue(id), Path.GetFullPath(parsed.GetRequiredValue(output)));
                if (string.IsNullOrWhiteSpace(parsed.GetRequiredValue(reason))) return terminal.Fail(new(ProblemKind.Incorrect, "object.reason", text["object.no-reason"]));
                if (File.Exists(file)) return terminal.Fail(new(ProblemKind.Conflict, "object.exists", text["object.exists"], new(file)));
                var store = FileObjectStore.Open(Path.Combine(DataFolder.Of(parsed, terminal), "objects"), new ObjectCipher(room.Keys));
                var opened = store.Open(name);
                await room.Audit.AppendAsync(
                    new(AuditKind.Export, LocalAdministrator.Name)
                    {
                        What = $"object {name}",
                        Outcome = opened.Problem?.Code ?? AuditEvent.Ok,
                        Details = new Dictionary<string, string> { ["reason"] = parsed.GetRequiredValue(reason), ["bytes"] = opened.Ok ? opened.Value.Length.ToString(CultureInfo.InvariantCulture) : "0" },
                    },
                    CancellationToken.None).ConfigureAwait(false);
                if (!opened.Try(out var clear, out var problem)) return terminal.Fail(problem with { Where = new(name) });
                await using (clear.ConfigureAwait(false))
                {
                    if (await WriteAsync(clear, name, file, cancellation).ConfigureAwait(false) is { } wrong) return terminal.Fail(wrong);
                    terminal.Print(text.Format("object.written", name, file, clear.Length));
                    return ExitCodes.Ok;
                }
            },
            cancellation));
        return command;
    }

    /// <summary>The bytes, proved by their name, into a file of the owner's alone that is whole or not there.</summary>
    private static async Task<Problem?> WriteAsync(Stream clear, string id, string file, CancellationToken cancellation)
    {
        var unfinished = $"{file}.{Path.GetRandomFileName()}.part";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            var output = new FileStream(unfinished, options);
            await using (output.ConfigureAwait(false))
            {
                if ((await ObjectId.CopyAsync(clear, output, cancellation).ConfigureAwait(false)).Id != id) return Damaged(id);
            }

            File.Move(unfinished, file);
            return null;
        }
        catch (InvalidDataException)
        {
            return Damaged(id);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(ProblemKind.Unavailable, "object.unwritable", $"The file cannot be written ({e.GetType().Name}).", new(file));
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private static Problem Damaged(string id) => new(ProblemKind.Unavailable, "verify.damaged", "The object is not what its name says; nothing was written.", new(id));
}
