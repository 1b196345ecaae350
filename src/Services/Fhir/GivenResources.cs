using System.Collections.Concurrent;
using Yunnao.Lake;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;

namespace Yunnao.Services.Fhir;

/// <summary>
/// Resources as they were given lately, or fetched beside one that was, so that reading them needs no statement. The right is decided for each request before this is asked: what is
/// found was given under a Scope that shows the data set in exactly the same way, and from a row that has not changed since. What depends on decisions
/// of persons that the engine joins with is not kept.
/// </summary>
public sealed class GivenResources
{
    private const long LeastMemory = 48 << 20;
    private const int PartOfMemory = 32, MostViews = 4096, Overhead = 400;

    private static readonly long s_mostBytes = Math.Max(LeastMemory, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / PartOfMemory);

    private readonly Lock _gate = new();
    private ConcurrentDictionary<View, int> _views = new();
    private ConcurrentDictionary<(int View, string Id), Given> _young = new(), _old = new();
    private long _bytes;
    private int _lastView;

    /// <summary>A resource that was given.</summary>
    /// <param name="Query">What was asked of the lake, for the audit.</param>
    /// <param name="Stand">How far the lake had come before it was asked.</param>
    internal sealed record Given(FhirPage Page, Query Query, LakeStand Stand);

    /// <summary>How a Scope shows a data set as resources. Two that are equal show the same row as the same resource.</summary>
    private sealed record View(
        ResourceSource Source, IReadOnlyDictionary<string, ItemAction> Items, IReadOnlyDictionary<string, Generalisation> Generalisations, ItemAction Keys, bool RowsShown, int SmallestGroup, string Rows, string Key);

    /// <summary>The resource of an id as the Scope shows it, if it was given and is still so.</summary>
    internal Given? Find(ResourceSource source, Scope scope, string id, LakeStand stand)
    {
        if (ViewOf(source, scope) is not { } view || !_views.TryGetValue(view, out var number)) return null;
        if (!_young.TryGetValue((number, id), out var given))
        {
            if (!_old.TryGetValue((number, id), out given)) return null;
            if (IsStill(given, source, stand)) Keep((number, id), given);
        }

        return IsStill(given, source, stand) ? given : null;
    }

    /// <summary>True when what a Scope shows of a source is kept.</summary>
    internal static bool Keeps(ResourceSource source, Scope scope) => ViewOf(source, scope) is not null;

    /// <summary>Keeps a resource that was given, or may be asked for next.</summary>
    /// <param name="stand">As it was before the lake was asked.</param>
    internal void Note(ResourceSource source, Scope scope, string id, LakeStand stand, FhirPage page, Query query)
    {
        if (stand.Commits is null || stand.Changes is null || ViewOf(source, scope) is not { } view) return;
        if (_views.Count >= MostViews) Forget();
        Keep((_views.GetOrAdd(view, _ => Interlocked.Increment(ref _lastView)), id), new(page, query, stand));
    }

    // Of several rows about one person the newest is the resource, and a row that comes may be that; any other resource is one row.
    private static bool IsStill(Given given, ResourceSource source, LakeStand stand) =>
        source.OnePerSubject ? given.Stand.Commits == stand.Commits : given.Stand.Changes == stand.Changes;

    private void Keep((int View, string Id) key, Given given)
    {
        _young[key] = given;
        if (Interlocked.Add(ref _bytes, given.Page.Body.Length + Overhead) < s_mostBytes / 2) return;
        lock (_gate)
        {
            // What is asked for again moves over from the old ones; the rest goes with them.
            if (Interlocked.Read(ref _bytes) < s_mostBytes / 2) return;
            (_old, _young) = (_young, new());
            Interlocked.Exchange(ref _bytes, 0);
        }
    }

    private void Forget()
    {
        lock (_gate) (_views, _old, _young) = (new(), new(), new());
        Interlocked.Exchange(ref _bytes, 0);
    }

    private static View? ViewOf(ResourceSource source, Scope scope) => scope.Operations || scope.Of(source.DataSet) is not { Rows.Consent: null } right
        ? null
        : new(
            source, right.Items, right.Generalisations, right.Keys, right.RowsShown, scope.SmallestGroup,
            $"{(right.Rows.Organisations is { } organisations ? string.Join('\n', organisations) : "*")}\t{(right.Rows.Subjects is { } subjects ? string.Join(' ', subjects) : "*")}",
            scope.PseudonymKey.IsEmpty ? "" : Convert.ToHexString(scope.PseudonymKey.Span));
}
