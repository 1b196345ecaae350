namespace Yunnao.Lake.DuckDb.Settle;

/// <summary>A filter while SQL uses it; <see cref="Sql"/> is how SQL names it.</summary>
internal sealed class LentFilter(RecordFilter filter) : IDisposable
{
    private readonly ulong _id = RecordFilterFunctions.Lend(filter);

    public string Sql => $"{_id}::UBIGINT";

    public void Dispose() => RecordFilterFunctions.Return(_id);
}
