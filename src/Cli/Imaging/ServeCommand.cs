using System.CommandLine;
using System.Net;
using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Services.Identity;
using Yunnao.Services.Imaging;
using Yunnao.Services.Imaging.Dimse;
using Yunnao.Trust;
using Yunnao.Trust.Audit;

namespace Yunnao.Cli.Imaging;

/// <summary><c>yunnao imaging serve</c>: takes images from devices and gives them to viewers until it is stopped.</summary>
internal static class ServeCommand
{
    private const string TokenVariable = "YUNNAO_IMAGING_TOKEN";
    private const string PasswordVariable = "YUNNAO_TLS_PASSWORD";

    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var aet = ImagingRoom.Aet(terminal);
        var port = new Option<int>("--port", "-p") { Description = text["imaging.port"], HelpName = "N", DefaultValueFactory = _ => 11112 };
        var address = new Option<string>("--address") { Description = text["imaging.address"], HelpName = "IP", DefaultValueFactory = _ => "127.0.0.1" };
        var http = new Option<int>("--http") { Description = text.Format("imaging.http", TokenVariable), HelpName = "N", DefaultValueFactory = _ => 8042 };
        var noHttp = new Option<bool>("--no-http") { Description = text["imaging.no-http"] };
        var allow = new Option<string[]>("--allow") { Description = text["imaging.allow"], HelpName = "TITLE@NET=RIGHTS" };
        var peers = new Option<string[]>("--peer") { Description = text["imaging.peers"], HelpName = "TITLE=HOST:PORT" };
        var organisation = ImagingRoom.Organisation(terminal);
        var organisations = new Option<string[]>("--organisation-of") { Description = text["imaging.organisation-of"], HelpName = "TITLE=CODE" };
        var associations = new Option<int>("--associations") { Description = text["imaging.associations"], HelpName = "N", DefaultValueFactory = _ => 128 };
        var certificate = new Option<string>("--certificate") { Description = text.Format("imaging.certificate", PasswordVariable), HelpName = "FILE" };
        var authority = new Option<string>("--client-authority") { Description = text["imaging.client-authority"], HelpName = "FILE" };
        var viewer = new Option<string>("--viewer") { Description = text["imaging.viewer"], HelpName = "DIR" };
        var noFlush = new Option<bool>("--no-flush") { Description = text["imaging.no-flush"] };
        var command = new Command("serve", text["imaging.serve"])
        {
            aet, port, address, http, noHttp, allow, peers, organisation, organisations, associations, certificate, authority, viewer, noFlush,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (!IPAddress.TryParse(parsed.GetValue(address), out var ip)) return terminal.Fail(new(ProblemKind.Incorrect, "imaging.address", text["imaging.no-address"]));
            if (!Certificates.Open(parsed.GetValue(certificate), PasswordVariable, terminal).Try(out var own, out var problem)) return terminal.Fail(problem);
            if (!Certificates.Open(parsed.GetValue(authority), PasswordVariable, terminal).Try(out var issuer, out problem)) return terminal.Fail(problem);
            var allowed = new List<AllowedPeer>();
            foreach (var entry in parsed.GetValue(allow) ?? [])
            {
                if (!AllowedPeer.TryParse(entry, out var one)) return terminal.Fail(new(ProblemKind.Incorrect, "imaging.allowed", text.Format("imaging.no-allowed", entry)));
                allowed.Add(one);
            }

            var known = new Dictionary<string, DimsePeer>(StringComparer.Ordinal);
            foreach (var entry in parsed.GetValue(peers) ?? [])
            {
                if (!ImagingRoom.Peer(entry, terminal).Try(out var peer, out problem)) return terminal.Fail(problem);
                known[peer.AeTitle] = peer;
            }

            var options = new ImagingServerOptions
            {
                Dimse = new()
                {
                    AeTitle = parsed.GetValue(aet)!,
                    Address = ip,
                    Port = parsed.GetValue(port),
                    Allowed = allowed,
                    Peers = known,
                    Organisation = parsed.GetValue(organisation)!,
                    Organisations = (parsed.GetValue(organisations) ?? []).Select(o => o.Split('=', 2)).Where(o => o.Length == 2).ToDictionary(o => o[0], o => o[1], StringComparer.Ordinal),
                    MaxAssociations = Math.Clamp(parsed.GetValue(associations), 1, 10_000),
                    Certificate = own,
                    ClientAuthority = issuer,
                },
                Web = new() { Organisation = parsed.GetValue(organisation)!, Pictures = ImagingRoom.Encode },
                HttpPort = parsed.GetValue(noHttp) ? null : parsed.GetValue(http),
                Token = terminal.Variable(TokenVariable),
                Viewer = parsed.GetValue(viewer),
            };
            return await RunAsync(parsed, terminal, options, !parsed.GetValue(noFlush), cancellation).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Terminal terminal, ImagingServerOptions options, bool flush, CancellationToken cancellation)
    {
        var folder = Directory.CreateDirectory(DataFolder.Of(parsed, terminal)).FullName;
        if (!RegistryFolder.Load(parsed, terminal).Try(out var registry, out var problem)) return terminal.Fail(problem);
        var kept = new TrustOptions { Folder = folder, PostgreSql = terminal.ControlDatabase };
        if (!(await TrustRoom.OpenAsync(kept, registry, null, cancellation: cancellation).ConfigureAwait(false)).Try(out var trust, out problem)) return terminal.Fail(problem);
        await using (trust.ConfigureAwait(false))
        {
            using var gate = new DimseGate(registry, trust, () => Vault.Open(folder, trust.Keys).Try(out var vault, out var locked) ? new SubjectLookUp(vault) : locked);
            if (!(await ImagingRoom.OpenAsync(parsed, terminal, readOnly: false, cancellation, flush, trust.Keys).ConfigureAwait(false)).Try(out var archive, out problem)) return terminal.Fail(problem);
            await using (archive.ConfigureAwait(false)) return await ServeAsync(terminal, options, archive, gate, trust.Audit, cancellation).ConfigureAwait(false);
        }
    }

    private static async Task<int> ServeAsync(Terminal terminal, ImagingServerOptions options, ImageArchive archive, DimseGate gate, AuditLog audit, CancellationToken cancellation)
    {
        terminal.Error.WriteLine(terminal.Text[options.Token is null ? "imaging.open-to-machine" : "imaging.open-with-token"]);
        if (await ImagingServer.RunAsync(options, archive, gate, audit, Listening, cancellation).ConfigureAwait(false) is { } problem) return terminal.Fail(problem);
        var counts = ImageDesk.Count(archive);
        terminal.Print(terminal.Text.Format("imaging.summary", counts.Studies, counts.Series, counts.Instances, ImagingRoom.Megabytes(counts.Bytes), counts.Quarantined));
        return ExitCodes.Ok;

        void Listening(int dimse, int? http) => terminal.Print(JsonSerializer.Serialize(new { dicom = dimse, aet = options.Dimse.AeTitle, address = options.Dimse.Address.ToString(), tls = options.Dimse.Certificate is not null, http }));
    }
}
