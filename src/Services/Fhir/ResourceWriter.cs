using System.Text.Json;
using Apache.Arrow;
using Yunnao.Lake.DuckDb.Functions;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Services.Views.Types;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Fhir;

/// <summary>Writes rows of a source as resources, as the Scope shows them. For one answer, by one thread.</summary>
internal sealed class ResourceWriter
{
    private const string ObservationValue = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", AbsentReason = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

    private readonly ResourceSource _source;
    private readonly ScopedTable _table;
    private readonly ResourceBook _book;
    private readonly (int Ordinal, ScopedColumn? Shown)[] _columns;
    private readonly string?[] _values;
    private readonly ArrivalTimes _arrivals;
    private readonly int _id, _version, _organisation, _arrival;
    private readonly string[] _security;
    private readonly HashSet<string>? _elements;

    /// <param name="elements">Names of the elements that are wanted, mandatory ones included; null for all.</param>
    public ResourceWriter(ResourceSource source, ScopedTable table, FhirReading reading, Schema schema, IReadOnlySet<string>? elements)
    {
        (_source, _table, _book, _arrivals) = (source, table, reading.Book, reading.Arrivals);
        _values = new string?[source.Leaves.Count];
        _columns = [.. source.Leaves.Select(l => l.Item is null ? (-1, null) : Column(ResourceSource.ColumnOf(l)))];
        (_id, _version, _organisation, _arrival) = (Column(source.IdColumn).Ordinal, Column(SystemColumns.Version).Ordinal, Column(SystemColumns.Org).Ordinal, Column(Query.ArrivalColumn).Ordinal);
        _security = [.. Security()];
        _elements = elements is null ? null : [.. elements, .. source.Fills.Select(f => f.Name)];

        (int Ordinal, ScopedColumn? Shown) Column(string name) => table.Find(name) is { } shown ? (schema.GetFieldIndex(name), shown) : (-1, null);
    }

    /// <summary>The id of a row's resource.</summary>
    public string Id(RecordBatch batch, int row) => ArrowCell.Text(batch.Column(_id), row) ?? "";

    /// <summary>The version of a row's record.</summary>
    public string Version(RecordBatch batch, int row) => _version < 0 ? "1" : ArrowCell.Text(batch.Column(_version), row) ?? "1";

    /// <summary>The institution of a row's record, where the Scope shows it.</summary>
    public string? Organisation(RecordBatch batch, int row) => _organisation < 0 ? null : ArrowCell.Text(batch.Column(_organisation), row);

    /// <summary>The batch that brought a row's version; null where the Scope does not show it.</summary>
    public int? Arrival(RecordBatch batch, int row) => _arrival < 0 ? null : int.Parse(ArrowCell.Text(batch.Column(_arrival), row)!, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Looks up when the versions of these rows came, before they are written.</summary>
    public Task KnowArrivalsAsync(IReadOnlyList<RecordBatch> batches, CancellationToken cancellation) => _arrival < 0
        ? Task.CompletedTask
        : _arrivals.KnowAsync(batches.SelectMany(b => Enumerable.Range(0, b.Length).Select(row => Arrival(b, row)!.Value)).ToHashSet(), cancellation);

    /// <summary>When a row's version came, UTC; null where the Scope does not show it.</summary>
    public DateTime? Updated(RecordBatch batch, int row) => Arrival(batch, row) is { } arrival ? _arrivals.Of(arrival) : null;

    /// <summary>The value of a leaf in the row that was written last.</summary>
    public string? Value(ElementLeaf leaf) => _values[leaf.Index];

    /// <summary>Writes the resource of a row as a JSON object.</summary>
    public void Write(Utf8JsonWriter writer, RecordBatch batch, int row)
    {
        Read(batch, row);
        writer.WriteStartObject();
        writer.WriteString("resourceType", _source.Type);
        writer.WriteString("id", Id(batch, row));
        WriteMeta(writer, batch, row);
        foreach (var property in _source.Root.Properties)
            if (property.IsWritten(_values) && IsWanted(property)) Write(writer, property);
        foreach (var fill in _source.Fills)
            if (!_source.Root.Properties.Any(p => (p.Name == fill.Name || p.Found.Choice == fill.Name) && p.Has(_values))) Write(writer, fill);
        writer.WriteEndObject();
    }

    private bool IsWanted(ElementNode.Property property) => _elements is null || _elements.Contains(property.Found.Choice ?? property.Name);

    private void Read(RecordBatch batch, int row)
    {
        foreach (var leaf in _source.Leaves)
        {
            var (ordinal, shown) = _columns[leaf.Index];
            _values[leaf.Index] = ordinal < 0 || ArrowCell.Text(batch.Column(ordinal), row) is not { } text ? null : leaf.Kind switch
            {
                LeafKind.Patient => $"Patient/{text}",
                LeafKind.Encounter => EncounterOf(text, shown!, batch, row),
                LeafKind.Unit => _book.IsUnit(text) ? text : null,
                _ => leaf.Written(text, shown!),
            };
        }

        foreach (var (code, system, text) in _source.Doubles)
            if (_values[code.Index] == _values[text.Index] && (system is null || _values[system.Index] is null)) _values[code.Index] = null;
        foreach (var leaf in _source.Leaves)
            if (leaf.Constant is { } constant) _values[leaf.Index] = leaf.With is { } with && _values[with.Index] is null ? null : constant;
    }

    /// <summary>The record of an encounter can be computed from its number where both are shown as they are.</summary>
    private string? EncounterOf(string number, ScopedColumn shown, RecordBatch batch, int row) =>
        shown.Action == ItemAction.Clear && _book.EncounterSet is { } encounters && _table.Find(SystemColumns.Record)?.Action == ItemAction.Clear
            && Organisation(batch, row) is { } organisation
            ? $"Encounter/{IngestFunctions.Key(encounters, organisation, number)}"
            : null;

    private void Write(Utf8JsonWriter writer, ElementNode.Property property)
    {
        writer.WritePropertyName(property.Encoded);
        if (property.Found.Many) writer.WriteStartArray();
        foreach (var slot in property.Slots.Values)
        {
            if (!slot.Fills(_values)) continue;
            if (slot.Leaf is { } leaf) Write(writer, leaf.Type, _values[leaf.Index]!);
            else Write(writer, slot.Node!);
        }

        if (property.Found.Many) writer.WriteEndArray();
    }

    private void Write(Utf8JsonWriter writer, ElementNode node)
    {
        writer.WriteStartObject();
        foreach (var property in node.Properties)
        {
            var any = false;
            foreach (var slot in property.Slots.Values) any |= slot.Fills(_values);
            if (any && (property.Rivals.Count == 0 || property.IsWritten(_values))) Write(writer, property);
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string type, string value)
    {
        if (type == "boolean") writer.WriteBooleanValue(value == "true");
        else if (FhirTypes.IsNumber(type)) writer.WriteRawValue(value);
        else writer.WriteStringValue(value);
    }

    /// <summary>An element that must be there and is not: the code for what nobody knows, or the reason why it is missing.</summary>
    private void Write(Utf8JsonWriter writer, ResourceSource.Fill fill)
    {
        if (fill.Unknown)
        {
            writer.WriteString(fill.Name, "unknown");
            return;
        }

        var hidden = _source.Leaves.Any(l => l.Item is not null && l.Path.StartsWith($"{_source.Type}.{fill.Name}", StringComparison.Ordinal) && _columns[l.Index].Ordinal < 0);
        writer.WritePropertyName(fill.Primitive ? $"_{fill.Name}" : fill.Name);
        if (fill.Many) writer.WriteStartArray();
        writer.WriteStartObject();
        writer.WriteStartArray("extension");
        writer.WriteStartObject();
        writer.WriteString("url", AbsentReason);
        writer.WriteString("valueCode", hidden ? "masked" : "unknown");
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
        if (fill.Many) writer.WriteEndArray();
    }

    private void WriteMeta(Utf8JsonWriter writer, RecordBatch batch, int row)
    {
        writer.WriteStartObject("meta");
        writer.WriteString("versionId", Version(batch, row));
        if (Updated(batch, row) is { } updated) writer.WriteString("lastUpdated", ArrivalTimes.Text(updated));
        if (Organisation(batch, row) is { Length: > 0 } organisation) writer.WriteString("source", $"urn:yunnao:org:{Uri.EscapeDataString(organisation)}");
        Codings("security", _security);
        Codings("tag", _elements is null ? [] : ["SUBSETTED"]);
        writer.WriteEndObject();

        void Codings(string name, string[] codes)
        {
            if (codes.Length == 0) return;
            writer.WriteStartArray(name);
            foreach (var code in codes)
            {
                writer.WriteStartObject();
                writer.WriteString("system", ObservationValue);
                writer.WriteString("code", code);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }
    }

    /// <summary>How what is shown differs from what is stored (v3-ObservationValue): pseudonyms, first characters only, or something not at all.</summary>
    private IEnumerable<string> Security()
    {
        var items = _source.Shape.DataSet.Items;
        var actions = items.Where(i => i.Paths.ContainsKey("fhir")).Select(i => i.Roles.HasFlag(Standards.Roles.Subject) ? _table.Find(SystemColumns.Subject)?.Action : _table.Find(i.Name)?.Action).Append(_table.Find(_source.IdColumn)?.Action).ToHashSet();
        if (actions.Contains(ItemAction.Mask)) yield return "MASKED";
        if (actions.Contains(ItemAction.Pseudonym)) yield return "PSEUDED";
        if (actions.Contains(null)) yield return "REDACTED";
    }
}
