using System.Globalization;
using System.Text;
using Yunnao.Standards;
using Yunnao.Synthetic.Chance;
using Yunnao.Synthetic.Rows;

namespace Yunnao.Synthetic.Faults;

/// <summary>Makes a corrected version of a clean record: the same key, one value changed, still clean.</summary>
internal static class Corrector
{
    private const int Attempts = 8;

    public static bool Correct(Dice dice, Row row, FaultMaker faults, Func<Row, int, bool> canAlter)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var slot = dice.Below(row.Count);
            var item = row.Shape.Items[slot];
            if (item.Roles != Roles.None || row.Text(slot) is not { } before || !canAlter(row, slot) || Corrected(dice, item, before) is not { } after) continue;
            row.Put(slot, Encoding.UTF8.GetBytes(after));
            if (faults.IsClean(row)) return true;
            row.Put(slot, Encoding.UTF8.GetBytes(before));
        }

        return false;
    }

    private static string? Corrected(Dice dice, Item item, string before) => item.Element.Type switch
    {
        ElementType.N when double.TryParse(before, CultureInfo.InvariantCulture, out var value) =>
            Math.Round(value * dice.Between(0.9, 1.1) + 1, item.Element.Format.Decimals).ToString("0.######", CultureInfo.InvariantCulture),
        ElementType.S1 when item.Element.Format.Length >= before.Length + 4 && item.Element.Format.Length >= 100 => before + "(更正)",
        ElementType.L => before == "true" ? "false" : "true",
        _ => null,
    };
}
