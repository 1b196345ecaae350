namespace Yunnao.Services.Imaging.Store;

/// <summary>A file that is to be appended to a pack.</summary>
/// <param name="Bytes">What follows the header; nothing for an object.</param>
/// <param name="Ahead">What of it was written before its turn, if anything.</param>
internal readonly record struct PackEntry(PackRecord Record, ReadOnlyMemory<byte> Bytes, PackAhead? Ahead = null);
