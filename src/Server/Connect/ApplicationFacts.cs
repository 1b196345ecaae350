using System.Collections.Immutable;
using System.Text.Json;
using OpenIddict.Abstractions;

namespace Yunnao.Server.Connect;

/// <summary>What we keep of an application beside what OAuth2 needs: its roles, its organisations, the generation of its tokens.</summary>
public sealed record ApplicationFacts(IReadOnlyList<string> Roles, IReadOnlyList<string> Organisations, int Generation)
{
    private const string Property = "yunnao";

    public static async Task<ApplicationFacts> OfAsync(IOpenIddictApplicationManager applications, object application, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(applications);
        ImmutableDictionary<string, JsonElement> properties = await applications.GetPropertiesAsync(application, cancellation).ConfigureAwait(false);
        return properties.TryGetValue(Property, out var facts) ? facts.Deserialize<ApplicationFacts>()! : new([], [], 0);
    }

    /// <summary>Puts the facts into a descriptor.</summary>
    public void Write(OpenIddictApplicationDescriptor descriptor)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        descriptor.Properties[Property] = JsonSerializer.SerializeToElement(this);
    }
}
