namespace Yunnao.Lake.Scopes;

/// <summary>What a subject decided for a purpose and a recipient, as it holds now; it replaces an earlier one of the same three.</summary>
/// <param name="Recipient">Who receives the data, or <see cref="Everybody"/>.</param>
/// <param name="Given">True for consent, false for refusal, null when neither holds any more.</param>
/// <param name="From">UTC, included.</param>
/// <param name="Until">UTC, not included; null for no end.</param>
public sealed record ConsentState(ulong Subject, string Purpose, string Recipient, bool? Given, DateTime From, DateTime? Until)
{
    public const string Everybody = "*";
}
