using Yunnao.Kernel;

namespace Yunnao.Trust.Audit;

/// <summary>What the verification of the audit found.</summary>
/// <param name="Events">Events that were read.</param>
/// <param name="Seals">Signatures that were checked.</param>
/// <param name="Sealed">The last event under a valid signature; 0 when there is none.</param>
/// <param name="Problems">Nothing when the chain is whole: <c>audit.changed</c>, <c>audit.missing</c>, <c>audit.tail</c>, <c>audit.seal</c>.</param>
public sealed record AuditProof(long Events, long Seals, long Sealed, IReadOnlyList<Problem> Problems)
{
    public bool Whole => Problems.Count == 0;
}
