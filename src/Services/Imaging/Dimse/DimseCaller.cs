using System.Net;
using Yunnao.Services.Imaging.Index;

namespace Yunnao.Services.Imaging.Dimse;

/// <summary>Who is at the other end of an association.</summary>
/// <param name="Rights">What it may do.</param>
/// <param name="Organisation">Code of its institution: its patient numbers are of that one.</param>
/// <param name="IsNamed">False on an archive that lets in whoever reaches this machine; such a caller sees all institutions.</param>
internal sealed record DimseCaller(string AeTitle, IPAddress Address, DimseRights Rights, string Organisation, bool IsNamed)
{
    /// <summary>What it may find and retrieve: the images of its own institution. Those of others are given by DICOMweb alone, which asks for consent.</summary>
    public RowBound? Bound => IsNamed ? new([Organisation]) : null;
}
