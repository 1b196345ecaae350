namespace Yunnao.Services.Imaging.Dimse;

/// <summary>What a caller may do over DICOM associations. Everyone who is let in may ask for an echo.</summary>
[Flags]
public enum DimseRights
{
    None = 0,

    /// <summary>C-STORE and storage commitment.</summary>
    Store = 1,

    /// <summary>C-FIND.</summary>
    Find = 2,

    /// <summary>C-MOVE and C-GET.</summary>
    Retrieve = 4,

    /// <summary>Everything.</summary>
    All = Store | Find | Retrieve,
}
