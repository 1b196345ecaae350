namespace Yunnao.Services.Imaging.Dimse;

/// <summary>A presentation context that both sides agreed on.</summary>
internal sealed record AgreedContext(byte Id, string SopClass, string TransferSyntax);
