using System.Text;
using Yunnao.Standards;
using Yunnao.Synthetic.Chance;

namespace Yunnao.Synthetic.Bulk;

/// <summary>
/// Writes laboratory results as the CSV template of <c>lab.result</c> has them, as fast as a disk takes them: reports of 10 to 20 rows in
/// order of time over two years, one row in a thousand spoiled. Everything follows from the seed.
/// </summary>
public static class LabFile
{
    /// <summary>Rows a patient, about, where nothing else is wanted.</summary>
    public const int UsualRowsPerPatient = 50;

    internal const int LongestReport = 20;

    private const int ShortestReport = 10;
    private const int DirtyOneIn = 1000;
    private const int Organisations = 8;

    private static readonly DateTime Start = new(2024, 1, 1);
    private static readonly TimeSpan Period = TimeSpan.FromDays(731);

    /// <summary>The columns.</summary>
    public static IReadOnlyList<string> Columns { get; } =
    [
        "org_code", "patient_id", "report_no", "item_no", "item_code", "item_name", "result_value", "unit", "reference_low", "reference_high",
        "abnormal_flag", "report_time",
    ];

    /// <summary>Writes <paramref name="rows"/> rows below a header.</summary>
    /// <param name="rowsPerPatient">About so many, at least 1: how many patients there are.</param>
    /// <returns>How many of them are spoiled, each so that it must be refused: a result that is no number, an unknown flag, no item.</returns>
    public static long Write(Registry registry, Stream stream, long rows, ulong seed, int rowsPerPatient = UsualRowsPerPatient)
    {
        var (analytes, dice, output) = (LabAnalyte.All(registry), new Dice(seed), new BulkStream(stream));
        output.Write(Encoding.UTF8.GetBytes(string.Join(',', Columns) + "\n"));
        long dirty = 0;
        var patients = (int)Math.Clamp(rows / rowsPerPatient, 1, int.MaxValue);
        for (long row = 0, report = 1; row < rows; report++)
        {
            var size = (int)Math.Min(dice.Between(ShortestReport, LongestReport), rows - row);
            dirty += Report(output, analytes, dice, report, dice.Below(patients), size, Start + (Period * ((double)row / rows)));
            row += size;
        }

        output.Flush();
        return dirty;
    }

    private static int Report(BulkStream output, LabAnalyte[] analytes, Dice dice, long report, int patient, int size, DateTime time)
    {
        var head = (stackalloc byte[64]);
        var headLength = Encoding.UTF8.GetBytes($"H{(patient % Organisations) + 1:00},P{patient:00000000},R{report:0000000000},", head);
        var end = (stackalloc byte[32]);
        var endLength = Encoding.UTF8.GetBytes($",{time:yyyy-MM-dd HH:mm:ss}\n", end);
        var (first, dirty) = (dice.Below(analytes.Length), 0);
        for (var i = 0; i < size; i++)
        {
            var analyte = analytes[(first + i) % analytes.Length];
            var fault = dice.Below(DirtyOneIn) == 0 ? 1 + dice.Below(3) : 0;
            if (fault > 0) dirty++;
            output.Write(head[..headLength]);
            output.Write(i + 1);
            Row(output, analyte, analyte.Value(dice), fault);
            output.Write(end[..endLength]);
        }

        return dirty;
    }

    private static void Row(BulkStream output, LabAnalyte analyte, long value, int fault)
    {
        output.Write(fault == 1 ? ","u8 : analyte.CodeCell);
        output.Write(analyte.NameCell);
        if (fault == 2) output.Write("see note"u8);
        else analyte.Write(value, output);
        output.Write(analyte.RangeCells);
        output.Write(fault == 3 ? "Z9"u8 : Flag(analyte.Flag(value)));
    }

    private static ReadOnlySpan<byte> Flag(char flag) => flag switch { 'L' => "L"u8, 'H' => "H"u8, _ => "N"u8 };
}
