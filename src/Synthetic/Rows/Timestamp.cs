using Yunnao.Standards;

namespace Yunnao.Synthetic.Rows;

/// <summary>Writes dates and times as bytes.</summary>
internal static class Timestamp
{
    /// <summary><c>yyyy-MM-dd</c>, <c>HH:mm:ss</c> or both with a blank between; returns the length.</summary>
    public static int Write(Span<byte> target, DateTime value, ElementType type)
    {
        var at = 0;
        if (type != ElementType.T)
        {
            Date(target, value);
            if (type == ElementType.D) return 10;
            target[10] = (byte)' ';
            at = 11;
        }

        Two(target[at..], value.Hour);
        target[at + 2] = (byte)':';
        Two(target[(at + 3)..], value.Minute);
        target[at + 5] = (byte)':';
        Two(target[(at + 6)..], value.Second);
        return at + 8;
    }

    private static void Date(Span<byte> target, DateTime value)
    {
        value.Deconstruct(out var date, out _);
        var (year, month, day) = date;
        Two(target, year / 100);
        Two(target[2..], year % 100);
        target[4] = (byte)'-';
        Two(target[5..], month);
        target[7] = (byte)'-';
        Two(target[8..], day);
    }

    private static void Two(Span<byte> target, int value)
    {
        target[1] = (byte)('0' + value % 10);
        target[0] = (byte)('0' + value / 10);
    }
}
