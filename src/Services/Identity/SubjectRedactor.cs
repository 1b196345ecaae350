using Yunnao.Kernel;
using Yunnao.Lake.Scopes;
using Yunnao.Trust.FreeText;

namespace Yunnao.Services.Identity;

/// <summary>
/// Takes out of the texts of records what identifies: what the recognisers find, and the names of the person and the relatives as the
/// vault knows them at that moment. Words and vault are opened when the first text comes.
/// </summary>
/// <param name="standards">The registry folder, with <c>freetext/words.csv</c>.</param>
/// <param name="open">Opens a vault of the redactor's own: a vault serves one caller at a time.</param>
public sealed class SubjectRedactor(string standards, Func<Result<Vault>> open) : ITextRedactor, IDisposable
{
    private readonly Lazy<IdentifierScanner> _scanner = new(() => new(FreeTextLexicon.Load(standards).Value));
    private readonly Lazy<Vault> _vault = new(() => open().Value);
    private readonly Lock _turn = new();

    /// <inheritdoc/>
    public string Redact(string text, ulong? subject)
    {
        var findings = new List<Finding>();
        _scanner.Value.Find(text, subject is { } person ? NamesOf(person) : [], findings);
        return findings.Count == 0 ? text : Redactor.Redact(text, findings);
    }

    public void Dispose()
    {
        if (_vault.IsValueCreated) _vault.Value.Dispose();
    }

    /// <summary>Asked anew for each text: a name may have been corrected meanwhile.</summary>
    private string[] NamesOf(ulong subject)
    {
        lock (_turn)
        {
            return [.. _vault.Value.Reveal(subject)
                .SelectMany(i => i.Values.Where(v => v.Key is "name" or "kin_name").Select(v => v.Value)).Where(n => n.Length > 1).Distinct(StringComparer.Ordinal)];
        }
    }
}
