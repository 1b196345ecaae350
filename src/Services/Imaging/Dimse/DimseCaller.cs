using System.Net;

namespace Yunnao.Services.Imaging.Dimse;

/// <summary>Who is at the other end of an association.</summary>
/// <param name="Rights">What it may do.</param>
/// <param name="Organisation">Code of its institution: its patient numbers are of that one.</param>
/// <param name="IsNamed">False on an archive that lets in whoever reaches this machine: such a caller has the right of whoever runs the program there, and sees everything.</param>
internal sealed record DimseCaller(string AeTitle, IPAddress Address, DimseRights Rights, string Organisation, bool IsNamed)
{
    /// <summary>The name under which the audit and the policies know it.</summary>
    public string Id => "dicom:" + AeTitle;
}
