namespace Yunnao.Synthetic.Care;

/// <summary>A charge. Money is counted in fen, so that sums are exact.</summary>
/// <param name="Category">YV.fee_category.</param>
internal readonly record struct Fee(string Category, string Code, string System, string Name, string Unit, int Quantity, long Price, DateTime Time)
{
    public long Amount => Quantity * Price;

    public static long Fen(double yuan) => (long)Math.Round(yuan * 100);

    public static double Yuan(long fen) => fen / 100.0;
}
