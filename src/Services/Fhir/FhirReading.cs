using Yunnao.Kernel;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Trust.Audit;

namespace Yunnao.Services.Fhir;

/// <summary>What one call reads of: the data sets under its Scope. For one call, by one thread.</summary>
/// <param name="now">The moment of the call on the records' clock.</param>
/// <param name="grant">What the token leaves of the right; null for all of it.</param>
internal sealed class FhirReading(Scope scope, AuditedLake lake, ResourceBook book, ArrivalTimes arrivals, DateTime now, SmartGrant? grant = null)
{
    private readonly Dictionary<ResourceSource, Result<ScopedTable>> _tables = [];

    private readonly List<GatheredRead> _reads = [];

    public Scope Scope => scope;

    public AuditedLake Lake => lake;

    public ResourceBook Book => book;

    public ArrivalTimes Arrivals => arrivals;

    public DateTime Now => now;

    /// <summary>True of a data set of which the Scope reaches something, as resources of this type.</summary>
    public bool Reaches(ResourceSource source) => scope.Of(source.DataSet) is not null && grant?.Sees(source.Type) != false;

    /// <summary>False of a source of which no row ever came.</summary>
    public bool Holds(ResourceSource source) => lake.MayHold(source.DataSet);

    /// <summary>Notes a read whose rows become part of the answer.</summary>
    public void Note(GatheredRead read) => _reads.Add(read);

    /// <summary>Tells the audit of all that was noted; before the answer is given.</summary>
    public async Task TellAsync()
    {
        if (_reads.Count == 0) return;
        await lake.TellAsync(scope, _reads).ConfigureAwait(false);
        _reads.Clear();
    }

    /// <summary>A data set as the Scope shows it. Problems: <c>scope.*</c>, <c>fhir.keys</c>.</summary>
    public Result<ScopedTable> Table(ResourceSource source)
    {
        if (_tables.TryGetValue(source, out var known)) return known;
        var made = ScopedTable.Of(source.Shape, scope);
        if (made.Try(out var table, out _) && table.Find(source.IdColumn) is null)
            made = new Problem(ProblemKind.Forbidden, "fhir.keys", $"For the purpose {scope.Purpose} records are shown without keys, and a resource without an id is none.");
        return _tables[source] = made;
    }
}
