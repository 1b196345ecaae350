namespace Yunnao.Standards.Policies;

/// <summary>What a right shows of one item, whatever its level: <c>person.basic.birth_date=generalise</c>, <c>*.death_date=keep</c>.</summary>
/// <param name="DataSet">A data set id or <c>*</c>.</param>
/// <param name="Action">Null stands for the item's own action.</param>
public sealed record ItemException(string DataSet, string Item, Deid? Action);
