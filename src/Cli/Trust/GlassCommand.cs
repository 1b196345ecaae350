using System.CommandLine;
using Yunnao.Trust.Rights;

namespace Yunnao.Cli.Trust;

/// <summary><c>yunnao trust glass list | review</c>: the break-glass accesses that nobody has reviewed yet.</summary>
internal static class GlassCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var list = new Command("list", text["trust.glass.list"]);
        list.SetAction((parsed, cancellation) => ControlRoom.UseAsync(
            parsed, terminal,
            async room =>
            {
                var listing = new Listing(text["trust.col.number"], text["trust.col.who"], text["trust.col.subject"], text["trust.col.at"], text["trust.col.reason"]);
                foreach (var grant in await room.BreakGlass.ToReviewAsync(cancellation).ConfigureAwait(false))
                    listing.Add($"{grant.Id}", grant.Caller, $"{grant.Subject}", $"{grant.Opened:yyyy-MM-dd HH:mm:ss}", grant.Reason);
                if (listing.Rows.Count == 0) terminal.Print(text["trust.glass.none"]);
                else terminal.Print(listing);
                return ExitCodes.Ok;
            },
            cancellation));

        var number = new Argument<long>("number") { Description = text["trust.glass.number"] };
        var verdict = new Option<string>("--verdict") { Description = text["trust.glass.verdict"], HelpName = "justified|unjustified", Required = true };
        var remark = new Option<string>("--remark") { Description = text["trust.glass.remark"], HelpName = "TEXT" };
        var review = new Command("review", text["trust.glass.review"]) { number, verdict, remark };
        review.SetAction((parsed, cancellation) => ControlRoom.UseAsync(
            parsed, terminal,
            async room =>
            {
                var problem = await room.BreakGlass.ReviewAsync(
                    parsed.GetRequiredValue(number), LocalAdministrator.Name, parsed.GetRequiredValue(verdict), parsed.GetValue(remark), cancellation).ConfigureAwait(false);
                if (problem is not null) return terminal.Fail(problem);
                terminal.Print(text["trust.glass.reviewed"]);
                return ExitCodes.Ok;
            },
            cancellation));
        return new Command("glass", text["trust.glass"]) { list, review };
    }
}
