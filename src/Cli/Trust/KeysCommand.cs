using System.CommandLine;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Keys;
using Yunnao.Trust.Rights;

namespace Yunnao.Cli.Trust;

/// <summary><c>yunnao trust keys list | rotate</c>.</summary>
internal static class KeysCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var list = new Command("list", text["trust.keys.list"]);
        list.SetAction((parsed, cancellation) => ControlRoom.UseAsync(
            parsed, terminal,
            room =>
            {
                var listing = new Listing(text["trust.col.number"], text["trust.keys.use"], text["trust.keys.suite"], text["trust.col.at"], text["trust.keys.state"]);
                foreach (var key in room.Keys.Keys)
                    listing.Add($"{key.Id}", $"{key.Use}", $"{key.Suite}", $"{key.Created:yyyy-MM-dd HH:mm}", text[key.Retired ? "trust.keys.retired" : "trust.keys.current"]);
                terminal.Print(listing);
                terminal.Print(text.Format("trust.keys.master", room.Keys.MasterId));
                return Task.FromResult(ExitCodes.Ok);
            },
            cancellation));

        KeyUse[] rotating = [KeyUse.Objects, KeyUse.Backup, KeyUse.AuditHead, KeyUse.AuditSeal];
        var use = new Argument<KeyUse>("use") { Description = text.Format("trust.keys.rotate.use", string.Join(", ", rotating)) };
        use.Validators.Add(r =>
        {
            if (!rotating.Contains(r.GetValueOrDefault<KeyUse>())) r.AddError(text.Format("trust.keys.rotate.use", string.Join(", ", rotating)));
        });
        var suite = new Option<Suite>("--suite") { Description = text["trust.keys.rotate.suite"], HelpName = "aes|sm", DefaultValueFactory = _ => Suite.Aes };
        var rotate = new Command("rotate", text["trust.keys.rotate"]) { use, suite };
        rotate.SetAction((parsed, cancellation) => ControlRoom.UseAsync(
            parsed, terminal,
            async room =>
            {
                var key = room.Keys.Rotate(parsed.GetRequiredValue(use), parsed.GetValue(suite));
                await room.Audit.AppendAsync(new(AuditKind.KeyChanged, LocalAdministrator.Name) { What = $"{key.Use} {key.Id}" }, cancellation).ConfigureAwait(false);
                terminal.Print(text.Format("trust.keys.rotated", key.Use, key.Id));
                return ExitCodes.Ok;
            },
            cancellation));
        return new Command("keys", text["trust.keys"]) { list, rotate };
    }
}
