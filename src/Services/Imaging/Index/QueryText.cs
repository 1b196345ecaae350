using System.Globalization;
using System.IO.Enumeration;
using System.Text;
using Yunnao.Formats.Dicom;

namespace Yunnao.Services.Imaging.Index;

/// <summary>
/// Makes the SQL of a question: one walk along the index that narrows most, in its order, so that the answer's first page costs the same
/// however much the archive holds. What is sealed is found by keyed hashes where these can tell, and compared after unsealing.
/// </summary>
internal sealed class QueryText
{
    private const int ShortRangeDays = 92;
    private readonly ImageQuery _query;
    private readonly Func<string, long?> _codeOf;
    private readonly IndexCipher _cipher;
    private readonly List<object?> _values = [];
    private readonly List<string> _conditions = [];
    private readonly List<string> _tokens = [];
    private readonly List<Func<PersonFacts, bool>> _checks = [];
    private string? _modality;
    private bool _isPoint;
    private bool _readsInstances;
    private int? _days;

    private QueryText(ImageQuery query, IndexCipher cipher, Func<string, long?> codeOf) => (_query, _cipher, _codeOf) = (query, cipher, codeOf);

    /// <summary>The statement.</summary>
    public string Sql { get; private set; } = "";

    /// <summary>Values of its parameters, @v1 and so on.</summary>
    public IReadOnlyList<object?> Values => _values;

    /// <summary>True when a match of the statement has still to be compared, so that the statement does not limit.</summary>
    public bool Compares => _checks.Count > 0;

    /// <summary>True when nothing narrows the rows that have to be compared, or the instances that have to be looked at.</summary>
    public bool IsWide => (Compares || _readsInstances) && !_isPoint && _tokens.Count == 0 && _days is not <= ShortRangeDays && _query.Bound?.Patients is null;

    /// <summary>True when a match of the statement is one after unsealing.</summary>
    public bool Matches(PersonFacts facts) => _checks.TrueForAll(check => check(facts));

    /// <summary>Columns of each table, in the order in which <see cref="ImageIndex"/> reads them.</summary>
    public const string PatientColumns = "p.id, p.org, p.sex, p.studies, p.series, p.instances, p.facts, p.header";
    public const string StudyColumns = "s.id, s.patient, s.org, s.uid, s.study_date, s.study_time, s.modalities, s.classes, s.series, s.instances, s.bytes, s.held, s.facts, s.header";
    public const int StudyWidth = 14, SeriesWidth = 8;
    public const string SeriesColumns = "e.id, e.study, e.uid, e.modality, e.number, e.instances, e.bytes, e.header";
    public const string InstanceColumns = "i.series, i.place, i.uid, i.class, i.syntax, i.number, i.frames, i.pack, i.pack_offset, i.length, i.is_object, i.data_start, i.hash, i.pixels, i.header";

    /// <summary>The statement of a question; null when nothing can match.</summary>
    public static QueryText? Of(ImageQuery query, IndexCipher cipher, Func<string, long?> codeOf)
    {
        var text = new QueryText(query, cipher, codeOf);
        foreach (var key in query.Keys)
            if (key.Value.Length > 0 && key.Value != "*" && KeyColumn.Of(key.Tag) is { } column && !text.Add(column, key.Value)) return null;
        if (query.Bound is { } bound && !text.AddBound(bound)) return null;
        text.Build();
        return text;
    }

    private void Build()
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
        var limit = Compares ? "" : string.Create(CultureInfo.InvariantCulture, $" LIMIT {_query.Limit} OFFSET {_query.Offset}");
        Sql = $"SELECT {columns} FROM {source}{where}{distinct} ORDER BY {order}{limit}";
    }

    /// <summary>The tables in the order of the walk, and the order of answers that it has by itself.</summary>
    private (string Source, string Order) Source()
    {
        var (tables, order) = _query.Level == QueryLevel.Patient ? Patients() : Studies();
        if (_query.Level >= QueryLevel.Series)
        {
            tables.Add("series e");
            _conditions.Add("e.study = s.id");
            order += ", e.number, e.id";
        }

        if (_query.Level == QueryLevel.Image)
        {
            tables.Add("instance i");
            _conditions.Add("i.series = e.id");
            order += ", i.place";
        }

        // Without the order of the tables a database that has counted nothing begins with all instances and sorts them. What is found by a key it finds by itself.
        return (string.Join(_isPoint || _query.Bound?.Patients is not null ? ", " : " CROSS JOIN ", tables), order);
    }

    private (List<string> Tables, string Order) Patients()
    {
        _conditions.Add("s.patient = p.id");
        if (_tokens.Count == 0) return (["patient p", "study s"], "p.id");
        _conditions.Add("p.id = n.patient");
        _conditions.Add(_tokens[0]);
        AddTokens("p.id", _tokens[1..]);
        return (["patient_name n", "patient p", "study s"], "p.id");
    }

    private (List<string> Tables, string Order) Studies()
    {
        var (tables, order) = (new List<string> { "study s" }, _query.WithoutOrder ? "s.code" : "s.study_date DESC, s.id DESC");
        var walksNames = _tokens.Count > 0 && !_isPoint && !_query.WithoutOrder && _days is not <= ShortRangeDays;
        var walksModality = _modality is not null && !_isPoint && !_query.WithoutOrder && !walksNames && _query.Bound?.Organisations is null;
        if (walksNames)
        {
            (tables, order) = (["patient_name n", "study s"], "n.patient, s.id");
            _conditions.Add("s.patient = n.patient");
            _conditions.Add(_tokens[0]);
            AddTokens("s.patient", _tokens[1..]);
        }
        else AddTokens("s.patient", _tokens);
        if (walksModality)
        {
            (tables, order) = (["study_modality m", "study s"], "m.study_date DESC, m.study DESC");
            _conditions.Add("s.id = m.study");
            _conditions.Add(_modality!);
        }
        else if (_modality is not null) _conditions.Add(Has(_modality));
        return (tables, order);
    }

    /// <summary>With the date the whole key of the table is given: without it every study of the modality would be looked at.</summary>
    private static string Has(string modality) => $"EXISTS (SELECT 1 FROM study_modality m WHERE {modality} AND m.study_date = s.study_date AND m.study = s.id)";

    private void AddTokens(string patient, IReadOnlyList<string> tokens)
    {
        foreach (var token in tokens) _conditions.Add($"EXISTS (SELECT 1 FROM patient_name n WHERE {token} AND n.patient = {patient})");
    }

    private bool AddBound(RowBound bound)
    {
        if (bound.Organisations is { } organisations)
        {
            if (organisations.Count == 0) return false;

            // What finds few studies by itself must not walk all of an institution instead, nor all of several be sorted: an expression has no index.
            var column = _isPoint || _tokens.Count > 0 || bound.Patients is not null || organisations.Count > 1 ? "s.org || ''" : "s.org";
            _conditions.Add(organisations.Count == 1 ? $"{column} = {Parameter(organisations[0])}" : $"{column} IN ({string.Join(", ", organisations.Select(Parameter))})");
        }

        if (bound.Patients is { } patients)
        {
            if (patients.Count == 0) return false;
            _conditions.Add($"s.patient IN ({string.Join(", ", patients.Select(p => Parameter(p)))})");
        }

        return true;
    }

    private bool Add(KeyColumn column, string value)
    {
        if (column.Level > _query.Level) return true;
        _readsInstances |= column is { Level: QueryLevel.Image, Kind: not KeyKind.Uid };
        switch (column.Kind)
        {
            case KeyKind.Name: AddName(value); return true;
            case KeyKind.LookUp: AddLookUp(column, value.Trim()); return true;
            case KeyKind.Sealed: AddCheck(column, value.Trim()); return true;
            case KeyKind.SealedFolded: AddCheck(column, NameKeys.Fold(value)); return true;
            case KeyKind.SealedDate: AddSealedDate(column, value); return true;
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
        _conditions.Add(IsPattern(value) ? Pattern(column, value) : $"{column} = {Parameter(value)}");
    }

    private void AddLookUp(KeyColumn column, string value)
    {
        if (IsPattern(value))
        {
            AddCheck(column, value);
            return;
        }

        _isPoint = true;
        _conditions.Add($"{column.Column} = {Parameter(_cipher.LookUp(column.Column[2], value))}");
    }

    private void AddCheck(KeyColumn column, string value) => _checks.Add(IsPattern(value) ? facts => Fits(value, column.Fact!(facts)) : facts => column.Fact!(facts) == value);

    private void AddSealedDate(KeyColumn column, string value)
    {
        var (from, to) = Range(value);
        _checks.Add(facts => column.Fact!(facts) is { Length: > 0 } day && (from.Length == 0 || string.CompareOrdinal(day, from) >= 0) && (to.Length == 0 || string.CompareOrdinal(day, to) <= 0));
    }

    private void AddUids(string column, string value)
    {
        var uids = value.Split('\\', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        _isPoint = true;
        _conditions.Add(uids.Length == 1 ? $"{column} = {Parameter(uids[0])}" : $"{column} IN ({string.Join(", ", uids.Select(u => Parameter(u)))})");
        if (column != "i.uid") return;

        // The instance is found by the number of its UID; its series and study follow from it.
        var places = string.Join(", ", uids.Select(u => Parameter(Formats.Dicom.Deidentification.UidPseudonym.CodeOf(u))));
        _conditions.Add($"EXISTS (SELECT 1 FROM instance_uid u WHERE u.hash IN ({places}) AND u.series = i.series AND u.place = i.place)");
        _conditions.Add($"e.id IN (SELECT u.series FROM instance_uid u WHERE u.hash IN ({places}))");
    }

    private void AddModality(string value)
    {
        var modalities = value.Split('\\', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (modalities.Length == 1 && !modalities[0].AsSpan().ContainsAny('*', '?')) _modality = $"m.modality = {Parameter(modalities[0])}";
        else _conditions.Add($"({string.Join(" OR ", modalities.Select(m => IsPattern(m) ? Pattern("('\\' || s.modalities || '\\')", "*\\" + m + "\\*") : Has($"m.modality = {Parameter(m)}")))})");
    }

    private void AddRange(string column, string value, bool isDate)
    {
        var (from, to) = Range(value);
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
            var asked = NameKeys.Words(value.Replace("*", "", StringComparison.Ordinal).Replace("?", "", StringComparison.Ordinal)).ToList();

            // The last of several is all of them together.
            if (asked.Count > 1) asked.RemoveAt(asked.Count - 1);
            foreach (var word in asked)
            {
                AddToken(NameKeys.WordPrefix, NameKeys.Prefix(word));
                _checks.Add(facts => NameKeys.Words(facts.Name).Any(w => w.StartsWith(word, StringComparison.Ordinal)));
            }

            return;
        }

        foreach (var group in NameKeys.Groups(value))
        {
            var star = group.AsSpan().IndexOfAny('*', '?');
            if (star < 0) AddToken(NameKeys.WholeGroup, group);
            else if (star > 0) AddToken(NameKeys.GroupPrefix, NameKeys.Prefix(group[..star]));
            _checks.Add(facts => NameKeys.Groups(facts.Name).Any(g => star < 0 ? g == group : Fits(group, g)));
        }
    }

    private void AddToken(char kind, string text) => _tokens.Add($"n.token = {Parameter(_cipher.Token(kind, text))}");

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

    private static bool IsPattern(string value) => value.AsSpan().ContainsAny('*', '?');

    /// <summary>True when a text fits a pattern of * and ? (PS3.4, C.2.2.2.4).</summary>
    private static bool Fits(string pattern, string text) => FileSystemName.MatchesSimpleExpression(pattern.Replace("\\", "\\\\", StringComparison.Ordinal), text, ignoreCase: false);

    private static (string From, string To) Range(string value)
    {
        var hyphen = value.IndexOf('-', StringComparison.Ordinal);
        return hyphen < 0 ? (Plain(value), Plain(value)) : (Plain(value[..hyphen]), Plain(value[(hyphen + 1)..]));
    }

    private static string Plain(string text) => text.Trim().Replace(".", "", StringComparison.Ordinal).Replace(":", "", StringComparison.Ordinal);
}
