using System.Buffers.Text;

namespace Yunnao.Synthetic.Rows;

/// <summary>Writes numbers with a fixed count of decimals, several times faster than the framework's formatter.</summary>
internal static class FixedPoint
{
    private static readonly double[] Powers = [1, 10, 100, 1e3, 1e4, 1e5, 1e6];

    public static int Write(Span<byte> target, double value, int decimals)
    {
        if (decimals >= Powers.Length || Math.Abs(value) > 1e11)
        {
            Utf8Formatter.TryFormat(value, target, out var written, new('F', (byte)decimals));
            return written;
        }

        var scaled = (long)Math.Round(value * Powers[decimals], MidpointRounding.AwayFromZero);
        var at = 0;
        if (scaled < 0)
        {
            target[at++] = (byte)'-';
            scaled = -scaled;
        }

        var power = (long)Powers[decimals];
        var whole = Math.DivRem(scaled, power, out var fraction);
        Utf8Formatter.TryFormat(whole, target[at..], out var length);
        at += length;
        if (decimals == 0) return at;
        target[at++] = (byte)'.';
        for (var digit = decimals - 1; digit >= 0; digit--)
        {
            target[at + digit] = (byte)('0' + fraction % 10);
            fraction /= 10;
        }

        return at + decimals;
    }
}
