using Apache.Arrow;
using Yunnao.Lake.Queries;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Exports.Targets;

/// <summary>The table of a data set in a target: <c>lab_result</c> of <c>lab.result</c>.</summary>
/// <param name="Columns">Those of the answer, in its order; the first ones are of the system.</param>
internal sealed record TargetTable(TableShape Shape, IReadOnlyList<TargetColumn> Columns)
{
    public string Name { get; } = NameOf(Shape.DataSet.Id);

    public string Comment => Shape.DataSet.Name.Zh;

    public static TargetTable Of(TableShape shape, Schema answer) => new(
        shape,
        [.. answer.FieldsList.Where(f => f.Name != ChangeRange.DeletedColumn).Select(f => TargetColumn.Of(f, shape))]);

    public static string NameOf(string dataSet) => dataSet.Replace('.', '_');

    public bool Has(string column) => Columns.Any(c => c.Name == column);
}
