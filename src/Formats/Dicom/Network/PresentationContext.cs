namespace Yunnao.Formats.Dicom.Network;

/// <summary>A presentation context: proposed with all its transfer syntaxes, answered with one (DICOM PS3.8, 9.3.2.2 and 9.3.3.2).</summary>
/// <param name="Id">Odd, 1 to 255.</param>
/// <param name="AbstractSyntax">UID of the SOP class; empty in an answer.</param>
/// <param name="TransferSyntaxes">UIDs, in the order of the proposer's preference.</param>
/// <param name="Result">Of an answer: 0 accepted, 1 and 2 rejected, 3 no such abstract syntax, 4 none of the transfer syntaxes.</param>
public sealed record PresentationContext(byte Id, string AbstractSyntax, IReadOnlyList<string> TransferSyntaxes, byte Result = 0);
