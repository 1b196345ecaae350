using System.Collections.Concurrent;
using System.Data.Common;

namespace Yunnao.Services.Imaging.Index;

/// <summary>Questions to the index. Any number of readers at once, beside the one writer.</summary>
internal sealed class ImageIndex : IDisposable
{
    private readonly IndexDialect _dialect;
    private readonly ConcurrentBag<DbConnection> _idle = [];

    public ImageIndex(IndexDialect dialect)
    {
        _dialect = dialect;
        Codes = new(() => dialect.Connect(forWriting: false));
    }

    public UidCodes Codes { get; }

    /// <summary>The matches, one by one; the connection is given back at the end, or when the caller stops.</summary>
    public IEnumerable<ImageAnswer> Search(ImageQuery query)
    {
        var connection = Take();
        try
        {
            using var lookUp = new IndexStatements(connection);
            if (QueryText.Of(query, uid => Codes.Find(uid, lookUp)) is not var (sql, values)) yield break;
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 0; i < values.Count; i++)
            {
                var parameter = command.CreateParameter();
                (parameter.ParameterName, parameter.Value) = ("@v" + (i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture), values[i]);
                command.Parameters.Add(parameter);
            }

            using var reader = command.ExecuteReader();
            ImageAnswer? before = null;
            while (reader.Read())
            {
                var answer = Read(query.Level, reader);

                // A name that matches by two of its groups is found twice, one after the other.
                if (query.Level == QueryLevel.Study && before?.Study?.Id == answer.Study!.Id) continue;
                yield return before = answer;
            }
        }
        finally
        {
            _idle.Add(connection);
        }
    }

    /// <summary>A series by its UID, with its study; null when there is none. An empty study UID is not compared.</summary>
    public (StudyRow Study, SeriesRow Series)? FindSeries(string study, string series)
    {
        var found = Search(new(QueryLevel.Series, [new(Formats.Dicom.Tags.SeriesInstanceUid, series)])).FirstOrDefault();
        return found is null || (study.Length > 0 && found.Study!.Uid != study) ? null : (found.Study!, found.Series!);
    }

    public StudyRow? FindStudy(string uid) => Search(new(QueryLevel.Study, [new(Formats.Dicom.Tags.StudyInstanceUid, uid)])).FirstOrDefault()?.Study;

    /// <summary>Code of the institution whose patient number a study carries.</summary>
    public string OrganisationOf(StudyRow study) => Query("SELECT org FROM patient WHERE id = @id", [study.Patient], r => r.GetString(0))[0];

    /// <summary>The series of a study, by number.</summary>
    public List<SeriesRow> SeriesOf(StudyRow study) => Query(
        "SELECT " + QueryText.SeriesColumns + " FROM series e WHERE e.study = @study ORDER BY e.number, e.id", [study.Id], r => ReadSeries(r, 0));

    /// <summary>The instances of a series, by their number in it.</summary>
    public List<InstanceRow> InstancesOf(SeriesRow series) =>
        [.. Query("SELECT " + QueryText.InstanceColumns + " FROM instance i WHERE i.series = @series ORDER BY i.place", [series.Id], r => ReadInstance(r, 0)).OrderBy(i => i.InstanceNumber ?? long.MaxValue).ThenBy(i => i.Number)];

    /// <summary>An instance by its UID, with the rows above it; null when there is none. Empty UIDs of study and series are not compared.</summary>
    public ImageAnswer? FindInstance(string study, string series, string instance)
    {
        var found = Query(
            "SELECT " + QueryText.InstanceColumns + " FROM instance_uid u JOIN instance i ON i.series = u.series AND i.place = u.place WHERE u.hash = @hash AND i.uid = @uid",
            [IndexWriter.HashOf(instance), instance], r => ReadInstance(r, 0)).FirstOrDefault();
        if (found is null) return null;
        var above = Query(
            "SELECT " + QueryText.StudyColumns + ", " + QueryText.SeriesColumns + " FROM series e JOIN study s ON s.id = e.study WHERE e.id = @id", [found.Series], r => (Study: ReadStudy(r, 0), Series: ReadSeries(r, 12))).FirstOrDefault();
        if (above.Study is null || (study.Length > 0 && above.Study.Uid != study) || (series.Length > 0 && above.Series.Uid != series)) return null;
        return new(null, above.Study, above.Series, found);
    }

    /// <summary>Whether instances are there, by UID: for storage commitment.</summary>
    public bool Has(string sopClass, string instance) => FindInstance("", "", instance) is { } found && (sopClass.Length == 0 || found.Instance!.SopClass == sopClass);

    /// <summary>Patients, studies, series, instances, bytes, and what is in quarantine. Kept counts are added up over patients and studies, never over instances.</summary>
    public (long Patients, long Studies, long Series, long Instances, long Bytes, long Quarantined) Count() => Query(
        "SELECT (SELECT COUNT(*) FROM patient), COUNT(*), COALESCE(SUM(series), 0), COALESCE(SUM(instances), 0), COALESCE(SUM(bytes), 0), (SELECT COUNT(*) FROM quarantine) FROM study",
        [], r => (Long(r, 0), Long(r, 1), Long(r, 2), Long(r, 3), Long(r, 4), Long(r, 5)))[0];

    /// <summary>What is kept aside, the newest first.</summary>
    public List<QuarantineRow> Quarantine(int limit) => Query(
        "SELECT id, received, reason, org, sender, study, series, instance, pack, pack_offset, length, is_object, hash FROM quarantine ORDER BY id DESC LIMIT @limit", [(long)limit],
        r => new QuarantineRow(r.GetInt64(0), r.GetInt64(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetString(6), r.GetString(7), new((int)r.GetInt64(8), r.GetInt64(9), r.GetInt64(10), r.GetInt64(11) != 0), (byte[])r[12]));

    /// <summary>Studies that changed after a moment (ticks UTC), the earliest change first, with their patients.</summary>
    public List<(long Changed, PatientRow Patient, StudyRow Study)> Changed(long after, int limit) => Query(
        "SELECT s.changed, " + QueryText.PatientColumns + ", " + QueryText.StudyColumns + " FROM study s JOIN patient p ON p.id = s.patient WHERE s.changed > @after ORDER BY s.changed LIMIT @limit", [after, (long)limit], r => (r.GetInt64(0), ReadPatient(r, 1), ReadStudy(r, 11)));

    public void Dispose()
    {
        while (_idle.TryTake(out var connection)) connection.Dispose();
    }

    private List<T> Query<T>(string sql, ReadOnlySpan<object?> values, Func<DbDataReader, T> read)
    {
        var connection = Take();
        try
        {
            using var statements = new IndexStatements(connection);
            return statements.QueryAll(sql, values, read);
        }
        finally
        {
            _idle.Add(connection);
        }
    }

    private DbConnection Take() => _idle.TryTake(out var connection) ? connection : _dialect.Connect(forWriting: false);

    private ImageAnswer Read(QueryLevel level, DbDataReader row) => level switch
    {
        QueryLevel.Patient => new(ReadPatient(row, 0), null, null, null),
        QueryLevel.Study => new(null, ReadStudy(row, 0), null, null),
        QueryLevel.Series => new(null, ReadStudy(row, 0), ReadSeries(row, 12), null),
        _ => new(null, ReadStudy(row, 0), ReadSeries(row, 12), ReadInstance(row, 20)),
    };

    private static PatientRow ReadPatient(DbDataReader r, int at) => new(
        r.GetInt64(at), r.GetString(at + 1), r.GetString(at + 2), r.GetString(at + 3), r.GetString(at + 4), r.GetString(at + 5),
        r.GetInt64(at + 6), r.GetInt64(at + 7), r.GetInt64(at + 8), new((byte[])r[at + 9]));

    private static StudyRow ReadStudy(DbDataReader r, int at) => new(
        r.GetInt64(at), r.GetInt64(at + 1), r.GetString(at + 2), r.GetString(at + 3), r.GetString(at + 4), r.GetString(at + 5), r.GetString(at + 6),
        r.GetInt64(at + 7), r.GetInt64(at + 8), r.GetInt64(at + 9), r.IsDBNull(at + 10) ? null : r.GetString(at + 10), new((byte[])r[at + 11]));

    private static SeriesRow ReadSeries(DbDataReader r, int at) => new(
        r.GetInt64(at), r.GetInt64(at + 1), r.GetString(at + 2), r.GetString(at + 3), r.IsDBNull(at + 4) ? null : r.GetInt64(at + 4),
        r.GetInt64(at + 5), r.GetInt64(at + 6), new((byte[])r[at + 7]));

    private InstanceRow ReadInstance(DbDataReader r, int at) => new(
        r.GetInt64(at), r.GetInt64(at + 1), r.GetString(at + 2), Codes.UidOf(r.GetInt64(at + 3)), Codes.UidOf(r.GetInt64(at + 4)),
        r.IsDBNull(at + 5) ? null : r.GetInt64(at + 5), r.GetInt64(at + 6),
        new((int)r.GetInt64(at + 7), r.GetInt64(at + 8), r.GetInt64(at + 9), r.GetInt64(at + 10) != 0), r.GetInt64(at + 11),
        (byte[])r[at + 12], FrameTable.Of((byte[])r[at + 13]), new((byte[])r[at + 14]));

    private static long Long(DbDataReader r, int at) => Convert.ToInt64(r.GetValue(at), System.Globalization.CultureInfo.InvariantCulture);
}
