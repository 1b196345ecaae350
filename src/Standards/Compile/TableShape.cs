namespace Yunnao.Standards.Compile;

/// <summary>
/// The physical table of a data set: system columns, then one column per item that the lake stores, then <c>_rejected</c>.
/// The organisation, subject and time items live in <c>_org</c>, <c>_subject</c> and <c>_time</c>; identity items have no column at all.
/// </summary>
public sealed class TableShape
{
    private readonly Dictionary<string, string> _columnOfItem = [];

    public TableShape(DataSet dataSet)
    {
        DataSet = dataSet;
        Checks = CheckList.Of(dataSet);
        CheckWords = Math.Max(1, (Checks.Count + 63) / 64);
        Columns = [.. Build()];
    }

    public DataSet DataSet { get; }

    /// <summary>All checks in bit order.</summary>
    public IReadOnlyList<Check> Checks { get; }

    /// <summary>Words of 64 bits that the bit set needs.</summary>
    public int CheckWords { get; }

    /// <summary>Physical columns in table order.</summary>
    public IReadOnlyList<Column> Columns { get; }

    /// <summary>SQL schema: the domain.</summary>
    public string Schema => DataSet.Id[..DataSet.Id.IndexOf('.')];

    /// <summary>SQL table name inside the schema.</summary>
    public string Table => DataSet.Id[(DataSet.Id.IndexOf('.') + 1)..];

    /// <summary>The physical column that holds an item, or null when the value goes to the vault.</summary>
    public string? ColumnOf(string item) => _columnOfItem.GetValueOrDefault(item);

    /// <summary>Column type of an item in DuckDB's dialect.</summary>
    public static string SqlType(Item item) => SqlType(item.Element.Type, item.Element.Format, item.Unit);

    /// <summary>Column type of values of a type, format and unit in DuckDB's dialect.</summary>
    public static string SqlType(ElementType type, ElementFormat format, string? unit) => type switch
    {
        ElementType.N when format.Decimals > 0 => unit == "CNY" ? $"DECIMAL(18,{format.Decimals})" : "DOUBLE",
        ElementType.N => format.Length is > 0 and <= 9 ? "INTEGER" : "BIGINT",
        ElementType.L => "BOOLEAN",
        ElementType.D => "DATE",
        ElementType.DT => "TIMESTAMP",
        ElementType.T => "TIME",
        _ => "VARCHAR",
    };

    private IEnumerable<Column> Build()
    {
        yield return new(SystemColumns.Record, "UHUGEINT", null);
        yield return System(SystemColumns.Subject, "UBIGINT", DataSet.Subject);
        yield return System(SystemColumns.Org, "VARCHAR", DataSet.Organisation);
        yield return System(SystemColumns.Time, "TIMESTAMP", DataSet.Time);
        yield return new(SystemColumns.Batch, "INTEGER", null);
        yield return new(SystemColumns.Version, "INTEGER", null);
        for (var word = 0; word < CheckWords; word++) yield return new(SystemColumns.ChecksWord(word), "UBIGINT", null);
        foreach (var item in DataSet.Items.Where(i => !i.InVault && !_columnOfItem.ContainsKey(i.Name)))
        {
            _columnOfItem.Add(item.Name, item.Name);
            yield return new(item.Name, SqlType(item), item);
        }

        yield return new(SystemColumns.Rejected, "VARCHAR", null);
    }

    private Column System(string name, string type, Item? item)
    {
        if (item is not null && !item.InVault) _columnOfItem[item.Name] = name;
        return new(name, type, item);
    }
}
