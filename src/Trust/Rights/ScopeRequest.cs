using Yunnao.Trust.Callers;

namespace Yunnao.Trust.Rights;

/// <summary>What somebody wants to read.</summary>
/// <param name="DataSets">Ids; empty asks for all that the caller may reach for the purpose.</param>
public sealed record ScopeRequest(Caller Caller, Purpose Purpose, IReadOnlyList<string> DataSets)
{
    /// <summary>The one person whose rows are wanted; null for all.</summary>
    public ulong? Subject { get; init; }

    /// <summary>Of all that the caller may reach the only data sets that are needed, at least one; null for all. Others are left out as if the caller did not reach them.</summary>
    public IReadOnlyList<string>? Among { get; init; }

    /// <summary>Who receives the data, for consents and pseudonyms; null (default) is the caller: its first organisation, else its id.</summary>
    public string? Recipient { get; init; }

    /// <summary>The recipient, said or not.</summary>
    public string To => Recipient ?? (Caller.Organisations.Count > 0 ? Caller.Organisations[0] : Caller.Id);
}
