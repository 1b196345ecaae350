namespace Yunnao.Services.Imaging;

/// <summary>Where a file went that was handed in.</summary>
public enum StoreResult
{
    /// <summary>Among the images.</summary>
    Stored,

    /// <summary>It was there already, byte for byte.</summary>
    Already,

    /// <summary>Kept aside because it contradicts what is there; its sender need not send it again.</summary>
    Held,

    /// <summary>Kept aside because it cannot be read; its sender is told so.</summary>
    Unreadable,

    /// <summary>Not kept: the disk is full or broken.</summary>
    NotKept,
}
