using Yunnao.Kernel;
using Yunnao.Lake.Scopes;
using Yunnao.Services.Views.Types;

namespace Yunnao.Services.Fhir.Writing;

/// <summary>
/// Finds what the references of a request lead to: an entry of the same Bundle, or a record of the institution. A reference that leads nowhere is an issue
/// of its entry; those to types of which nothing is given, to contained resources and by identifier are left as they are.
/// </summary>
internal sealed class ReferenceResolver(ResourceBook book, RecordLookUp records, string address)
{
    private readonly record struct Target(SentEntry Entry, int Number, string Type, string Id);

    /// <param name="entries">What is written; each has its number.</param>
    /// <param name="within">True where entries may refer to each other: in a transaction.</param>
    public async Task<Problem?> ResolveAsync(Scope scope, string organisation, IReadOnlyList<SentEntry> entries, bool within, CancellationToken cancellation)
    {
        var inside = new Dictionary<string, SentEntry>(StringComparer.Ordinal);
        foreach (var entry in entries)
            if (within && entry.FullUrl is { } url) inside[url] = entry;
        var outside = new List<Target>();
        foreach (var entry in entries)
        {
            entry.Numbers = new string?[entry.References.Count];
            for (var i = 0; i < entry.References.Count; i++)
                if (Outside(entry, i, inside) is { } target) outside.Add(target);
        }

        foreach (var type in outside.GroupBy(t => t.Type))
        {
            if (!(await records.FindAsync(scope, organisation, type.Key, type.Select(t => t.Id).ToHashSet(StringComparer.Ordinal), cancellation).ConfigureAwait(false)).Try(out var found, out var problem)) return problem;
            foreach (var target in type)
            {
                if (found.TryGetValue(target.Id, out var record)) Name(target.Entry, target.Number, target.Type, record.Number);
                else Nowhere(target.Entry, target.Number, "The reference leads to no record of the institution.");
            }
        }

        return null;
    }

    /// <summary>Names an entry of the Bundle at once; gives what has to be looked up.</summary>
    private Target? Outside(SentEntry entry, int number, Dictionary<string, SentEntry> inside)
    {
        var text = entry.References[number].Text;
        if (text[0] == '#') return null;
        if (inside.TryGetValue(text, out var target) || (BaseOf(entry) is { } at && inside.TryGetValue($"{at}/{text}", out target)))
        {
            Name(entry, number, target.Type, target.Number!);
            return null;
        }

        if (text.StartsWith(address, StringComparison.Ordinal)) text = text[address.Length..].TrimStart('/');
        if (text.Contains(':', StringComparison.Ordinal) && !text.Contains('?', StringComparison.Ordinal))
        {
            Nowhere(entry, number, "The reference leads to no entry of the Bundle and to no resource of this server.");
            return null;
        }

        if (text.IndexOf("/_history/", StringComparison.Ordinal) is > 0 and var history) text = text[..history];
        var cut = text.AsSpan().IndexOfAny('/', '?');
        var (type, id) = cut < 0 ? ("", "") : (text[..cut], text[cut] == '/' ? text[(cut + 1)..] : WriteConditions.Number(text) ?? "");
        if (id.Length == 0 || !FhirTypes.IsResource(type)) Nowhere(entry, number, "The reference is none of Type/id, Type?identifier=… and the full URL of an entry.");
        else if (book.Find(type) is not null) return new(entry, number, type, id);
        return null;
    }

    /// <summary>Of an entry whose full URL ends in type and id what is before (R4 Bundle, resolving references): a relative reference is relative to that.</summary>
    private static string? BaseOf(SentEntry entry)
    {
        if (entry.FullUrl is not { } url || !url.StartsWith("http", StringComparison.Ordinal)) return null;
        var id = url.LastIndexOf('/');
        var type = id > 0 ? url.LastIndexOf('/', id - 1) : -1;
        return type > 0 ? url[..type] : null;
    }

    private static void Name(SentEntry entry, int reference, string type, string number)
    {
        if (number.AsSpan().ContainsAny(LandedBundle.Cutting)) Nowhere(entry, reference, "The number of the record has a character that a reference cannot carry.");
        else entry.Numbers[reference] = $"{type}/{number}";
    }

    private static void Nowhere(SentEntry entry, int reference, Sentence why) =>
        entry.Issues.Add(new(new(ProblemKind.Incorrect, "fhir.reference", why), entry.References[reference].Path));
}
