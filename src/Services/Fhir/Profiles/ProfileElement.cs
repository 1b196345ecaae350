using System.Text.Json;

namespace Yunnao.Services.Fhir.Profiles;

/// <summary>An element of a profile's snapshot, compiled: what its values must be, and its parts and slices.</summary>
/// <param name="Name">Its name without <c>[x]</c>.</param>
/// <param name="Slice">Name of the slice; null of the element itself.</param>
internal sealed record ProfileElement(string Name, string? Slice, bool Choice)
{
    public int Least { get; init; }

    /// <summary>Null: as many as you like.</summary>
    public int? Most { get; init; }

    /// <summary>What types it may be of; empty where the profile does not say.</summary>
    public IReadOnlyList<ProfileType> Types { get; init; } = [];

    /// <summary>Exactly this value; undefined for none.</summary>
    public JsonElement Fixed { get; init; }

    /// <summary>At least this value; undefined for none.</summary>
    public JsonElement Pattern { get; init; }

    public ProfileBinding? Binding { get; init; }

    /// <summary>By which paths a value tells of which slice it is; <c>type</c> discriminators have the kind <c>type</c>.</summary>
    public IReadOnlyList<(string Kind, string Path)> Discriminators { get; init; } = [];

    /// <summary>True when a value of no slice is refused.</summary>
    public bool Closed { get; init; }

    public List<ProfileElement> Parts { get; } = [];

    public List<ProfileElement> Slices { get; } = [];

    public ProfileElement? Part(string name) => Parts.Find(p => p.Name == name && p.Slice is null);
}
