using System.Globalization;
using System.Text;
using Yunnao.Formats.Dicom;

namespace Yunnao.Services.Imaging.Index;

/// <summary>
/// Makes the SQL of a question: one walk along the index that narrows most, in its order, so that the answer's first page costs the same
/// however much the archive holds.
/// </summary>
internal sealed class QueryText
{
    private const int ShortRangeDays = 92;
    private readonly ImageQuery _query;
    private readonly Func<string, long?> _codeOf;
    private readonly List<object?> _values = [];
    private readonly List<string> _conditions = [];
    private string? _nameRange;
    private string? _modality;
    private bool _isPoint;
    private int? _days;

    private QueryText(ImageQuery query, Func<string, long?> codeOf) => (_query, _codeOf) = (query, codeOf);

    /// <summary>Columns of each table, in the order in which <see cref="ImageIndex"/> reads them.</summary>
    public const string PatientColumns = "p.id, p.org, p.local, p.name, p.birth, p.sex, p.studies, p.series, p.instances, p.header";
    public const string StudyColumns = "s.id, s.patient, s.uid, s.study_date, s.study_time, s.modalities, s.classes, s.series, s.instances, s.bytes, s.held, s.header";
    public const string SeriesColumns = "e.id, e.study, e.uid, e.modality, e.number, e.instances, e.bytes, e.header";
    public const string InstanceColumns = "i.series, i.place, i.uid, i.class, i.syntax, i.number, i.frames, i.pack, i.pack_offset, i.length, i.is_object, i.data_start, i.hash, i.pixels, i.header";

    /// <summary>The statement and its values; null when nothing can match.</summary>
    public static (string Sql, List<object?> Values)? Of(ImageQuery query, Func<string, long?> codeOf)
    {
        var text = new QueryText(query, codeOf);
        foreach (var key in query.Keys)
            if (key.Value.Length > 0 && key.Value != "*" && KeyColumn.Of(key.Tag) is { } column && !text.Add(column, key.Value)) return null;
        return (text.Build(), text._values);
    }

    private string Build()
    {
        var columns = _query.Level switch
        {
            QueryLevel.Patient => PatientColumns,
            QueryLevel.Study => StudyColumns,
            QueryLevel.Series => $"{StudyColumns}, {SeriesColumns}",
            _ => $"{StudyColumns}, {SeriesColumns}, {InstanceColumns}",
        };
        var (source, order) = Source();
        var where = _conditions.Count == 0 ? "" : " WHERE " + string.Join(" AND ", _conditions);
        var distinct = _query.Level == QueryLevel.Patient ? " GROUP BY p.id" : "";
        return $"SELECT {columns} FROM {source}{where}{distinct} ORDER BY {order} LIMIT {_query.Limit.ToString(CultureInfo.InvariantCulture)} OFFSET {_query.Offset.ToString(CultureInfo.InvariantCulture)}";
    }

    /// <summary>Where the walk begins, and the order that it has by itself.</summary>
    private (string Source, string Order) Source()
    {
        if (_query.Level == QueryLevel.Patient) return ("patient p JOIN study s ON s.patient = p.id", "p.id");
        var (source, order) = ("study s", "s.study_date DESC, s.id DESC");
        if (_isPoint) { }
        else if (_nameRange is not null && _days is not <= ShortRangeDays)
        {
            source = "study_name n JOIN study s ON s.id = n.study";
            order = "n.word, n.study";
            _conditions.Add(_nameRange);
        }
        else
        {
            if (_nameRange is not null) _conditions.Add($"EXISTS (SELECT 1 FROM study_name n WHERE n.study = s.id AND {_nameRange})");
            if (_modality is not null)
            {
                source = "study_modality m JOIN study s ON s.id = m.study";
                order = "m.study_date DESC, m.study DESC";
                _conditions.Add(_modality);
            }
        }

        if (_isPoint)
        {
            if (_nameRange is not null) _conditions.Add($"EXISTS (SELECT 1 FROM study_name n WHERE n.study = s.id AND {_nameRange})");
            if (_modality is not null) _conditions.Add($"EXISTS (SELECT 1 FROM study_modality m WHERE m.study = s.id AND {_modality})");
        }

        if (_query.Level == QueryLevel.Study) return (source, order);
        source += " JOIN series e ON e.study = s.id";
        if (_query.Level == QueryLevel.Series) return (source, order + ", e.number, e.id");
        return (source + " JOIN instance i ON i.series = e.id", order + ", e.number, e.id, i.place");
    }

    private bool Add(KeyColumn column, string value)
    {
        if (column.Level > _query.Level) return true;
        switch (column.Kind)
        {
            case KeyKind.Name: AddName(value); return true;
            case KeyKind.Uid: AddUids(column.Column, value); return true;
            case KeyKind.Date: AddRange(column.Column, value, isDate: true); return true;
            case KeyKind.Time: AddRange(column.Column, value, isDate: false); return true;
            case KeyKind.Modality: AddModality(value); return true;
            case KeyKind.Member: _conditions.Add($"('\\' || {column.Column} || '\\') LIKE {Parameter("%\\" + value + "\\%")}"); return true;
            case KeyKind.Number:
                if (!long.TryParse(value.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return false;
                _conditions.Add($"{column.Column} = {Parameter(number)}");
                return true;
            case KeyKind.Code:
                if (_codeOf(value) is not { } code) return false;
                _conditions.Add($"{column.Column} = {Parameter(code)}");
                return true;
            case KeyKind.Folded: AddText(column.Column, NameKeys.Fold(value)); return true;
            default: AddText(column.Column, value.Trim()); return true;
        }
    }

    private void AddText(string column, string value)
    {
        var isPattern = value.AsSpan().ContainsAny('*', '?');
        if (!isPattern && column is "s.local" or "s.accession") _isPoint = true;
        _conditions.Add(isPattern ? Pattern(column, value) : $"{column} = {Parameter(value)}");
    }

    private void AddUids(string column, string value)
    {
        var uids = value.Split('\\', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        _isPoint = true;
        _conditions.Add(uids.Length == 1 ? $"{column} = {Parameter(uids[0])}" : $"{column} IN ({string.Join(", ", uids.Select(u => Parameter(u)))})");
        if (column != "i.uid") return;

        // The instance is found by the number of its UID; its series and study follow from it.
        var places = string.Join(", ", uids.Select(u => Parameter(IndexWriter.HashOf(u))));
        _conditions.Add($"EXISTS (SELECT 1 FROM instance_uid u WHERE u.hash IN ({places}) AND u.series = i.series AND u.place = i.place)");
        _conditions.Add($"e.id IN (SELECT u.series FROM instance_uid u WHERE u.hash IN ({places}))");
    }

    private void AddModality(string value)
    {
        var modalities = value.Split('\\', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (modalities.Length == 1 && !modalities[0].AsSpan().ContainsAny('*', '?')) _modality = $"m.modality = {Parameter(modalities[0])}";
        else _conditions.Add($"EXISTS (SELECT 1 FROM study_modality m WHERE m.study = s.id AND ({string.Join(" OR ", modalities.Select(m => Pattern("m.modality", m)))}))");
    }

    private void AddRange(string column, string value, bool isDate)
    {
        var hyphen = value.IndexOf('-', StringComparison.Ordinal);
        var (from, to) = hyphen < 0 ? (Plain(value), Plain(value)) : (Plain(value[..hyphen]), Plain(value[(hyphen + 1)..]));
        _conditions.Add($"{column} <> ''");
        if (from.Length > 0) _conditions.Add($"{column} >= {Parameter(from)}");

        // A time that is less exact than what is stored holds all that begins with it.
        if (to.Length > 0) _conditions.Add($"{column} <= {Parameter(isDate ? to : to + "~")}");
        if (column == "s.study_date" && DicomTime.TryParseDate(from, out var first) && DicomTime.TryParseDate(to, out var last)) _days = last.DayNumber - first.DayNumber + 1;
    }

    private void AddName(string value)
    {
        if (_query.Fuzzy)
        {
            foreach (var word in NameKeys.Words(value.Replace("*", "", StringComparison.Ordinal).Replace("?", "", StringComparison.Ordinal)).ToList() is var words && words.Count > 1 ? words.Take(words.Count - 1) : words)
            {
                var range = $"n.kind = 1 AND {Prefix("n.word", word)}";
                if (_nameRange is null) _nameRange = range;
                else _conditions.Add($"EXISTS (SELECT 1 FROM study_name n WHERE n.study = s.id AND {range})");
            }

            return;
        }

        var groups = NameKeys.Groups(value).ToList();
        foreach (var group in groups)
        {
            var star = group.AsSpan().IndexOfAny('*', '?');
            var plain = star < 0 ? group : group[..star];
            var condition = star < 0 ? $"n.kind = 0 AND n.word = {Parameter(group)}"
                : plain.Length > 0 ? $"n.kind = 0 AND {Prefix("n.word", plain)}" + (group.AsSpan(star).SequenceEqual("*") ? "" : $" AND {Pattern("n.word", group)}")
                : $"n.kind = 0 AND {Pattern("n.word", group)}";
            if (_nameRange is null) _nameRange = condition;
            else _conditions.Add($"EXISTS (SELECT 1 FROM study_name n WHERE n.study = s.id AND {condition})");
        }
    }

    private string Prefix(string column, string prefix) => $"{column} >= {Parameter(prefix)} AND {column} < {Parameter(prefix + "\U0010FFFF")}";

    private string Pattern(string column, string value)
    {
        var pattern = new StringBuilder(value.Length + 4);
        foreach (var character in value)
        {
            if (character is '%' or '_' or '!') pattern.Append('!');
            pattern.Append(character switch { '*' => '%', '?' => '_', _ => character });
        }

        return $"{column} LIKE {Parameter(pattern.ToString())} ESCAPE '!'";
    }

    private string Parameter(object value)
    {
        _values.Add(value);
        return string.Create(CultureInfo.InvariantCulture, $"@v{_values.Count}");
    }

    private static string Plain(string text) => text.Trim().Replace(".", "", StringComparison.Ordinal).Replace(":", "", StringComparison.Ordinal);
}
