using Yunnao.Lake.Scopes;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.Queries;

/// <summary>A column of a data set as a Scope shows it.</summary>
/// <param name="Name">Item name, or the name of a system column.</param>
/// <param name="Physical">The column of the table that holds it.</param>
/// <param name="Action">Never <see cref="ItemAction.Nothing"/>.</param>
/// <param name="Generalisation">How it is generalised; null follows from the type.</param>
public sealed record ScopedColumn(string Name, Column Physical, ItemAction Action, Generalisation? Generalisation = null)
{
    /// <summary>Kind of the values that are stored.</summary>
    public ValueKind Stored { get; } = KindOf(Physical);

    /// <summary>Kind of the values that the holder sees, and so of the values that a filter on it compares with.</summary>
    public ValueKind Kind => (Action, Stored) switch
    {
        (ItemAction.Clear, var stored) => stored,
        (ItemAction.Generalise, ValueKind.Date or ValueKind.Timestamp) => ValueKind.Date,
        (ItemAction.Generalise, ValueKind.Number) => ValueKind.Number,
        _ => ValueKind.Text,
    };

    private static ValueKind KindOf(Column column) => column.Name switch
    {
        SystemColumns.Record => ValueKind.Record,
        SystemColumns.Subject => ValueKind.Subject,
        _ => column.SqlType switch
        {
            "VARCHAR" => ValueKind.Text,
            "BOOLEAN" => ValueKind.Boolean,
            "DATE" => ValueKind.Date,
            "TIMESTAMP" => ValueKind.Timestamp,
            "TIME" => ValueKind.Time,
            _ => ValueKind.Number,
        },
    };
}
