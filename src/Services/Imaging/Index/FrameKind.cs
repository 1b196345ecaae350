namespace Yunnao.Services.Imaging.Index;

/// <summary>How the frames of an instance can be had.</summary>
internal enum FrameKind : byte
{
    /// <summary>It has no pixels.</summary>
    None = 0,

    /// <summary>Uncompressed frames of one length, one behind the other.</summary>
    Regular = 1,

    /// <summary>Each frame has a place of its own.</summary>
    Listed = 2,

    /// <summary>By reading the whole object only.</summary>
    WholeObject = 3,
}
