using System.CommandLine;
using Yunnao.Cli.Trust;
using Yunnao.Formats.Dicom.Deidentification;
using Yunnao.Kernel;
using Yunnao.Services.Imaging;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Keys;
using Yunnao.Trust.Rights;

namespace Yunnao.Cli.Imaging;

/// <summary><c>yunnao imaging anonymise --study UID --recipient NAME --to DIR</c>: gives images out without their persons.</summary>
internal static class AnonymiseCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var selection = new SelectionOptions(terminal);
        var recipient = new Option<string>("--recipient") { Description = text["imaging.recipient"], HelpName = "NAME", Required = true };
        var to = new Option<string>("--to") { Description = text["imaging.to"], HelpName = "DIR", Required = true };
        var keep = new Option<DeidOptions[]>("--option") { Description = text.Format("imaging.deid-option", string.Join(", ", Enum.GetNames<DeidOptions>().Skip(1))), HelpName = "NAME" };
        var seen = new Option<bool>("--pixels-seen") { Description = text["imaging.pixels-seen"] };
        var command = new Command("anonymise", text["imaging.anonymise"]) { recipient, to, keep, seen };
        selection.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            if (!selection.Named(parsed).Try(out var selected, out var problem)) return terminal.Fail(problem);
            return await ControlRoom.UseAsync(
                parsed, terminal,
                async room =>
                {
                    if (!(await ImagingRoom.OpenAsync(parsed, terminal, readOnly: true, cancellation).ConfigureAwait(false)).Try(out var archive, out problem)) return terminal.Fail(problem);
                    await using (archive.ConfigureAwait(false))
                    {
                        var name = parsed.GetValue(recipient)!;
                        var options = (parsed.GetValue(keep) ?? []).Aggregate(DeidOptions.None, (all, one) => all | one);
                        var anonymiser = new ImageAnonymiser(room.Keys.Derive(KeyUse.Pseudonym, Suite.Aes, "images " + name), options, parsed.GetValue(seen));
                        var (written, kept) = (0, 0);
                        using var status = new StatusLine(terminal);
                        await foreach (var result in anonymiser.WriteAsync(archive, selected, parsed.GetValue(to)!, cancellation).ConfigureAwait(false))
                        {
                            if (result.Try(out _, out var reason)) written++;
                            else
                            {
                                kept++;
                                status.Clear();
                                terminal.Error.WriteLine(reason.ToString());
                            }

                            status.Show(text.Format("imaging.progress", written + kept));
                        }

                        status.Clear();
                        if (written + kept == 0) return terminal.Fail(new(ProblemKind.NotFound, "imaging.unknown", text["imaging.none"]));
                        await room.Audit.AppendAsync(new(AuditKind.Export, LocalAdministrator.Name) { What = "images", Rows = written, Details = new Dictionary<string, string> { ["recipient"] = name, ["options"] = options.ToString() } }, cancellation).ConfigureAwait(false);
                        terminal.Print(text.Format("imaging.anonymised", written, kept));
                        return kept == 0 ? ExitCodes.Ok : ExitCodes.Of(ProblemKind.Forbidden);
                    }
                },
                cancellation).ConfigureAwait(false);
        });
        return command;
    }
}
