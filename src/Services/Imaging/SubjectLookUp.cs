using System.Text;
using Yunnao.Services.Identity;

namespace Yunnao.Services.Imaging;

/// <summary>From patient numbers to subjects and back, by the vault. For any number of threads.</summary>
/// <param name="vault">One of its own: a vault serves one caller at a time.</param>
public sealed class SubjectLookUp(Vault vault) : IDisposable
{
    private readonly Lock _turn = new();

    /// <summary>The subject behind a patient number of an institution, or null.</summary>
    internal ulong? Find(string organisation, string local)
    {
        if (local.Length == 0) return null;
        lock (_turn) return vault.TryFindLocal(organisation, vault.KeyOf(Encoding.UTF8.GetBytes(organisation), Encoding.UTF8.GetBytes(local)), out var subject) ? vault.SurvivorOf(subject) : null;
    }

    /// <summary>The patient numbers of a subject, with their institutions.</summary>
    internal IReadOnlyList<(string Organisation, string Local)> NumbersOf(ulong subject)
    {
        lock (_turn) return [.. vault.Reveal(subject).Select(i => (i.Organisation, i.Local))];
    }

    public void Dispose() => vault.Dispose();
}
