namespace Yunnao.Formats.Dicom.Network;

/// <summary>Which roles the one who asked for the association takes for a SOP class (DICOM PS3.7, D.3.3.4).</summary>
public sealed record RoleSelection(string SopClass, bool Scu, bool Scp);
