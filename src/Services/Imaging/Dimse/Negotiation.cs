using Yunnao.Formats.Dicom;
using Yunnao.Formats.Dicom.Network;

namespace Yunnao.Services.Imaging.Dimse;

/// <summary>Which of the proposed presentation contexts are taken, and with which transfer syntax (DICOM PS3.8, 7.1.1.13).</summary>
internal static class Negotiation
{
    private const byte Accepted = 0;
    private const byte NoAbstractSyntax = 3;
    private const byte NoTransferSyntax = 4;

    /// <summary>Answers to the proposed contexts, in their order.</summary>
    public static (List<PresentationContext> Answers, List<AgreedContext> Agreed) Answer(AssociatePdu request)
    {
        var answers = new List<PresentationContext>(request.Contexts.Count);
        var agreed = new List<AgreedContext>(request.Contexts.Count);
        var ids = new HashSet<byte>();
        foreach (var proposed in request.Contexts.Where(p => ids.Add(p.Id)))
        {
            var chosen = Choose(proposed);
            var result = chosen is not null ? Accepted : IsKnown(proposed.AbstractSyntax) ? NoTransferSyntax : NoAbstractSyntax;
            answers.Add(new(proposed.Id, "", [chosen ?? TransferSyntax.ImplicitLittle.Uid], result));
            if (chosen is not null) agreed.Add(new(proposed.Id, proposed.AbstractSyntax, chosen));
        }

        return (answers, agreed);
    }

    /// <summary>The roles as asked for: for storage both, for the services those of a user.</summary>
    public static List<RoleSelection> Roles(AssociatePdu request, IEnumerable<AgreedContext> agreed)
    {
        var classes = agreed.Select(a => a.SopClass).ToHashSet(StringComparer.Ordinal);
        return [.. request.Roles.Where(r => classes.Contains(r.SopClass)).Select(r => r with { Scp = r.Scp && !SopClass.IsService(r.SopClass) })];
    }

    /// <summary>Operations that may be under way at once; null where the peer does not ask.</summary>
    public static (ushort Invoked, ushort Performed)? Window(AssociatePdu request, ushort most) =>
        request.Window is not var (invoked, performed) ? null : (Least(invoked, most), Least(performed, 1));

    private static ushort Least(ushort asked, ushort most) => asked == 0 ? most : Math.Min(asked, most);

    private static bool IsKnown(string sopClass) => SopClass.IsService(sopClass) || SopClass.IsStorage(sopClass);

    private static string? Choose(PresentationContext proposed)
    {
        if ((proposed.Id & 1) == 0) return null;
        if (SopClass.IsService(proposed.AbstractSyntax))
        {
            string[] liked = [TransferSyntax.ExplicitLittle.Uid, TransferSyntax.ImplicitLittle.Uid, TransferSyntax.ExplicitBig.Uid];
            return liked.FirstOrDefault(proposed.TransferSyntaxes.Contains);
        }

        if (!SopClass.IsStorage(proposed.AbstractSyntax)) return null;

        // The bytes are kept as they come, so the sender's first choice is right; big endian only where there is no other.
        var storable = proposed.TransferSyntaxes.Where(t => TransferSyntax.Find(t) is not null).ToList();
        return storable.Find(t => t != TransferSyntax.ExplicitBig.Uid) ?? storable.FirstOrDefault();
    }
}
