using Apache.Arrow;
using Apache.Arrow.Types;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Exports.Targets;

/// <summary>A column of a table in a target.</summary>
/// <param name="Scale">Decimals of a <see cref="TargetType.Decimal"/>.</param>
/// <param name="Comment">What it is, in Chinese, from the registry.</param>
internal sealed record TargetColumn(string Name, TargetType Type, int Scale, string Comment)
{
    private static readonly TargetType[] s_numbers = [TargetType.Integer, TargetType.Long, TargetType.Decimal, TargetType.Double, TargetType.Text];
    private static readonly TargetType[] s_times = [TargetType.Date, TargetType.Timestamp, TargetType.Text];

    /// <summary>The column that holds what a field of an answer gives.</summary>
    public static TargetColumn Of(Field field, TableShape shape)
    {
        var type = field.DataType switch
        {
            StringType or UInt64Type => field.Name is SystemColumns.Record or SystemColumns.Subject ? TargetType.Key : TargetType.Text,
            BooleanType => TargetType.Boolean,
            Int8Type or Int16Type or Int32Type or UInt8Type or UInt16Type => TargetType.Integer,
            Int64Type or UInt32Type => TargetType.Long,
            DoubleType => TargetType.Double,
            Decimal128Type => TargetType.Decimal,
            Date32Type => TargetType.Date,
            TimestampType => TargetType.Timestamp,
            Time64Type => TargetType.Time,
            _ => throw new NotSupportedException($"No database is given a {field.DataType.Name}."),
        };
        return new(field.Name, type, field.DataType is Decimal128Type number ? number.Scale : 0, CommentOf(field.Name, shape.DataSet));
    }

    /// <summary>True when every value of this column is one of the other, and so a column of this type may become one of that.</summary>
    public bool FitsInto(TargetType type, int scale) =>
        (type == Type && scale >= Scale) || type == TargetType.Text || (Type == TargetType.Text && type == TargetType.Key)
        || Within(s_numbers, type) || Within(s_times, type);

    private bool Within(TargetType[] chain, TargetType wider) =>
        Type != wider && System.Array.IndexOf(chain, Type) is >= 0 and var from && System.Array.IndexOf(chain, wider) > from;

    private static string CommentOf(string name, DataSet set) => name switch
    {
        SystemColumns.Record => "记录键",
        SystemColumns.Subject => "个人编号",
        SystemColumns.Org => "机构代码",
        SystemColumns.Time => $"事件时间({set.Time.Title.Zh})",
        SystemColumns.Version => "记录版本",
        _ => set.Find(name)?.Title.Zh ?? "",
    };
}
