using System.Collections.Concurrent;
using System.Data.Common;
using Yunnao.Formats.Dicom.Deidentification;
using Yunnao.Kernel;

namespace Yunnao.Services.Imaging.Index;

/// <summary>Questions to the index. Any number of readers at once, beside the one writer.</summary>
internal sealed class ImageIndex : IDisposable
{
    private const int FewStudies = 100_000;
    private readonly IndexDialect _dialect;
    private readonly IndexCipher _cipher;
    private readonly ConcurrentBag<IndexStatements> _idle = [];

    public ImageIndex(IndexDialect dialect, IndexCipher cipher)
    {
        (_dialect, _cipher) = (dialect, cipher);
        Codes = new(() => dialect.Connect(forWriting: false));
    }

    public UidCodes Codes { get; }

    /// <summary>Brings in what the answer must have: called before each question.</summary>
    public Action BeforeAsking { get; set; } = () => { };

    /// <summary>
    /// Why a question is not answered, or null: what it asks for is sealed, or said of each instance, nothing narrows it, and there are too many studies to read them all.
    /// Problem: <c>imaging.query-too-wide</c>.
    /// </summary>
    public Problem? Refuse(ImageQuery query)
    {
        if (QueryText.Of(query, _cipher, _ => 0) is not { IsWide: true }) return null;
        return Query("SELECT 1 FROM study LIMIT 1 OFFSET @few", [(long)FewStudies], _ => true).Count == 0
            ? null
            : new(ProblemKind.Incorrect, "imaging.query-too-wide", "Begin names without a wildcard, or add a patient number, an accession number, a study or days (at most 92): what is asked for could only be found by reading everything.");
    }

    /// <summary>The matches, one by one; the connection is given back at the end, or when the caller stops.</summary>
    public IEnumerable<ImageAnswer> Search(ImageQuery query)
    {
        var statements = Take();
        try
        {
            if (QueryText.Of(query, _cipher, uid => Codes.Find(uid, statements)) is not { } text) yield break;
            using var rows = statements.Read(text.Sql, text.Values, isLimited: !text.Compares);
            var (passed, given) = (0, 0);
            while (given < query.Limit && rows.Next())
            {
                // Whether a row matches is told by its facts alone; the headers are unsealed of those that do.
                var facts = Facts(rows.Reader, query.Level == QueryLevel.Patient ? 6 : 12);
                if (text.Compares && (!text.Matches(facts) || passed++ < query.Offset)) continue;
                given++;
                yield return Read(query.Level, rows.Reader, facts);
            }
        }
        finally
        {
            _idle.Add(statements);
        }
    }

    /// <summary>The patients of these numbers, as far as they have studies.</summary>
    public List<long> Patients(IEnumerable<(string Organisation, string Local)> numbers) =>
        [.. numbers.SelectMany(n => Query("SELECT id FROM patient WHERE local = @local AND org = @org", [_cipher.LookUp('l', n.Local), n.Organisation], r => r.GetInt64(0)))];

    /// <summary>A series by its UID, with its study; null when there is none. An empty study UID is not compared.</summary>
    public (StudyRow Study, SeriesRow Series)? FindSeries(string study, string series)
    {
        var found = Search(new(QueryLevel.Series, [new(Formats.Dicom.Tags.SeriesInstanceUid, series)])).FirstOrDefault();
        return found is null || (study.Length > 0 && found.Study!.Uid != study) ? null : (found.Study!, found.Series!);
    }

    /// <summary>The study whose UID has this code (<see cref="Formats.Dicom.Deidentification.UidPseudonym"/>).</summary>
    public StudyRow? FindStudy(long code) => Query("SELECT " + QueryText.StudyColumns + " FROM study s WHERE s.code = @code", [code], r => ReadStudy(r, 0)).FirstOrDefault();

    public StudyRow? FindStudy(string uid) => Search(new(QueryLevel.Study, [new(Formats.Dicom.Tags.StudyInstanceUid, uid)])).FirstOrDefault()?.Study;

    /// <summary>The series of a study, by number.</summary>
    public List<SeriesRow> SeriesOf(StudyRow study) => Query(
        "SELECT " + QueryText.SeriesColumns + " FROM series e WHERE e.study = @study ORDER BY e.number, e.id", [study.Id], r => ReadSeries(r, 0));

    /// <summary>The instances of a series, by their number in it.</summary>
    public List<InstanceRow> InstancesOf(SeriesRow series) =>
        [.. Query("SELECT " + QueryText.InstanceColumns + " FROM instance i WHERE i.series = @series ORDER BY i.place", [series.Id], r => ReadInstance(r, 0)).OrderBy(i => i.InstanceNumber ?? long.MaxValue).ThenBy(i => i.Number)];

    /// <summary>An instance by its UID, with the rows above it; null when there is none. Empty UIDs of study and series are not compared.</summary>
    public ImageAnswer? FindInstance(string study, string series, string instance) => Above(study, series, Instances(UidPseudonym.CodeOf(instance)).Find(i => i.Uid == instance));

    /// <summary>The instance whose UID has this code.</summary>
    public ImageAnswer? FindInstance(long code) => Above("", "", Instances(code).FirstOrDefault());

    private List<InstanceRow> Instances(long code) => Query(
        "SELECT " + QueryText.InstanceColumns + " FROM instance_uid u JOIN instance i ON i.series = u.series AND i.place = u.place WHERE u.hash = @hash", [code], r => ReadInstance(r, 0));

    private ImageAnswer? Above(string study, string series, InstanceRow? found)
    {
        if (found is null) return null;
        var above = Query(
            "SELECT " + QueryText.StudyColumns + ", " + QueryText.SeriesColumns + " FROM series e JOIN study s ON s.id = e.study WHERE e.id = @id", [found.Series], r => (Study: ReadStudy(r, 0), Series: ReadSeries(r, QueryText.StudyWidth))).FirstOrDefault();
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
        "SELECT s.changed, " + QueryText.PatientColumns + ", " + QueryText.StudyColumns + " FROM study s JOIN patient p ON p.id = s.patient WHERE s.changed > @after ORDER BY s.changed LIMIT @limit", [after, (long)limit], r => (r.GetInt64(0), ReadPatient(r, 1), ReadStudy(r, 9)));

    public void Dispose()
    {
        while (_idle.TryTake(out var statements)) statements.Dispose();
    }

    private List<T> Query<T>(string sql, ReadOnlySpan<object?> values, Func<DbDataReader, T> read)
    {
        var statements = Take();
        try
        {
            return statements.QueryAll(sql, values, read);
        }
        finally
        {
            _idle.Add(statements);
        }
    }

    private IndexStatements Take()
    {
        BeforeAsking();
        return _idle.TryTake(out var statements) ? statements : new(_dialect.Connect(forWriting: false));
    }

    /// <param name="facts">What the row says of the person.</param>
    private ImageAnswer Read(QueryLevel level, DbDataReader row, PersonFacts facts) => level switch
    {
        QueryLevel.Patient => new(ReadPatient(row, 0, facts), null, null, null),
        QueryLevel.Study => new(null, ReadStudy(row, 0, facts), null, null),
        QueryLevel.Series => new(null, ReadStudy(row, 0, facts), ReadSeries(row, QueryText.StudyWidth), null),
        _ => new(null, ReadStudy(row, 0, facts), ReadSeries(row, QueryText.StudyWidth), ReadInstance(row, QueryText.StudyWidth + QueryText.SeriesWidth)),
    };

    private PatientRow ReadPatient(DbDataReader r, int at, PersonFacts? facts = null) => new(
        r.GetInt64(at), r.GetString(at + 1), r.GetString(at + 2), r.GetInt64(at + 3), r.GetInt64(at + 4), r.GetInt64(at + 5), facts ?? Facts(r, at + 6), Header(r, at + 7));

    private StudyRow ReadStudy(DbDataReader r, int at, PersonFacts? facts = null) => new(
        r.GetInt64(at), r.GetInt64(at + 1), r.GetString(at + 2), r.GetString(at + 3), r.GetString(at + 4), r.GetString(at + 5), r.GetString(at + 6), r.GetString(at + 7),
        r.GetInt64(at + 8), r.GetInt64(at + 9), r.GetInt64(at + 10), r.IsDBNull(at + 11) ? null : r.GetString(at + 11), facts ?? Facts(r, at + 12), Header(r, at + 13));

    private SeriesRow ReadSeries(DbDataReader r, int at) => new(
        r.GetInt64(at), r.GetInt64(at + 1), r.GetString(at + 2), r.GetString(at + 3), r.IsDBNull(at + 4) ? null : r.GetInt64(at + 4),
        r.GetInt64(at + 5), r.GetInt64(at + 6), Header(r, at + 7));

    private InstanceRow ReadInstance(DbDataReader r, int at) => new(
        r.GetInt64(at), r.GetInt64(at + 1), r.GetString(at + 2), Codes.UidOf(r.GetInt64(at + 3)), Codes.UidOf(r.GetInt64(at + 4)),
        r.IsDBNull(at + 5) ? null : r.GetInt64(at + 5), r.GetInt64(at + 6),
        new((int)r.GetInt64(at + 7), r.GetInt64(at + 8), r.GetInt64(at + 9), r.GetInt64(at + 10) != 0), r.GetInt64(at + 11),
        (byte[])r[at + 12], FrameTable.Of((byte[])r[at + 13]), Header(r, at + 14));

    private HeaderBlock Header(DbDataReader r, int at) => new(_cipher.Open((byte[])r[at]));

    private PersonFacts Facts(DbDataReader r, int at) => PersonFacts.Of(_cipher.Open((byte[])r[at]));

    private static long Long(DbDataReader r, int at) => Convert.ToInt64(r.GetValue(at), System.Globalization.CultureInfo.InvariantCulture);
}
