using System.CommandLine;
using Yunnao.Lake.Objects;
using Yunnao.Services.Identity;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Keys;
using Yunnao.Trust.Rights;

namespace Yunnao.Cli.Trust;

/// <summary><c>yunnao trust keys list | rotate | renew</c>.</summary>
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

        KeyUse[] rotating = [KeyUse.Vault, KeyUse.Objects, KeyUse.Backup, KeyUse.AuditHead, KeyUse.AuditSeal];
        var use = new Argument<KeyUse>("use") { Description = text.Format("trust.keys.rotate.use", string.Join(", ", rotating)) };
        use.Validators.Add(r =>
        {
            if (!rotating.Contains(r.GetValueOrDefault<KeyUse>())) r.AddError(text.Format("trust.keys.rotate.use", string.Join(", ", rotating)));
        });
        var suite = new Option<Suite>("--suite") { Description = text["trust.keys.rotate.suite"], HelpName = "aes|sm", DefaultValueFactory = _ => KeySettings.Suite() is { Ok: true } said ? said.Value : Suite.Aes };
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

        var renew = new Command("renew", text["trust.keys.renew"]);
        renew.SetAction((parsed, cancellation) => ControlRoom.UseAsync(
            parsed, terminal,
            async room =>
            {
                var folder = DataFolder.Of(parsed, terminal);
                if (!Vault.Open(folder, room.Keys).Try(out var vault, out var problem)) return terminal.Fail(problem);
                using (vault)
                {
                    var persons = await Task.Run(() => vault.Reseal(cancellation), cancellation).ConfigureAwait(false);
                    var store = FileObjectStore.Open(Path.Combine(folder, "objects"), new ObjectCipher(room.Keys));
                    if (!(await store.ResealAsync(cancellation).ConfigureAwait(false)).Try(out var objects, out problem)) return terminal.Fail(problem);
                    await room.Audit.AppendAsync(new(AuditKind.KeyChanged, LocalAdministrator.Name) { What = "renew", Rows = persons + objects }, cancellation).ConfigureAwait(false);
                    terminal.Print(text.Format("trust.keys.renewed", persons, objects));
                }

                return ExitCodes.Ok;
            },
            cancellation));
        return new Command("keys", text["trust.keys"]) { list, rotate, renew };
    }
}
