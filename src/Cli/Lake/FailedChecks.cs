using System.Globalization;
using Yunnao.Standards.Compile;

namespace Yunnao.Cli.Lake;

/// <summary>The checks whose bits a row carries, as a person reads them.</summary>
internal static class FailedChecks
{
    public static IEnumerable<string> Of(TableShape shape, IReadOnlyDictionary<string, string?> cells)
    {
        foreach (var check in shape.Checks)
        {
            var word = cells.GetValueOrDefault(SystemColumns.ChecksWord(check.Ordinal / 64));
            if (word is not null && (ulong.Parse(word, CultureInfo.InvariantCulture) & (1UL << (check.Ordinal % 64))) != 0) yield return check.Reason;
        }
    }
}
