using Yunnao.Lake.DuckDb.Text;

namespace Yunnao.Services.Ingest;

/// <summary>The staging tables of a load, one a plan, each made when its first rows come: most files have rows of few plans.</summary>
internal sealed class StagingTables(int plans, Func<int, TextTable> make) : IDisposable
{
    private readonly TextTable?[] _tables = new TextTable?[plans];

    public TextTable Of(int plan) => _tables[plan] ??= make(plan);

    /// <summary>Ends the filling of all tables.</summary>
    public void Complete()
    {
        foreach (var table in _tables) table?.Complete();
    }

    /// <summary>The tables that have rows, in the order of their plans.</summary>
    public IEnumerable<(int Plan, TextTable Table)> Filled()
    {
        for (var plan = 0; plan < _tables.Length; plan++)
            if (_tables[plan] is { Rows: > 0 } table) yield return (plan, table);
    }

    public void Dispose()
    {
        foreach (var table in _tables) table?.Dispose();
    }
}
