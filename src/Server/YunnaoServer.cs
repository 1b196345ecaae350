using System.Globalization;
using System.Net;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Scalar.AspNetCore;
using Yunnao.Kernel;
using Yunnao.Lake;
using Yunnao.Server.Accounts;
using Yunnao.Server.Connect;
using Yunnao.Server.Hosting;
using Yunnao.Server.Keys;
using Yunnao.Server.Local;
using Yunnao.Server.Pages;
using Yunnao.Services.Backups;
using Yunnao.Services.DataServices;
using Yunnao.Services.DataServices.Subscriptions;
using Yunnao.Services.Exports;
using Yunnao.Services.Exports.Targets;
using Yunnao.Services.Fhir;
using Yunnao.Services.Fhir.Writing;
using Yunnao.Services.Identity;
using Yunnao.Services.Imaging;
using Yunnao.Services.Imaging.Web;
using Yunnao.Services.Consents;
using Yunnao.Services.Ingest;
using Yunnao.Services.Jobs;
using Yunnao.Services.Queries;
using Yunnao.Services.RegistryPages;
using Yunnao.Services.Release;
using Yunnao.Services.Rights;
using Yunnao.Services.Surveillance.Alarms;
using Yunnao.Services.Upkeep;
using Yunnao.Services.Web;
using Yunnao.Standards;
using Yunnao.Trust;
using Yunnao.Trust.Control;
using Yunnao.Trust.Keys;

namespace Yunnao.Server;

/// <summary>The platform of one data folder as a service: the wiring, in the order in which a request meets the parts.</summary>
public static class YunnaoServer
{
    private static readonly TimeSpan s_longestStop = TimeSpan.FromSeconds(30);

    /// <summary>Runs until it is told to stop; running jobs end at their next safe point and are taken up at the next start.</summary>
    /// <param name="ready">Told the addresses, and the first administrator's password when one was made, once requests are answered.</param>
    /// <returns>Null, or the problem that kept it from starting.</returns>
    public static async Task<Problem?> RunAsync(ServerOptions options, Action<ServerReady> ready, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(ready);
        if (Refuse(options) is { } refused) return refused;

        // The lake is opened while the host is made ready: both take their time.
        var opening = Task.Run(() => Platform.Open(options.Standards, options.Folder, options.MemoryMb), CancellationToken.None);
        var script = options.PostgreSql is null && !File.Exists(Path.Combine(options.Folder, "control.db")) ? Task.Run(AccountsSchema.SqliteScript, CancellationToken.None) : null;
        var builder = Host(options);
        if (!(await opening.ConfigureAwait(false)).Try(out var platform, out var problem)) return problem;
        using (platform)
        {
            var opened = await TrustRoom.OpenAsync(new() { Folder = options.Folder, PostgreSql = options.PostgreSql }, platform.Registry, platform.Lake, cancellation: cancellation).ConfigureAwait(false);
            if (!opened.Try(out var trust, out problem)) return problem;
            await using (trust.ConfigureAwait(false))
            {
                if (!(await AddImagesAsync(builder.Services, options, trust, cancellation).ConfigureAwait(false)).Try(out _, out problem)) return problem;
                if (!Vault.Open(options.Folder, trust.Keys).Try(out var vault, out problem)) return problem;
                using var desk = new IdentityDesk(vault, platform.Lake, trust.Audit, TimeProvider.System);
                platform.Ingest.Merged = () => desk.TellAsync("ingest");
                await desk.TellAsync("ingest").ConfigureAwait(false);
                builder.Services.AddSingleton(desk).AddSingleton<PersonSearch>().AddSingleton<PatientByIdentity>();
                Add(builder.Services, options, platform, trust);
                var app = builder.Build();
                await using (app.ConfigureAwait(false))
                {
                    Use(app, options);
                    return await RunAsync(app, options, script, ready, cancellation).ConfigureAwait(false);
                }
            }
        }
    }

    /// <summary>The endpoints, for whoever wants to look at them all.</summary>
    internal static void Map(IEndpointRouteBuilder app, ServerOptions options)
    {
        app.MapHealthChecks("/healthz", new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous();
        app.MapHealthChecks("/readyz").AllowAnonymous();
        app.MapPrometheusScrapingEndpoint("/metrics").Needs(Duty.ReadMetrics);
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous().KeptByLanguage();

        // Nothing of it leaves this machine: no fonts, helpers, tools or telemetry of others.
        // Its switch between dark and light has no name for who does not see it; the page follows the system without.
        app.MapScalarApiReference("/reference", (reference, http) => reference.WithTitle(Page.TextOf(http)["pages.product"]).WithOpenApiRoutePattern($"/openapi/{{documentName}}.json?lang={Page.TextOf(http).Language}").WithNonce(SecurityHeaders.Nonce(http))
                .AddHeadContent($"<script nonce=\"{SecurityHeaders.Nonce(http)}\">document.documentElement.lang = '{Page.TextOf(http).Language}'</script>")
                .DisableDefaultFonts().DisableAgent().DisableMcp().DisableTelemetry().HideDeveloperTools().HideClientButton().HideDarkModeToggle()
                .WithLocalization(new ScalarLocalizationOptions { Locale = Page.TextOf(http).Language }))
            .AllowAnonymous().OnlyDocument(ApiDescription.Document);
        app.MapGet("/", () => Results.Redirect("/account")).AllowAnonymous().ExcludeFromDescription();
        app.MapConnect();
        app.MapAccountPages(options);

        var api = app.MapGroup("/api/v1");
        api.MapBatches(options.LargestUpload);
        api.MapQuarantine();
        api.MapIdentity();
        api.MapQueries();
        api.MapData(Path.Combine(options.Folder, "tmp"));
        api.MapUsage();
        api.MapSubscriptions(Path.Combine(options.Folder, "tmp"));
        api.MapStandingOrders();
        api.MapExports();
        api.MapTrace(options.LargestUpload, Path.Combine(options.Folder, "tmp"));
        api.MapStandards(options.Standards);
        api.MapLake();
        api.MapBackups(options.BackupPlaces);
        api.MapAlarms();
        api.MapConsents();
        api.MapJobs();
        api.MapAccounts();
        api.MapRights();
        Launches.Map(api);
        app.MapFhir(Path.Combine(options.Folder, "tmp"));
        app.MapFhirWriting(options.FhirImportAddresses, options.LargestUpload);
        app.MapImages(app.ServiceProvider.GetRequiredService<GuardedDoor>(), options.Pictures);
        if (options.Viewer is { } viewer) app.MapViewer(Viewer(viewer, options.Url, app.ServiceProvider.GetRequiredService<Registry>()));
    }

    /// <summary>
    /// The viewer asks for images for treatment unless its address names another purpose. Its pages are not at /viewer, because it has a page of
    /// that name itself and would take that for the one to which people come after they have signed out.
    /// </summary>
    private static ViewerOptions Viewer(string folder, Uri url, Registry registry)
    {
        var sources = registry.Policies.Purposes.Keys.OrderByDescending(p => p == "care").Select(p => new ViewerSource(p, $"/dicom-web/{p}", $"/wado/{p}"));
        return new(folder, "/images", [.. sources], new(url, "viewer", $"openid profile offline_access {ConnectOptions.ApiScope}"));
    }

    private static WebApplicationBuilder Host(ServerOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "yunnao", ContentRootPath = AppContext.BaseDirectory });
        builder.Host.UseSystemd();
        builder.Services.Configure<HostOptions>(h => h.ShutdownTimeout = s_longestStop);
        builder.AddLogs(options.LogRequests);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => KestrelSetup.Set(kestrel, options));
        return builder;
    }

    private static void Add(IServiceCollection services, ServerOptions options, Platform platform, TrustRoom trust)
    {
        services.AddSingleton(options);
        services.AddSingleton(platform.Registry).AddSingleton(platform.Shapes).AddSingleton(platform.Lake).AddSingleton<ILakeEngine>(platform.Lake).AddSingleton(platform.Objects).AddSingleton(platform.Ingest);
        services.AddSingleton(trust.Lake!).AddSingleton(trust.Consents).AddSingleton(trust.BreakGlass).AddSingleton(trust.Reader);

        services.AddAccounts(trust, options);
        services.AddHostedService(s => s.GetRequiredService<AccessGate>());
        services.AddConnect(options.Url);
        services.AddHostedService<KeyCare>();

        services.AddHttpContextAccessor().AddSingleton<IAuthenticationSchemeProvider, SignInDoors>();
        services.AddAuthentication(BearerHandler.Name).AddScheme<AuthenticationSchemeOptions, BearerHandler>(BearerHandler.Name, null).AddSessions(options);
        services.AddAuthorization(o =>
        {
            DutyPolicies.Add(o);
            AccountPages.AddPolicy(o);
        });
        services.AddAntiforgery(o => (o.Cookie.Name, o.Cookie.SecurePolicy) = ("yunnao-form", CookieSecurePolicy.SameAsRequest));
        services.AddCors(BrowserDoors.Add);
        services.AddRateLimiter(o => RateLimits.Add(o, options));
        services.Configure<ForwardedHeadersOptions>(o => o.ForwardedHeaders = ForwardedHeaders.XForwardedFor);

        services.AddSingleton<CallerScopes>().AddSingleton<StreamLife>().AddSingleton<JobStore>().AddSingleton<JobQueue>();
        services.AddSingleton<IJobKind, IngestJob>().AddSingleton<IJobKind, ReleaseJob>().AddSingleton<IJobKind, OptimizeJob>().AddSingleton<IJobKind, VerifyJob>();
        services.AddSingleton(new BackupSource(options.Folder, options.Standards, platform.Registry, platform.Lake, platform.Objects, trust.Keys, trust.Control)).AddSingleton<IJobKind, BackupJob>();
        services.AddHostedService(s => s.GetRequiredService<JobQueue>());
        if (options.OptimizeAt.Length > 0) services.AddHostedService(s => ActivatorUtilities.CreateInstance<OptimizeCare>(s, TimeOnly.Parse(options.OptimizeAt, CultureInfo.InvariantCulture)));
        services.AddSingleton(options.Data).AddSingleton<CursorSeal>().AddSingleton<DataService>().AddSingleton<UsageStore>().AddSingleton<CallQuota>();
        services.AddHostedService(s => s.GetRequiredService<CallQuota>());
        services.AddSingleton<SubscriptionStore>().AddSingleton<SubscriptionDesk>().AddHostedService(s => ActivatorUtilities.CreateInstance<SubscriptionCare>(s, options.Url));
        services.AddSingleton<ResourceBook>().AddSingleton<ResourcePlaces>().AddSingleton<GivenResources>().AddSingleton<ArrivalTimes>().AddSingleton<FhirService>().AddFhirWriting().AddSingleton<FhirExport>();
        var seal = new FileSeal(trust.Keys);
        services.AddSingleton(seal).AddSingleton(new ExportPlaces(options.ExportPlaces, seal)).AddSingleton(new ManifestSignature(trust.Keys)).AddSingleton(new ExportMarks(trust.Keys)).AddSingleton<ExportTrace>();
        services.AddSingleton<StandingStore>().AddSingleton<StandingDesk>().AddSingleton<StandingCare>().AddHostedService(s => s.GetRequiredService<StandingCare>());
        services.AddSingleton(new ExportFolder(options.Folder)).AddSingleton<ExportStore>().AddSingleton<ExportRun>().AddSingleton<TargetRun>().AddSingleton<ExportDesk>().AddSingleton<IJobKind, ExportJob>().AddSingleton<ExportCare>();
        services.AddSingleton(s => new TargetBook(options.Folder, s.GetRequiredService<FileSeal>()));
        services.AddHostedService(s => s.GetRequiredService<ExportCare>());

        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);

        // A name that is not known is most often a known one misspelt, which would be left out without a word.
        services.ConfigureHttpJsonOptions(o => ApiJson.Set(o.SerializerOptions).UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow);
        services.AddApiDescription();
        services.AddHealthChecks().AddCheck<ReadyCheck>("ready");
        services.AddMeasures();
    }

    /// <summary>The archive of images, for reading unless it is to take images too; the container closes it.</summary>
    private static async Task<Result<ImageArchive>> AddImagesAsync(IServiceCollection services, ServerOptions options, TrustRoom trust, CancellationToken cancellation)
    {
        var opened = await ImageArchive.OpenAsync(new() { Folder = options.Folder, PostgreSql = options.ImagesPostgreSql, Keys = trust.Keys, ReadOnly = !options.TakeImages }, TimeProvider.System, cancellation).ConfigureAwait(false);
        if (!opened.Try(out var archive, out var problem) || !Vault.Open(options.Folder, trust.Keys).Try(out var vault, out problem)) return problem;
        services.AddSingleton(_ => archive).AddSingleton(_ => new SubjectLookUp(vault)).AddSingleton<GuardedDoor>();
        return archive;
    }

    private static void Use(WebApplication app, ServerOptions options)
    {
        if (options.BehindProxy) app.UseForwardedHeaders();

        // What the platform is called is configured; what a caller calls it in the header Host ends in no address that others are given.
        var (host, scheme) = (new HostString(options.Url.Authority), options.Url.Scheme);
        app.Use((http, next) =>
        {
            (http.Request.Host, http.Request.Scheme) = (host, scheme);
            return next(http);
        });
        app.UseSecurityHeaders(options.Https);
        app.UseMiddleware<RequestLog>();
        app.UseRouting();
        app.UseBrowserDoors();
        app.UseRateLimiter();
        app.UseAuthentication();
        app.UseSmartGate();
        app.UseAuthorization();
        app.UseAdministratorDoor();
        Map(app, options);
    }

    private static async Task<Problem?> RunAsync(WebApplication app, ServerOptions options, Task<string>? script, Action<ServerReady> ready, CancellationToken cancellation)
    {
        var services = app.Services;

        // Making an RSA key takes its time too, at a first start.
        var tokenKeys = Task.Run(() => services.GetRequiredService<TokenKeys>().Rotate(), CancellationToken.None);
        var prepared = await PrepareAsync(services, script, cancellation).ConfigureAwait(false);
        await tokenKeys.ConfigureAwait(false);
        if (!prepared.Try(out var password, out var problem)) return problem;
        await services.GetRequiredService<AccessGate>().ReadAsync(cancellation).ConfigureAwait(false);
        await services.GetRequiredService<JobStore>().OpenAsync(cancellation).ConfigureAwait(false);
        await services.GetRequiredService<UsageStore>().OpenAsync(cancellation).ConfigureAwait(false);
        await services.GetRequiredService<ExportStore>().OpenAsync(cancellation).ConfigureAwait(false);
        await services.GetRequiredService<SubscriptionStore>().OpenAsync(cancellation).ConfigureAwait(false);
        await services.GetRequiredService<StandingStore>().OpenAsync(cancellation).ConfigureAwait(false);
        try
        {
            await app.StartAsync(cancellation).ConfigureAwait(false);
        }
        catch (IOException)
        {
            return new Problem(ProblemKind.Busy, "serve.port", $"Port {options.Port} of {options.Address} is taken. Name another with --port.");
        }

        LocalSocket.Close(options.Folder);
        ready(new(options.Url, LocalSocket.PathOf(options.Folder), password) { Parts = services });
        await app.WaitForShutdownAsync(cancellation).ConfigureAwait(false);
        File.Delete(LocalSocket.PathOf(options.Folder));
        return null;
    }

    /// <summary>Tables of accounts, and the first administrator where there is none: gives the password then.</summary>
    private static async Task<Result<string?>> PrepareAsync(IServiceProvider services, Task<string>? script, CancellationToken cancellation)
    {
        var scope = services.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            var scoped = scope.ServiceProvider;
            var control = scoped.GetRequiredService<ControlDb>();
            Task<string> Script() => script ?? Task.FromResult(scoped.GetRequiredService<AccountsDb>().Database.GenerateCreateScript());
            if (await AccountsSchema.EnsureAsync(control, Script, cancellation).ConfigureAwait(false) is { } problem) return problem;
            return await FirstAdministrator.EnsureAsync(control, scoped.GetRequiredService<AccountDesk>, cancellation).ConfigureAwait(false);
        }
    }

    private static Problem? Refuse(ServerOptions options)
    {
        if (!IPAddress.TryParse(options.Address, out var address)) return new(ProblemKind.Incorrect, "serve.address", "The address to listen on is an IP address, for example 127.0.0.1 or ::.");
        if (options.Viewer is { } viewer && !ViewerOptions.IsViewer(viewer)) return new(ProblemKind.NotFound, "imaging.no-viewer", "The folder of the viewer holds no index.html.", new(viewer));
        var mistakes = new List<System.ComponentModel.DataAnnotations.ValidationResult>();
        if (!System.ComponentModel.DataAnnotations.Validator.TryValidateObject(options, new(options), mistakes, validateAllProperties: true))
            return new(ProblemKind.Incorrect, "serve.options", $"{mistakes[0].ErrorMessage}");
        if (options.AdministratorAddresses.FirstOrDefault(a => NetworkText.Parse(a) is null) is not null)
            return new(ProblemKind.Incorrect, "serve.options", "AdministratorAddresses are addresses and networks, for example 10.20.0.0/16.");
        return IPAddress.IsLoopback(address) || options.Https
            ? null
            : new(ProblemKind.Incorrect, "serve.no-tls", "Others reach this address, so it needs TLS: name a certificate (--certificate), or say that a proxy on this machine speaks TLS (--behind-proxy).");
    }
}
