using Yunnao.Lake.Queries;
using Yunnao.Trust.Keys;

namespace Yunnao.Services.Exports;

/// <summary>The watermark of a recipient: which rows its exports lack. The same rows in all of them, so that putting two together does not show which.</summary>
public sealed class ExportMarks(KeyRing keys)
{
    /// <summary>One row in so many is left out.</summary>
    public const int OneIn = 100;

    /// <summary>The mark of a recipient.</summary>
    public RowMark Of(string who) => new(keys.Derive(KeyUse.Pseudonym, keys.Suite, $"export-mark {who}"), OneIn);
}
