namespace Yunnao.Trust.Anonymity;

/// <summary>The quasi-identifiers of a table after generalisation.</summary>
public sealed class AnonymousTable
{
    private readonly IReadOnlyList<QuasiIdentifier> _columns;
    private readonly AlikeRows?[] _classOf;

    internal AnonymousTable(IReadOnlyList<QuasiIdentifier> columns, IEnumerable<AlikeRows> classes, AnonymityReport report)
    {
        (_columns, Report) = (columns, report);
        _classOf = new AlikeRows?[columns[0].Values.Length];
        foreach (var alike in classes)
        {
            foreach (var row in alike.Rows) _classOf[row] = alike;
        }
    }

    /// <summary>What it gives away and what it cost.</summary>
    public AnonymityReport Report { get; }

    /// <summary>What is shown of a row's quasi-identifiers, in the order of the columns; null when the row is left out.</summary>
    /// <param name="row">From 0.</param>
    public string[]? Show(int row) => _classOf[row] is not { } alike ? null : [.. _columns.Select((column, i) => column.Show(alike.From[i], alike.To[i]))];
}
