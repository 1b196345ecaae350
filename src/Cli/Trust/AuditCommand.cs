using System.CommandLine;
using System.Globalization;
using Yunnao.Kernel;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Rights;

namespace Yunnao.Cli.Trust;

/// <summary><c>yunnao audit verify | search | export | seal</c>. Searching and exporting are events themselves.</summary>
internal static class AuditCommand
{
    public static Command Create(Terminal terminal) => new("audit", terminal.Text["audit"])
    {
        Verify(terminal), Search(terminal), Export(terminal), Seal(terminal),
    };

    private static Command Verify(Terminal terminal)
    {
        var text = terminal.Text;
        var command = new Command("verify", text["audit.verify"]);
        command.SetAction((parsed, cancellation) => ControlRoom.UseAsync(
            parsed, terminal,
            async room =>
            {
                var proof = await room.Reader.VerifyAsync(null, cancellation).ConfigureAwait(false);
                foreach (var problem in proof.Problems) terminal.Fail(problem);
                terminal.Print(text.Format("audit.verified", proof.Events, proof.Seals, proof.Sealed));
                terminal.Print(text[proof.Whole ? "audit.whole" : "audit.broken"]);
                return proof.Whole ? ExitCodes.Ok : ExitCodes.Of(ProblemKind.Fault);
            },
            cancellation));
        return command;
    }

    private static Command Search(Terminal terminal)
    {
        var text = terminal.Text;
        var filter = new AuditFilterOptions(terminal);
        var command = new Command("search", text["audit.search"]);
        filter.AddTo(command);
        command.SetAction((parsed, cancellation) => ControlRoom.UseAsync(
            parsed, terminal,
            async room =>
            {
                var entries = await room.Reader.SearchAsync(filter.Of(parsed), cancellation).ConfigureAwait(false);
                await room.Audit.AppendAsync(new(AuditKind.Read, LocalAdministrator.Name) { What = "audit", Rows = entries.Count }, cancellation).ConfigureAwait(false);
                var listing = new Listing(
                    text["trust.col.number"], text["trust.col.at"], text["audit.col.kind"], text["trust.col.who"], text["audit.col.purpose"], text["audit.col.what"],
                    text["trust.col.subject"], text["audit.col.rows"], text["audit.col.outcome"]);
                foreach (var e in entries)
                {
                    listing.Add(
                        $"{e.Sequence}", e.At.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), e.Kind, e.Who, e.Purpose ?? "", e.What ?? "",
                        e.Subject?.ToString(CultureInfo.InvariantCulture) ?? "", e.Rows?.ToString(CultureInfo.InvariantCulture) ?? "", e.Outcome);
                }

                terminal.Print(listing);
                return ExitCodes.Ok;
            },
            cancellation));
        return command;
    }

    private static Command Export(Terminal terminal)
    {
        var text = terminal.Text;
        var filter = new AuditFilterOptions(terminal);
        var file = new Argument<FileInfo>("file") { Description = text["audit.export.file"] };
        var command = new Command("export", text["audit.export"]) { file };
        filter.AddTo(command);
        command.SetAction((parsed, cancellation) => ControlRoom.UseAsync(
            parsed, terminal,
            async room =>
            {
                var output = parsed.GetRequiredValue(file).Create();
                await using (output.ConfigureAwait(false))
                {
                    var written = await room.Reader.ExportAsync(output, filter.Of(parsed), cancellation).ConfigureAwait(false);
                    await room.Audit.AppendAsync(new(AuditKind.Export, LocalAdministrator.Name) { What = "audit", Rows = written }, cancellation).ConfigureAwait(false);
                    terminal.Print(text.Format("audit.exported", written));
                }

                return ExitCodes.Ok;
            },
            cancellation));
        return command;
    }

    private static Command Seal(Terminal terminal)
    {
        var text = terminal.Text;
        var command = new Command("seal", text["audit.seal"]);
        command.SetAction((parsed, cancellation) => ControlRoom.UseAsync(
            parsed, terminal,
            async room =>
            {
                var seal = await room.Audit.SealAsync(cancellation).ConfigureAwait(false);
                terminal.Print(seal is null ? text["audit.sealed-already"] : text.Format("audit.sealed", seal.Sequence));
                return ExitCodes.Ok;
            },
            cancellation));
        return command;
    }
}
