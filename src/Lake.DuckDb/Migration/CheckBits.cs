using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Migration;

/// <summary>Reads a stored row's bits by the check list that judged it: where a check's bit stood may differ from version to version.</summary>
/// <param name="word">SQL of a word of the row's bits.</param>
internal sealed class CheckBits(DuckDBConnection connection, TableShape shape, Func<int, string> word)
{
    /// <summary>SQL over a row, with its <c>_batch</c>, that is true when it failed the check.</summary>
    /// <param name="batch">SQL of the row's batch.</param>
    public string Failed(Check check, string batch)
    {
        var places = connection.Rows(
            r => (Registry: r.GetString(0), Bit: r.IsDBNull(1) ? -1 : r.GetInt32(1) - 1),
            "SELECT registry, list_position(reasons, $2)::INTEGER FROM ops.check_list WHERE data_set = $1", shape.DataSet.Id, check.Reason);
        var cases = places.GroupBy(p => p.Bit).OrderByDescending(g => g.Count()).ToList();
        if (cases.Count == 0) return Bit(check.Ordinal);
        if (cases.Count == 1) return Bit(cases[0].Key);
        var byRegistry = places.Select(p => $"WHEN {Standards.Compile.Sql.Text(p.Registry)} THEN {Bit(p.Bit)}");
        return $"CASE {JudgedBy(batch)} {string.Join(' ', byRegistry)} ELSE false END";
    }

    /// <summary>The same for a row whose batch is <c>_batch</c>.</summary>
    public string Failed(Check check) => Failed(check, "_batch");

    /// <summary>SQL of the registry that judged a row last: the newest judgement that covers its batch, else the batch's own.</summary>
    private string JudgedBy(string batch)
    {
        var id = SqlNames.Literal(shape.DataSet.Id);
        return $"""
            coalesce((SELECT arg_max(j.registry, j.judged) FROM ops.rejudged j WHERE j.data_set = {id} AND j.last_batch >= {batch}),
                (SELECT any_value(b.registry) FROM ops.batch b WHERE b.number = {batch}))
            """;
    }

    private string Bit(int ordinal) => ordinal < 0 ? "false" : $"(({word(ordinal / 64)} >> {ordinal % 64}) & 1) = 1";
}
