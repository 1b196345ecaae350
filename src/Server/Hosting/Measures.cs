using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Yunnao.Server.Hosting;

/// <summary>
/// Metrics and traces by OpenTelemetry: for Prometheus at /metrics, and by OTLP where OTEL_EXPORTER_OTLP_ENDPOINT names a collector. Logs as
/// lines of JSON where no person reads them.
/// </summary>
internal static class Measures
{
    private const string Ours = "Yunnao.*";

    public static void AddMeasures(this IServiceCollection services)
    {
        var collector = Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 };
        var telemetry = services.AddOpenTelemetry().WithMetrics(metrics =>
        {
            metrics.AddAspNetCoreInstrumentation().AddRuntimeInstrumentation().AddMeter(Ours).AddPrometheusExporter();
            if (collector) metrics.AddOtlpExporter();
        });

        // An address may hold what somebody looked for: traces keep the endpoint's pattern only.
        if (collector)
        {
            telemetry.WithTracing(traces => traces.AddSource(Ours).AddOtlpExporter().AddAspNetCoreInstrumentation(o => o.EnrichWithHttpResponse = (activity, _) =>
            {
                activity.SetTag("url.path", null);
                activity.SetTag("url.query", null);
            }));
        }
    }

    public static void AddLogs(this WebApplicationBuilder builder, bool requests)
    {
        builder.Logging.ClearProviders();
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("OpenIddict", LogLevel.Warning).AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Error);

        // These two quote what a caller sent.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error).AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.None);
        if (!requests) builder.Logging.AddFilter(typeof(RequestLog).FullName, LogLevel.Warning);
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (Console.IsErrorRedirected) builder.Logging.AddJsonConsole(json => (json.UseUtcTimestamp, json.TimestampFormat) = (true, "yyyy-MM-ddTHH:mm:ss.fffZ"));
        else builder.Logging.AddSimpleConsole(simple => (simple.SingleLine, simple.TimestampFormat) = (true, "HH:mm:ss "));
    }
}
