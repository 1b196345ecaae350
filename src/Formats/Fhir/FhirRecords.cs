namespace Yunnao.Formats.Fhir;

/// <summary>Turns documents into records: each resource into rows or a rejection.</summary>
internal sealed class FhirRecords
{
    private readonly FhirModel _model;
    private readonly RowWriter _rows;
    private readonly IRowSink _sink;
    private readonly PathReport? _report;
    private readonly InputWindow _window;
    private readonly JsonTape _tape;
    private readonly FhirValues _values;
    private readonly TypeNames _types = new();
    private readonly List<int> _children = [];

    public FhirRecords(FhirModel model, RowWriter rows, IRowSink sink, PathReport? report, InputWindow window)
    {
        (_model, _rows, _sink, _report, _window) = (model, rows, sink, report, window);
        _tape = new JsonTape(model.Names, all: report is not null);
        _values = new FhirValues(_tape);
        if (report is not null) model.Map(report.Elements);
    }

    /// <summary>Records so far.</summary>
    public long Count { get; private set; }

    public void Finish() => _rows.Finish();

    /// <summary>Reads a document that is a resource, a Bundle or an array of resources.</summary>
    /// <param name="offset">Its place in the input.</param>
    public void Document(ReadOnlySpan<byte> json, long offset, long line)
    {
        if (Read(json) is { } code) Reject(code, null, offset, line);
        else if (_tape[0].Kind == JsonKind.Array) Elements(json, 0, offset, line);
        else Resource(json, 0, default, offset, line, isTop: true);
    }

    /// <summary>Reads an entry of a Bundle.</summary>
    public void Entry(ReadOnlySpan<byte> json, long offset, long line)
    {
        if (Read(json) is { } code) Reject(code, null, offset, line);
        else Entry(json, 0, offset, line);
    }

    /// <summary>Reads one element of an array of resources.</summary>
    public void Element(ReadOnlySpan<byte> json, long offset, long line)
    {
        if (Read(json) is { } code) Reject(code, null, offset, line);
        else Resource(json, 0, default, offset, line, isTop: true);
    }

    public void Reject(string code, string? path, long offset, long line) => _sink.Reject(new(++Count, offset, line, code, path));

    private string? Read(ReadOnlySpan<byte> json) => _window.IsDamaged(json) ? "fhir.encoding" : _tape.Read(json);

    private void Elements(ReadOnlySpan<byte> json, int array, long offset, long line)
    {
        for (var element = array + 1; element < _tape[array].Next; element = _tape[element].Next)
            Resource(json, element, default, offset + _tape[element].Start, LineOf(json, element, line), isTop: false);
    }

    private void Entry(ReadOnlySpan<byte> json, int entry, long offset, long line)
    {
        var isObject = _tape[entry].Kind == JsonKind.Object;
        var resource = isObject ? _tape.Child(entry, _model.Resource) : -1;
        if (resource < 0)
        {
            Reject("fhir.no-resource", "Bundle.entry", offset, line);
            return;
        }

        var fullUrl = _tape.Child(entry, _model.FullUrl);
        ReadOnlySpan<byte> id = default;
        if (fullUrl >= 0 && _tape[fullUrl].Kind == JsonKind.Text) id = FhirReference.Id(_values.Text(json, fullUrl));
        Resource(json, resource, id, offset, line, isTop: false);
    }

    /// <param name="id">Its id by the full URL of its entry, for when it has none itself.</param>
    /// <param name="isTop">True when it may be a Bundle whose entries are the records.</param>
    private void Resource(ReadOnlySpan<byte> json, int resource, ReadOnlySpan<byte> id, long offset, long line, bool isTop)
    {
        var typeNode = _tape[resource].Kind == JsonKind.Object ? _tape.Child(resource, _model.ResourceType) : -1;
        var typeText = typeNode >= 0 && _tape[typeNode].Kind == JsonKind.Text ? _values.Text(json, typeNode) : default;
        if (typeText.IsEmpty)
        {
            Reject("fhir.no-resource-type", null, offset, line);
            return;
        }

        if (isTop && typeText.SequenceEqual("Bundle"u8))
        {
            Bundle(json, resource, offset, line);
            return;
        }

        var type = _types.Of(typeText);
        var plans = type is null ? [] : _model.Of(type);
        if (type is not null) Note(json, resource, type, plans.Length > 0);
        Count++;
        var made = 0;
        foreach (var plan in plans) made += Rows(json, plan, resource, id, offset);
        if (made == 0) _sink.Reject(new(Count, offset, line, plans.Length == 0 ? "mapping.none" : "mapping.no-row", type));
    }

    private void Bundle(ReadOnlySpan<byte> json, int bundle, long offset, long line)
    {
        var entries = _tape.Child(bundle, _model.Entry);
        if (entries < 0 || _tape[entries].Kind != JsonKind.Array) return;
        for (var entry = entries + 1; entry < _tape[entries].Next; entry = _tape[entry].Next)
            Entry(json, entry, offset + _tape[entry].Start, LineOf(json, entry, line));
    }

    private long LineOf(ReadOnlySpan<byte> json, int node, long line) => line + InputWindow.LineEnds(json[.._tape[node].Start]);

    private int Rows(ReadOnlySpan<byte> json, FhirPlan plan, int resource, ReadOnlySpan<byte> id, long offset)
    {
        if (plan.Row is null) return Row(json, plan, resource, resource, id, offset);
        _children.Clear();
        _values.Collect(json, resource, plan.Row, _children);
        var made = 0;
        foreach (var child in _children) made += Row(json, plan, resource, child, id, offset);
        return made;
    }

    private int Row(ReadOnlySpan<byte> json, FhirPlan plan, int resource, int row, ReadOnlySpan<byte> id, long offset)
    {
        foreach (var condition in plan.Where)
            if (!_values.Holds(json, condition.Path.FromResource ? resource : row, condition)) return 0;
        var batch = _rows.Batch(plan.Number);
        for (var i = 0; i < plan.Columns.Length; i++)
            foreach (var path in plan.Columns[i])
            {
                var found = _values.TryFirst(json, path.FromResource ? resource : row, path.Steps, out var value);
                if (!found && !id.IsEmpty && path.FromResource && path.Steps.Length == 1 && path.Steps[0].Name == _model.Id) value = id;
                else if (!found) continue;
                batch.Set(i, value);
                break;
            }

        _rows.EndRow(plan.Number, Count, offset);
        return 1;
    }

    private void Note(ReadOnlySpan<byte> json, int resource, string type, bool mapped)
    {
        if (_report is null) return;
        _report.AddType(type, 1, mapped);
        Note(json, resource, _report.Elements.Of(type));
    }

    private void Note(ReadOnlySpan<byte> json, int parent, ElementNode element)
    {
        for (var node = parent + 1; node < _tape[parent].Next; node = _tape[node].Next)
        {
            ref readonly var found = ref _tape[node];
            var child = found.NameLength == 0 ? element : element.Child(json.Slice(found.NameStart, found.NameLength));
            if (child is null || found.Kind == JsonKind.Null) continue;
            if (found.Kind is JsonKind.Object or JsonKind.Array) Note(json, node, child);
            else child.Count++;
        }
    }
}
