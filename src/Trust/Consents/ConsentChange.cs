using Yunnao.Lake.Scopes;

namespace Yunnao.Trust.Consents;

/// <summary>A decision to be recorded; it replaces the person's earlier one for the same purpose and recipient.</summary>
/// <param name="By">Who recorded it: an account, or the person.</param>
public sealed record ConsentChange(ulong Subject, string Purpose, ConsentDecision Decision, string By)
{
    /// <summary>Organisation code, client id, or <see cref="ConsentState.Everybody"/> (default). One for a recipient goes before that.</summary>
    public string Recipient { get; init; } = ConsentState.Everybody;

    /// <summary>Holds from here; null (default) from now.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Holds until here, not included; null (default) without end.</summary>
    public DateTimeOffset? Until { get; init; }
}
