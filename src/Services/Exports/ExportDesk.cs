using System.Security.Claims;
using System.Security.Cryptography;
using Yunnao.Kernel;
using Yunnao.Services.Exports.Targets;
using Yunnao.Services.Jobs;
using Yunnao.Services.Omop;
using Yunnao.Services.Web;
using Yunnao.Standards;
using Yunnao.Lake.Scopes;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Envelopes;
using Yunnao.Trust.Keys;
using Yunnao.Trust.Callers;

namespace Yunnao.Services.Exports;

/// <summary>From the request of a recipient by the decision of the security officer to the job, and to the files. Every step is in the audit.</summary>
public sealed class ExportDesk(ExportStore store, JobQueue jobs, CallerScopes scopes, Registry registry, AuditLog audit, ExportFolder folder, FileSeal seal, TargetBook targets, ExportPlaces places, TimeProvider time)
{
    private const int MostDataSets = 1000, MostLookedAt = 10_000;

    /// <summary>The recipient's rights are not those with which it asked.</summary>
    public static Problem RightsChanged { get; } = new(ProblemKind.Forbidden, "export.rights-changed", "The recipient's rights were changed since it asked; ask anew.");

    /// <summary>The reason of an export that its recipient does not want any more.</summary>
    public const string Withdrawn = "withdrawn";

    private static Problem NotDone { get; } = new(ProblemKind.Conflict, "export.not-done", "The export has no files: it is not done yet, was refused, failed, or has expired.");

    private static Problem Unknown { get; } = new(ProblemKind.NotFound, "export.unknown", "There is no export of this id, or it is another's.");

    /// <summary>Takes a request. Problems: <c>export.order</c>, <c>export.certificate</c>, <c>export.full-needed</c>, <c>query.data-set</c>, <c>scope.*</c>. The local administrator's own is approved at once.</summary>
    public async Task<Result<Export>> RequestAsync(ClaimsPrincipal who, ExportOrder order, int days, CancellationToken cancellation)
    {
        if (!(await SoundAsync(who, order, cancellation).ConfigureAwait(false)).Try(out var sound, out var problem)) return problem;
        order = sound;
        var (now, local) = (time.GetUtcNow(), CallerId.IsLocal(who));
        var export = new Export(NewId(now), CallerId.Of(who), local ? null : Caller.Of(who).Value, await EpochAsync(who, cancellation).ConfigureAwait(false), order, ExportState.Requested, now, null, null, null, null, null);
        await store.AddAsync(export, cancellation).ConfigureAwait(false);
        await NoteAsync(export, export.Who, "request").ConfigureAwait(false);
        return local ? await ApproveAsync(export.Id, who, days, order.Marked, cancellation).ConfigureAwait(false) : export;
    }

    /// <summary>An order that may be carried out once it is approved, with what is decided where it is not said; or its problem, as at a request.</summary>
    internal async Task<Result<ExportOrder>> SoundAsync(ClaimsPrincipal who, ExportOrder order, CancellationToken cancellation)
    {
        if (order is { Profile: OmopProfile.Name, Purpose.Length: > 0 } && order.DataSets is not { Count: > 0 })
        {
            // All that the caller reaches of what the profile is made of.
            if (!(await scopes.MakeAsync(who, order.Purpose, null, [], cancellation).ConfigureAwait(false)).Try(out var reach, out var unmade)) return unmade;
            order = order with { DataSets = [.. OmopProfile.Of(registry).DataSets.Where(d => reach.Of(d) is { RowsShown: true })] };
        }

        if (Refuse(order) is { } refused) return refused;
        if (order.Target is { } target && !targets.FindFor(target, CallerId.IsLocal(who) ? null : CallerId.Of(who)).Try(out _, out var unfit)) return unfit with { Where = unfit.Where ?? new(Path: "target") };
        if (!(await scopes.MakeAsync(who, order.Purpose, null, order.DataSets, cancellation).ConfigureAwait(false)).Try(out var scope, out var problem)) return problem;
        if (order.Since is { } since && since.IsAfter(await scopes.Lake.MarkAsync(cancellation).ConfigureAwait(false))) return ExportRun.FullNeeded;
        if (order.DataSets.FirstOrDefault(d => scope.Of(d) is not { RowsShown: true }) is { } hidden)
            return new Problem(ProblemKind.Forbidden, "scope.rows", $"The purpose {order.Purpose} shows no single rows of {hidden}.");

        // The recipient does not decide over the own mark; where the local administrator is the recipient, nobody else does.
        var asked = CallerId.IsLocal(who) ? order.Marked : null;
        return order with { Marked = order.MayBeMarked && (asked ?? order.DataSets.Any(d => scope.Of(d)!.Keys == ItemAction.Pseudonym)) };
    }

    /// <summary>Approves a request and queues its job. Problems: <c>export.unknown</c>, <c>export.decided</c>, <c>export.own</c>.</summary>
    /// <param name="days">How many days from now its files are kept.</param>
    /// <param name="mark">Whether they are marked; null: as the order says.</param>
    public async Task<Result<Export>> ApproveAsync(string id, ClaimsPrincipal officer, int days, bool? mark, CancellationToken cancellation)
    {
        var decided = await DecideAsync(id, officer, "approve", Approve, cancellation).ConfigureAwait(false);
        return decided.Try(out var approved, out var problem) ? await QueueAsync(approved).ConfigureAwait(false) : problem;

        Export Approve(Export export, string by) => export with
        {
            State = ExportState.Approved, DecidedBy = by, Expires = time.GetUtcNow().AddDays(days), Order = export.Order with { Marked = export.Order.MayBeMarked ? mark ?? export.Order.Marked : false },
        };
    }

    /// <summary>Takes an export whose approval was given before: the run of a standing order. Its id says which, so that it is not taken twice.</summary>
    internal async Task<Export> TakeApprovedAsync(Export export)
    {
        if (await store.FindAsync(export.Id, CancellationToken.None).ConfigureAwait(false) is { } known) return known.Job is null && known.State == ExportState.Approved ? await QueueAsync(known).ConfigureAwait(false) : known;
        await store.AddAsync(export, CancellationToken.None).ConfigureAwait(false);
        await NoteAsync(export, export.Who, "run").ConfigureAwait(false);
        return await QueueAsync(export).ConfigureAwait(false);
    }

    /// <summary>26 characters, in the order of time.</summary>
    internal static string NewId(DateTimeOffset now) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{now.ToUnixTimeMilliseconds():x12}{RandomNumberGenerator.GetHexString(14, lowercase: true)}");

    /// <summary>How often a caller's rights were changed so far.</summary>
    internal Task<long> EpochAsync(ClaimsPrincipal who, CancellationToken cancellation) => store.RightsEpochAsync(CallerId.Of(who), cancellation);

    /// <summary>Queues the jobs of approved exports that have none, because the server was killed between the approval and the queue.</summary>
    public async Task QueueForgottenAsync(CancellationToken cancellation)
    {
        foreach (var export in await store.NewestAsync(null, MostLookedAt, cancellation).ConfigureAwait(false))
            if (export is { State: ExportState.Approved, Job: null }) await QueueAsync(export).ConfigureAwait(false);
    }

    /// <summary>Pushes the files of an export that is done into its place again, because that went wrong. Problems: <c>export.unknown</c>, <c>export.not-done</c>, <c>export.order</c>.</summary>
    public async Task<Result<Export>> PushAsync(string id, ClaimsPrincipal caller, bool all, CancellationToken cancellation)
    {
        if (!(await FindAsync(id, caller, all, cancellation).ConfigureAwait(false)).Try(out var export, out var problem)) return problem;
        if (export.State != ExportState.Done) return NotDone;
        if (export.Order.Place is null) return Wrong("place", "The order names no place.");
        return await QueueAsync(export).ConfigureAwait(false);
    }

    /// <summary>Refuses a request. Problems: <c>export.unknown</c>, <c>export.decided</c>, <c>export.own</c>.</summary>
    public Task<Result<Export>> RefuseAsync(string id, ClaimsPrincipal officer, string? reason, CancellationToken cancellation) =>
        DecideAsync(id, officer, "refuse", (export, by) => export with { State = ExportState.Refused, DecidedBy = by, Reason = reason }, cancellation);

    /// <summary>
    /// Ends an export that its recipient does not want any more; its files, if there are any, are removed at the next tidying. What was done stays
    /// done: its files may have been fetched, and a leak of them still has a source.
    /// </summary>
    public async Task WithdrawAsync(Export export, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(export);
        if (export.State == ExportState.Expired) return;
        if (export is { Job: { } job, State: ExportState.Approved }) await jobs.CancelAsync(job, cancellation).ConfigureAwait(false);
        var state = export.State switch { ExportState.Requested => ExportState.Refused, ExportState.Approved => ExportState.Failed, var ended => ended };
        await store.MoveAsync(export with { State = state, Reason = Withdrawn, Expires = time.GetUtcNow() }, export.State, CancellationToken.None).ConfigureAwait(false);
        await NoteAsync(export, export.Who, "withdraw").ConfigureAwait(false);
    }

    /// <summary>An export of the caller's own, or any for whoever decides. Problem: <c>export.unknown</c>.</summary>
    public async Task<Result<Export>> FindAsync(string id, ClaimsPrincipal caller, bool all, CancellationToken cancellation) =>
        await store.FindAsync(id, cancellation).ConfigureAwait(false) is { } found && (all || found.Who == CallerId.Of(caller)) ? found : Unknown;

    /// <summary>The newest exports of the caller, or of all.</summary>
    public Task<List<Export>> NewestAsync(ClaimsPrincipal caller, bool all, int most, CancellationToken cancellation) =>
        store.NewestAsync(all ? null : CallerId.Of(caller), most, cancellation);

    /// <summary>A file of an export in clear, seekable, for its recipient alone. Problems: <c>export.unknown</c>, <c>export.file</c>, <c>keys.*</c>, <c>export.not-done</c>, <c>export.rights-changed</c>, <c>export.no-file</c>.</summary>
    public async Task<Result<Stream>> FileAsync(string id, string name, ClaimsPrincipal caller, CancellationToken cancellation)
    {
        if (!(await FindAsync(id, caller, all: false, cancellation).ConfigureAwait(false)).Try(out var export, out var problem)) return problem;
        if (export.State != ExportState.Done || export.Expires <= time.GetUtcNow())
            return NotDone;
        if (export.Caller is { } asked && await store.RightsEpochAsync(asked.Id, cancellation).ConfigureAwait(false) != export.RightsEpoch) return RightsChanged;

        // Only names of the manifest lead to files.
        var beside = name is ExportManifest.FileName or ManifestSignature.FileName;
        if (!beside && export.Manifest!.Files.All(f => f.Name != name)) return new Problem(ProblemKind.NotFound, "export.no-file", "The export has no file of this name; its manifest lists them.");
        await NoteAsync(export, export.Who, "fetch").ConfigureAwait(false);
        try
        {
            var bytes = File.OpenRead(Path.Combine(folder.Of(id), name));
            return beside || export.Order.Certificate is not null ? bytes : seal.Open(bytes, ExportFolder.PlaceOf(folder.Of(id), name));
        }
        catch (IOException)
        {
            return new Problem(ProblemKind.Unavailable, "export.file", "A file of the export cannot be written or read.", new(name));
        }
    }

    private async Task<Result<Export>> DecideAsync(string id, ClaimsPrincipal officer, string step, Func<Export, string, Export> decide, CancellationToken cancellation)
    {
        if (await store.FindAsync(id, cancellation).ConfigureAwait(false) is not { } export) return Unknown;
        var by = CallerId.Of(officer);
        if (export.State != ExportState.Requested) return Decided(export);
        if (export.Who == by && export.Caller is not null) return new Problem(ProblemKind.Forbidden, "export.own", "Nobody decides over the own request.");
        var decided = decide(export, by);
        if (!await store.MoveAsync(decided, ExportState.Requested, cancellation).ConfigureAwait(false)) return Decided(export);
        await NoteAsync(decided, by, step).ConfigureAwait(false);
        return decided;
    }

    /// <summary>The job finds the export approved: so it is queued after that is written, and its id is added then.</summary>
    private async Task<Export> QueueAsync(Export approved)
    {
        var job = await jobs.AddAsync(ExportJob.Kind, new ExportJob.Arguments(approved.Id), approved.Who, CancellationToken.None).ConfigureAwait(false);
        var queued = approved with { Job = job.Id };
        await store.MoveAsync(queued, approved.State, CancellationToken.None).ConfigureAwait(false);
        return queued;
    }

    private Task NoteAsync(Export export, string who, string step) => audit.AppendAsync(
        new(AuditKind.Export, who) { Purpose = export.Order.Purpose, What = export.Id, Details = new Dictionary<string, string> { ["step"] = step, ["data_sets"] = string.Join(' ', export.Order.DataSets), ["recipient"] = export.Who, ["target"] = export.Order.Target ?? "files" } },
        CancellationToken.None);

    private Problem? Refuse(ExportOrder order)
    {
        if (order.DataSets is not { Count: > 0 and <= MostDataSets }) return Wrong("data_sets", "Name the data sets.");
        if (order.DataSets.FirstOrDefault(d => !registry.DataSets.ContainsKey(d)) is not null) return new(ProblemKind.NotFound, "query.data-set", "A data set that is named is not in the registry.", new(Path: "data_sets"));
        if (order.DataSets.Distinct(StringComparer.Ordinal).Count() < order.DataSets.Count) return Wrong("data_sets", "Name each data set once.");
        if (order.Purpose is not { Length: > 0 }) return new(ProblemKind.Incorrect, "query.purpose", "Say what for: purpose is an id of standards/policies/purposes.csv.", new(Path: "purpose"));
        if (order.From >= order.To) return new(ProblemKind.Incorrect, "data.range", "from is included and to is not, so from is before to.", new(Path: "from"));
        if (order.Profile is not null)
        {
            if (order.Profile != OmopProfile.Name) return Wrong("profile", $"There is one profile: {OmopProfile.Name}.");
            if (order.Since is not null || order.Target is not null || order.Fhir is not null || order.From is not null || order.To is not null || order.Organisations.Count > 0 || order.Form is ExportForm.Duckdb or ExportForm.Xlsx)
                return Wrong("profile", "A profile is made of all that you reach, as Parquet, CSV or JSON lines: without from, to, organisations, since and target.");
        }

        if (order.Target is not null && order.Since is not null) return Wrong("since", "A database knows itself where its changes begin; full replaces all that is there.");
        if (order.Certificate is { } pem && !RecipientCertificate.Read(pem, time.GetUtcNow()).Try(out _, out var wrong)) return wrong;
        if (order.Place is { } place && places.Find(place) is null) return Wrong("place", "No place of this name is configured (ExportPlaces of the server).");
        return order.SplitMb is < 0 or > 1_000_000 ? Wrong("split_mb", "Megabytes of a file, 0 to 1,000,000.") : null;
    }

    private static Problem Wrong(string path, Sentence message) => new(ProblemKind.Incorrect, "export.order", message, new(Path: path));

    private static Problem Decided(Export export) => new(ProblemKind.Conflict, "export.decided", $"The request is decided already: {export.State.ToString().ToLowerInvariant()}.");
}
