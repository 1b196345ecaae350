using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using Yunnao.Cli.Imaging;
using Yunnao.Kernel;
using Yunnao.Server;

namespace Yunnao.Cli.Serve;

/// <summary><c>yunnao serve</c>: the platform as a service, until it is told to stop.</summary>
internal static class ServeCommand
{
    private const string PasswordVariable = "YUNNAO_TLS_PASSWORD";

    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var port = new Option<int?>("--port", "-p") { Description = text["serve.port"], HelpName = "N" };
        var address = new Option<string>("--address") { Description = text["serve.address"], HelpName = "IP" };
        var url = new Option<Uri>("--url") { Description = text["serve.url"], HelpName = "URL" };
        var certificate = new Option<string>("--certificate") { Description = text.Format("serve.certificate", PasswordVariable), HelpName = "FILE" };
        var proxy = new Option<bool>("--behind-proxy") { Description = text["serve.behind-proxy"] };
        var config = new Option<string>("--config") { Description = text["serve.config"], HelpName = "FILE" };
        var takes = new Option<bool>("--take-images") { Description = text["imaging.take-images"] };
        var viewer = new Option<string>("--viewer") { Description = text["imaging.viewer-of-platform"], HelpName = "DIR" };
        var command = new Command("serve", text.Format("serve", Terminal.ControlVariable)) { port, address, url, certificate, proxy, config, takes, viewer };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (!Options(parsed, terminal, parsed.GetValue(config)).Try(out var options, out var problem)) return terminal.Fail(problem);
            options.Port = parsed.GetValue(port) ?? options.Port;
            options.Address = parsed.GetValue(address) ?? options.Address;
            options.PublicUrl = parsed.GetValue(url) ?? options.PublicUrl;
            options.Certificate = parsed.GetValue(certificate) ?? options.Certificate;
            options.BehindProxy |= parsed.GetValue(proxy);
            options.TakeImages |= parsed.GetValue(takes);
            options.Viewer = parsed.GetValue(viewer) ?? options.Viewer;
            options.Pictures = ImagingRoom.Encode;
            options.ImagesPostgreSql = terminal.Variable(ImagingRoom.DatabaseVariable) ?? options.ImagesPostgreSql;
            if (!Certificate(options.Certificate, terminal).Try(out var opened, out problem)) return terminal.Fail(problem);
            options.OpenedCertificate = opened;
            problem = await YunnaoServer.RunAsync(options, ready => Print(ready, terminal), cancellation).ConfigureAwait(false);
            return problem is null ? ExitCodes.Ok : terminal.Fail(problem);
        });
        return command;
    }

    /// <summary>The options of a file and of the environment, or the defaults; the folders are those of the command line.</summary>
    public static Result<ServerOptions> Options(ParseResult parsed, Terminal terminal, string? config)
    {
        if (!ServerConfiguration.Read(config, Environment.GetEnvironmentVariables(), terminal.Text["serve.bad-config"]).Try(out var options, out var problem)) return problem;
        options.Folder = DataFolder.Of(parsed, terminal);
        options.Standards = RegistryFolder.Of(parsed, terminal);
        options.PostgreSql = terminal.ControlDatabase ?? options.PostgreSql;
        return options;
    }

    private static void Print(ServerReady ready, Terminal terminal)
    {
        var text = terminal.Text;
        if (ready.AdministratorPassword is { } password) terminal.Print(text.Format("serve.first", Server.Accounts.FirstAdministrator.Name, password));
        terminal.Print(text.Format("serve.ready", ready.Url, ready.Url + "reference"));
        terminal.Out.Flush();
    }

    private static Result<X509Certificate2?> Certificate(string? path, Terminal terminal)
    {
        if (path is null) return (X509Certificate2?)null;
        return Certificates.Open(path, PasswordVariable, terminal).Try(out var own, out _) && own is { HasPrivateKey: true }
            ? own
            : new Problem(ProblemKind.Incorrect, "serve.certificate", terminal.Text["serve.bad-certificate"], new(path));
    }
}
