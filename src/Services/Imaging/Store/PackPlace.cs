namespace Yunnao.Services.Imaging.Store;

/// <summary>Where the bytes of a file are: in a pack, or as an object of their own.</summary>
/// <param name="Pack">Number of the pack.</param>
/// <param name="Offset">Byte offset of the record's header in the pack.</param>
/// <param name="Length">Length of the file in bytes.</param>
/// <param name="IsObject">True when the file is an object of the object store and the record only names it.</param>
public readonly record struct PackPlace(int Pack, long Offset, long Length, bool IsObject);
