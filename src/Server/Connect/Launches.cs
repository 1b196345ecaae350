using System.Globalization;
using System.Security.Claims;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Yunnao.Kernel;
using Yunnao.Services.DataServices;
using Yunnao.Services.Web;
using Yunnao.Trust.Callers;

namespace Yunnao.Server.Connect;

/// <summary>
/// Launches out of a record system (SMART App Launch 2.2, 2.0.3): the system, or a person, asks for a launch and opens the application with it; when the
/// application comes to <c>/connect/authorize</c>, what is looked at is known. A launch is sealed and kept nowhere. It gives no right: whoever signs in sees what
/// that account may see, and the launch of a person is good for that person alone, that of a system for the people of its institutions.
/// </summary>
internal sealed partial class Launches(CursorSeal seal, TimeProvider time, ServerOptions options)
{
    private static readonly TimeSpan s_life = TimeSpan.FromMinutes(5);

    private static byte[] Binding { get; } = CursorSeal.Binding("smart launch");

    /// <summary>What is looked at: ids of a Patient and of an Encounter, with or without the type in front.</summary>
    public sealed record Wish(string? Patient = null, string? Encounter = null);

    /// <summary>What an application is opened with: its address and <c>?iss=…&amp;launch=…</c>.</summary>
    /// <param name="Ends">When the launch is good no more.</param>
    public sealed record Made(string Launch, string Iss, DateTimeOffset Ends);

    public static void Map(IEndpointRouteBuilder api) => api.MapPost("/launches", (Wish wish, ClaimsPrincipal caller, Launches launches) => launches.Make(wish, caller))
        .Needs(Duty.Query).WithTags("fhir").WithSummary("A launch of SMART: what an application is opened with out of a record system")
        .WithDescription("{\"patient\": id, \"encounter\": id}; open the application's launch address with ?iss= and &launch= of the answer, within five minutes.");

    /// <summary>What a launch says, for an account that signed in. Problem: <c>smart.launch</c>.</summary>
    /// <param name="organisations">To which the account belongs.</param>
    public Result<LaunchContext> Open(string? launch, string account, IEnumerable<string> organisations)
    {
        if (!seal.Open(Binding, launch ?? "", "launch").Try(out var said, out _) || said is not [var kind, var by, var whose, var patient, var encounter, var ends]
            || long.Parse(ends!, CultureInfo.InvariantCulture) < time.GetUtcNow().ToUnixTimeSeconds()) return Refused("The launch is none of this platform's, or has ended; open the application again.");
        if (kind == $"{CallerKind.Account}" ? by != account : !whose!.Split(' ').Intersect(organisations, StringComparer.Ordinal).Any())
            return Refused("The launch is another person's, or of an institution to which the account does not belong.");
        return new LaunchContext(patient is null ? null : ulong.Parse(patient, CultureInfo.InvariantCulture), encounter);
    }

    private Results<Ok<Made>, ProblemAnswer> Make(Wish wish, ClaimsPrincipal principal)
    {
        if (!Caller.Of(principal).Try(out var caller, out var problem)) return new ProblemAnswer(problem);
        var (patient, encounter) = (Id(wish.Patient, "Patient/"), Id(wish.Encounter, "Encounter/"));
        if (patient is not null && !ulong.TryParse(patient, NumberStyles.None, CultureInfo.InvariantCulture, out _)) return new ProblemAnswer(Refused("A patient is named by the id of a Patient in clear: decimal digits.", "patient"));
        if (encounter is not null && !FhirId().IsMatch(encounter)) return new ProblemAnswer(Refused("An encounter is named by the id of an Encounter.", "encounter"));
        var ends = time.GetUtcNow() + s_life;
        var launch = seal.Seal(Binding, [$"{caller.Kind}", caller.Id, string.Join(' ', caller.Organisations), patient, encounter, ends.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)]);
        return TypedResults.Ok(new Made(launch, SmartLaunch.FhirOf(options), ends));
    }

    private static string? Id(string? named, string type) => named?.StartsWith(type, StringComparison.Ordinal) == true ? named[type.Length..] : named;

    private static Problem Refused(Sentence message, string name = "launch") => new(ProblemKind.Incorrect, "smart.launch", message, new(Path: name));

    [GeneratedRegex(@"^[A-Za-z0-9.-]{1,64}\z")]
    private static partial Regex FhirId();
}
