using System.CommandLine;
using System.Net;
using System.Text.Json;
using Yunnao.Cli.Identity;
using Yunnao.Kernel;
using Yunnao.Services.Ingest;
using Yunnao.Services.Listen;

namespace Yunnao.Cli.Listen;

/// <summary><c>yunnao listen mllp --port N --source M</c>: takes HL7 v2 messages until it is told to stop.</summary>
internal static class MllpCommand
{
    private const string PasswordVariable = "YUNNAO_TLS_PASSWORD";

    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var port = new Option<int>("--port", "-p") { Description = text["listen.port"], HelpName = "N", DefaultValueFactory = _ => 2575 };
        var source = new Option<string>("--source", "-s") { Description = text["listen.source"], HelpName = "MAPPING", Required = true };
        var address = new Option<string>("--address") { Description = text["listen.address"], HelpName = "IP" };
        var certificate = new Option<string>("--certificate") { Description = text.Format("listen.certificate", PasswordVariable), HelpName = "FILE" };
        var authority = new Option<string>("--client-authority") { Description = text["listen.client-authority"], HelpName = "FILE" };
        var connections = new Option<int>("--connections") { Description = text["listen.connections"], HelpName = "N", DefaultValueFactory = _ => 1000 };
        var age = new Option<int>("--batch-seconds") { Description = text["listen.batch-seconds"], HelpName = "N", DefaultValueFactory = _ => 10 };
        var drain = new Option<bool>("--drain") { Description = text["listen.drain"] };
        var command = new Command("mllp", text["listen.mllp"]) { port, source, address, certificate, authority, connections, age, drain };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (!Certificates.Open(parsed.GetValue(certificate), PasswordVariable, terminal).Try(out var own, out var problem)) return terminal.Fail(problem);
            if (!Certificates.Open(parsed.GetValue(authority), PasswordVariable, terminal).Try(out var issuer, out problem)) return terminal.Fail(problem);
            if (!IPAddress.TryParse(parsed.GetValue(address) ?? (own is null ? "127.0.0.1" : "::"), out var ip))
                return terminal.Fail(new(ProblemKind.Incorrect, "listen.address", text["listen.no-address"]));
            var options = new ListenOptions
            {
                Address = ip,
                Port = parsed.GetValue(port),
                Source = parsed.GetValue(source)!,
                Certificate = own,
                ClientAuthority = issuer,
                MaxConnections = Math.Max(1, parsed.GetValue(connections)),
                BatchAge = TimeSpan.FromSeconds(Math.Clamp(parsed.GetValue(age), 1, 3600)),
            };
            return await RunAsync(parsed, terminal, options, parsed.GetValue(drain), cancellation).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Terminal terminal, ListenOptions options, bool drain, CancellationToken cancellation)
    {
        var folder = DataFolder.Of(parsed, terminal);
        if (!Platform.Open(RegistryFolder.Of(parsed, terminal), folder).Try(out var platform, out var problem)) return terminal.Fail(problem);
        using (platform)
        await using (new MergeAudit(platform, folder, terminal).ConfigureAwait(false))
        {
            if (!platform.Registry.Mappings.TryGetValue(options.Source, out var mapping) || mapping.Format != "hl7v2")
                return terminal.Fail(new(ProblemKind.NotFound, "ingest.unknown-source", terminal.Text.Format("listen.no-source", options.Source)));
            var listener = new MllpListener(options, platform.Ingest, folder, platform.Keys, TimeProvider.System);
            if (drain) await listener.DrainAsync(Report).ConfigureAwait(false);
            else problem = await listener.RunAsync(Listening, Report, cancellation).ConfigureAwait(false);
            if (problem is not null) return terminal.Fail(problem);
            var counts = listener.Counts;
            terminal.Print(terminal.Text.Format("listen.summary", counts.Accepted, counts.Refused, counts.Loaded, counts.Quarantined));
            return ExitCodes.Ok;
        }

        void Listening(IPEndPoint at) => terminal.Print(JsonSerializer.Serialize(new { listening = at.Port, address = at.Address.ToString(), tls = options.Certificate is not null, source = options.Source }));

        void Report(FileOutcome outcome)
        {
            if (outcome.Problem is { } failed) terminal.Fail(failed);
            else terminal.Print(JsonSerializer.Serialize(new { batch = outcome.Batch?.Number ?? outcome.AlreadyLoaded, received = outcome.Batch?.Received, accepted = outcome.Batch?.Accepted, quarantined = outcome.Batch?.Quarantined }));
        }
    }
}
