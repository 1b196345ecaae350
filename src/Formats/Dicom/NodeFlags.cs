namespace Yunnao.Formats.Dicom;

/// <summary>What is remembered of how an element was written.</summary>
[Flags]
internal enum NodeFlags : byte
{
    None = 0,

    /// <summary>The length was undefined, and a delimiter ended it.</summary>
    Undefined = 1,

    /// <summary>Numbers are high byte first.</summary>
    BigEndian = 2,

    /// <summary>The value was left in the file.</summary>
    Deferred = 4,

    /// <summary>A sequence: children are items.</summary>
    Sequence = 8,

    /// <summary>Encapsulated: children are fragments, the first the basic offset table.</summary>
    Fragments = 16,

    /// <summary>The value was longer than what was left of the file.</summary>
    Cut = 32,

    /// <summary>Written as UN, of which the dictionary knows the representation; its value is in implicit little endian (PS3.5 6.2.2).</summary>
    Unnamed = 64,
}
