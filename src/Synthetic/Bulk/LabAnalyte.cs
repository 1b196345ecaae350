using System.Globalization;
using System.Text;
using Yunnao.Kernel;
using Yunnao.Standards;
using Yunnao.Synthetic.Catalogue;
using Yunnao.Synthetic.Chance;

namespace Yunnao.Synthetic.Bulk;

/// <summary>A measured laboratory item with both limits, its texts ready as bytes.</summary>
internal sealed class LabAnalyte
{
    private const double Unwell = 0.05;

    private readonly double _mean;
    private readonly double _deviation;
    private readonly double _scale;

    private LabAnalyte(Code code)
    {
        var item = new LabItem(code);
        (Code, Loinc, English, Unit, Decimals) = (item.Code, item.Loinc, code.Name.En, item.Unit, item.Decimals);
        (Low, High) = (item.Male.Low!.Value, item.Male.High!.Value);
        (_mean, _deviation, _scale) = (item.Mean, item.Deviation, Math.Pow(10, item.Decimals));
        CodeCell = Encoding.UTF8.GetBytes($",{item.Code}");
        NameCell = Encoding.UTF8.GetBytes($",{CsvCell.Write(item.Name)},");
        RangeCells = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $",{CsvCell.Write(item.Unit)},{Low},{High},"));
    }

    public string Code { get; }

    public string Loinc { get; }

    public string English { get; }

    public string Unit { get; }

    public int Decimals { get; }

    public double Low { get; }

    public double High { get; }

    /// <summary><c>,code</c></summary>
    public byte[] CodeCell { get; }

    /// <summary><c>,name,</c></summary>
    public byte[] NameCell { get; }

    /// <summary><c>,unit,low,high,</c></summary>
    public byte[] RangeCells { get; }

    /// <summary>All of the registry's LAB list that are numbers with two limits, in its order.</summary>
    public static LabAnalyte[] All(Registry registry)
    {
        if (!registry.ValueSets.TryGetValue("LAB", out var set)) throw new InvalidDataException("The registry has no list LAB.");
        LabAnalyte[] all = [.. set.Codes.Values.Where(IsMeasured).Select(c => new LabAnalyte(c))];
        return all.Length >= LabFile.LongestReport ? all : throw new InvalidDataException("The list LAB of the registry has too few measured items.");
    }

    /// <summary>A value, in units of its last decimal; some are of ill people.</summary>
    public long Value(Dice dice)
    {
        var spread = dice.Chance(Unwell) ? 3 * _deviation : _deviation;
        var value = (long)Math.Round((_mean + (spread * dice.Normal())) * _scale);
        return Low < 0 ? value : Math.Max(value, 0);
    }

    /// <summary>Where a value lies in the range.</summary>
    public char Flag(long value) => Number(value) < Low ? 'L' : Number(value) > High ? 'H' : 'N';

    /// <summary>The value as a number.</summary>
    public double Number(long value) => value / _scale;

    /// <summary>The value with its decimals.</summary>
    public void Write(long value, BulkStream stream)
    {
        if (value < 0) stream.Write("-"u8);
        var (whole, part) = Math.DivRem(Math.Abs(value), (long)_scale);
        stream.Write(whole);
        if (Decimals == 0) return;
        stream.Write("."u8);
        stream.Write(part, Decimals);
    }

    private static bool IsMeasured(Code code) =>
        new LabItem(code) is { IsNumber: true, Male: { Low: not null, High: not null }, Loinc.Length: > 0 };
}
