namespace Yunnao.Formats.Hl7v2;

/// <summary>Segment names as numbers: three ASCII bytes, the first highest.</summary>
internal static class SegmentName
{
    public const int Msh = ('M' << 16) | ('S' << 8) | 'H';
    public const int Pid = ('P' << 16) | ('I' << 8) | 'D';
    public const int Orc = ('O' << 16) | ('R' << 8) | 'C';
    public const int Obr = ('O' << 16) | ('B' << 8) | 'R';
    public const int Obx = ('O' << 16) | ('B' << 8) | 'X';
    public const int Spm = ('S' << 16) | ('P' << 8) | 'M';
    public const int Nte = ('N' << 16) | ('T' << 8) | 'E';

    /// <summary>Packs a name; false when it is not a capital letter followed by two capital letters or digits.</summary>
    public static bool TryPack(ReadOnlySpan<byte> text, out int name)
    {
        name = 0;
        if (text.Length < 3 || !char.IsAsciiLetterUpper((char)text[0]) || !IsNameByte(text[1]) || !IsNameByte(text[2])) return false;
        name = (text[0] << 16) | (text[1] << 8) | text[2];
        return true;
    }

    public static int Pack(string name) => (name[0] << 16) | (name[1] << 8) | name[2];

    public static string Unpack(int name) => new([(char)(name >> 16), (char)((name >> 8) & 0xFF), (char)(name & 0xFF)]);

    /// <summary>True for the segments that start or detail an order, so that those of another order must not be taken for it.</summary>
    public static bool IsOfOrder(int name) => Orders.Contains(name);

    /// <summary>True for the segments that can open an order group; ORC always does, the others when the group has one already.</summary>
    public static bool OpensOrder(int name) => Openers.Contains(name);

    private static readonly int[] Openers = [Orc, Obr, Pack("RXA"), Pack("RXE"), Pack("RXO"), Pack("RXD"), Pack("RXG")];

    private static readonly int[] Orders = [.. Openers, Spm, Pack("SAC"), Pack("TQ1"), Pack("TQ2"), Pack("RXR"), Pack("RXC"), Pack("CTI"), Pack("BLG")];

    private static bool IsNameByte(byte value) => char.IsAsciiLetterUpper((char)value) || char.IsAsciiDigit((char)value);
}
