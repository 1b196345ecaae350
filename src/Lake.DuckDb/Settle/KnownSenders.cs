using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Sql;

namespace Yunnao.Lake.DuckDb.Settle;

/// <summary>
/// Which organisations have sent to which data set, kept in memory so that a small batch need not ask the whole ledger. A record key holds
/// its organisation, so only an organisation that sent before can send a record again. May know a sender too many (of a batch taken back).
/// </summary>
internal sealed class KnownSenders
{
    private HashSet<(string DataSet, string? Organisation)>? _senders;

    /// <summary>True when one of the organisations sent to the data set before.</summary>
    public bool Any(DuckDBConnection connection, string dataSet, IEnumerable<string?> organisations)
    {
        _senders ??= Read(connection);
        return organisations.Any(o => _senders.Contains((dataSet, o)));
    }

    /// <summary>Learns the senders of a batch, once it is committed.</summary>
    public void Add(string dataSet, IEnumerable<string?> organisations) =>
        _senders?.UnionWith(organisations.Select(o => (dataSet, o)));

    private static HashSet<(string DataSet, string? Organisation)> Read(DuckDBConnection connection) => [.. connection.Rows(
        r => (r.GetString(0), r.IsDBNull(1) ? null : r.GetString(1)),
        "SELECT DISTINCT data_set, org FROM ops.batch_org JOIN ops.batch ON batch = number WHERE status = 'committed'")];
}
