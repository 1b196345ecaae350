namespace Yunnao.Lake.DuckDb.Functions;

/// <summary>
/// Verdicts that change at known numbers only: one for each of these numbers, one between each two, one for NULL and one for what is no
/// number. A few hundred bytes serve a column of any number of values. Read and written by many threads; a verdict never changes.
/// </summary>
internal sealed unsafe class StepVerdicts
{
    private readonly double[] _steps;
    private readonly ulong[] _verdicts;
    private readonly bool[] _known;

    /// <param name="steps">In ascending order, each once.</param>
    public StepVerdicts(double[] steps)
    {
        _steps = steps;
        _verdicts = new ulong[(steps.Length * 2) + 3];
        _known = new bool[_verdicts.Length];
    }

    private int NotANumber => (_steps.Length * 2) + 1;

    private int Null => NotANumber + 1;

    /// <summary>The verdicts of rows, NULL where none is known.</summary>
    public void Find<T>(T* values, ulong* validity, int rows, ulong* verdicts, ulong* known)
        where T : unmanaged
    {
        // Most values are in the piece of the value before.
        var (low, high, piece) = (double.PositiveInfinity, double.NegativeInfinity, 0);
        for (var row = 0; row < rows; row++)
        {
            var at = Null;
            if (!Validity.IsNull(validity, row))
            {
                var value = Number(values[row]);
                if (!(value > low && value < high)) piece = Piece(value, out low, out high);
                at = piece;
            }

            verdicts[row] = _verdicts[at];
            if (!Volatile.Read(ref _known[at])) known[row >> 6] &= ~(1UL << (row & 63));
        }
    }

    /// <summary>Notes the verdicts of rows.</summary>
    public void Note<T>(T* values, ulong* validity, int rows, ulong* verdicts)
        where T : unmanaged
    {
        for (var row = 0; row < rows; row++)
        {
            var at = Validity.IsNull(validity, row) ? Null : Piece(Number(values[row]), out _, out _);
            _verdicts[at] = verdicts[row];
            Volatile.Write(ref _known[at], true);
        }
    }

    private static double Number<T>(T value)
        where T : unmanaged => typeof(T) == typeof(int) ? (int)(object)value : (double)(object)value;

    /// <summary>Number of the piece of a value, and the numbers that it is between; at a number itself none are.</summary>
    private int Piece(double value, out double low, out double high)
    {
        (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        if (double.IsNaN(value)) return NotANumber;
        var at = Array.BinarySearch(_steps, value);
        if (at >= 0) return (at * 2) + 1;
        at = ~at;
        (low, high) = (at == 0 ? double.NegativeInfinity : _steps[at - 1], at == _steps.Length ? double.PositiveInfinity : _steps[at]);
        return at * 2;
    }
}
