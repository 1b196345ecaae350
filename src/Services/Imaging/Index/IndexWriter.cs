using System.Data.Common;
using System.Globalization;
using Yunnao.Formats.Dicom;
using Yunnao.Formats.Dicom.Deidentification;
using Yunnao.Services.Imaging.Store;

namespace Yunnao.Services.Imaging.Index;

/// <summary>
/// Brings instances into the index, a group in one transaction. Counts of studies, series and patients are kept with it, so that no question
/// has to count. One writer a process; what was seen lately is remembered.
/// </summary>
internal sealed class IndexWriter : IDisposable
{
    private const int Remembered = 4096;
    private readonly DbConnection _connection;
    private readonly TimeProvider _clock;
    private readonly IndexStatements _sql;
    private readonly UidCodes _codes;
    private readonly IndexCipher _cipher;
    private readonly Dictionary<string, SeriesState> _series = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StudyState> _studies = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _states = new(StringComparer.Ordinal);
    private readonly HashSet<SeriesState> _changedSeries = [];
    private readonly HashSet<StudyState> _changedStudies = [];
    private DbTransaction? _transaction;
    private long _nextId;

    public IndexWriter(DbConnection connection, UidCodes codes, IndexCipher cipher, TimeProvider clock)
    {
        (_connection, _codes, _cipher, _clock) = (connection, codes, cipher, clock);
        _sql = new(connection);
        Known = new(_sql);
        _nextId = long.Parse(State("next_id") ?? "1", CultureInfo.InvariantCulture);
    }

    /// <summary>What is there, with what was just added.</summary>
    public KnownInstances Known { get; }

    /// <summary>A value of the table of states, or null.</summary>
    public string? State(string name) => _sql.Query("SELECT value FROM state WHERE name = @name", [name], r => r.GetString(0));

    public void Begin()
    {
        _transaction = _connection.BeginTransaction();
        _sql.Transaction = _transaction;
    }

    /// <summary>Writes the counts and where the packs end: the last of a transaction.</summary>
    public void Complete(int pack, long end)
    {
        var now = _clock.GetUtcNow().UtcTicks;
        foreach (var series in _changedSeries)
            _sql.Run("UPDATE series SET instances = @instances, bytes = @bytes, next = @next WHERE id = @id", series.Instances, series.Bytes, series.Next, series.Id);
        foreach (var study in _changedStudies)
        {
            _sql.Run(
                "UPDATE study SET series = @series, instances = @instances, bytes = @bytes, modalities = @modalities, classes = @classes, changed = @changed WHERE id = @id",
                study.Series, study.Instances, study.Bytes, string.Join('\\', study.Modalities), string.Join('\\', study.Classes), now, study.Id);
            _sql.Run(
                "UPDATE patient SET series = series + @series, instances = instances + @instances, studies = studies + @studies WHERE id = @id",
                study.NewSeries, study.NewInstances, study.NewStudies, study.Patient);
            (study.NewSeries, study.NewInstances, study.NewStudies) = (0, 0, 0);
        }

        _changedSeries.Clear();
        _changedStudies.Clear();
        SetState("pack", pack);
        SetState("pack_end", end);
        SetState("next_id", _nextId);
    }

    /// <summary>Makes final what was completed.</summary>
    public void Commit()
    {
        _transaction!.Commit();
        _transaction.Dispose();
        _sql.Transaction = _transaction = null;
        if (_series.Count > Remembered) _series.Clear();
        if (_studies.Count > Remembered) _studies.Clear();
    }

    /// <summary>Takes the transaction back and forgets what was remembered.</summary>
    public void Rollback()
    {
        try
        {
            _transaction?.Rollback();
        }
        catch (DbException)
        {
            // The database has taken it back by itself, because the disk is full.
        }

        _transaction?.Dispose();
        _sql.Transaction = _transaction = null;
        _series.Clear();
        _studies.Clear();
        _changedSeries.Clear();
        _changedStudies.Clear();
        _states.Clear();
        _codes.Forget();
    }

    /// <summary>Why an instance that is new cannot be put where its UIDs say, or null.</summary>
    public string? Contradiction(InstanceHeader header, string organisation)
    {
        if (FindSeries(header.SeriesUid) is { } series && series.StudyUid != header.StudyUid) return "imaging.series-of-other-study";
        return FindStudy(header.StudyUid) is { } study && (study.Local != LocalOf(header.Text(Tags.PatientId)) || study.Organisation != organisation) ? "imaging.study-of-other-patient" : null;
    }

    /// <summary>Adds an instance that is new.</summary>
    /// <returns>The code of what keeps its study from being joined to its patient, when the study is new and something does.</returns>
    public string? Add(InstanceHeader header, PackRecord record, byte[] dataHash, PackPlace place)
    {
        var (study, held) = FindStudy(header.StudyUid) is { } known ? (known, null) : AddStudy(header, record.Organisation);
        var series = FindSeries(header.SeriesUid) ?? AddSeries(header, study);
        var number = series.Next++;
        var difference = series.Header.Difference(header.Block);
        _sql.Run(
            "INSERT INTO instance (series, place, uid, class, syntax, number, frames, pack, pack_offset, length, is_object, data_start, hash, data_hash, pixels, header) "
            + "VALUES (@series, @place, @uid, @class, @syntax, @number, @frames, @pack, @pack_offset, @length, @is_object, @data_start, @hash, @data_hash, @pixels, @header)",
            series.Id, number, header.InstanceUid, _codes.IdOf(header.SopClass, _sql), _codes.IdOf(header.TransferSyntax, _sql), header.Number(Tags.InstanceNumber),
            (long)header.Frames.Count, (long)place.Pack, place.Offset, place.Length, place.IsObject ? 1 : 0, header.DataStart, record.Hash, dataHash,
            header.Frames.ToBytes(), _cipher.Seal(difference.Bytes.Span));
        _sql.Run("INSERT INTO instance_uid (hash, series, place) VALUES (@hash, @series, @place)", UidPseudonym.CodeOf(header.InstanceUid), series.Id, number);
        series.Instances++;
        series.Bytes += place.Length;
        study.Instances++;
        study.NewInstances++;
        study.Bytes += place.Length;
        study.Classes.Add(header.SopClass);
        _changedSeries.Add(series);
        _changedStudies.Add(study);
        return held;
    }

    /// <summary>Notes a file that is kept but not among the images.</summary>
    public void Quarantine(string reason, PackRecord record, PackPlace place, string study, string series, string instance) => _sql.Run(
        "INSERT INTO quarantine (id, received, reason, org, sender, study, series, instance, pack, pack_offset, length, is_object, hash) "
        + "VALUES (@id, @received, @reason, @org, @sender, @study, @series, @instance, @pack, @pack_offset, @length, @is_object, @hash)",
        _nextId++, record.ReceivedTicks, reason, record.Organisation, record.Sender, study, series, instance, (long)place.Pack, place.Offset, place.Length, place.IsObject ? 1 : 0, record.Hash);

    /// <summary>Takes instances of a series out of the index; the series and study go with their last one.</summary>
    public void Remove(StudyRow study, SeriesRow series, IReadOnlyList<InstanceRow> instances)
    {
        foreach (var instance in instances)
        {
            _sql.Run("DELETE FROM instance_uid WHERE hash = @hash AND series = @series AND place = @place", UidPseudonym.CodeOf(instance.Uid), instance.Series, instance.Number);
            _sql.Run("DELETE FROM instance WHERE series = @series AND place = @place", instance.Series, instance.Number);
        }

        var bytes = instances.Sum(i => i.Place.Length);
        var seriesGone = instances.Count == series.Instances;
        if (seriesGone) _sql.Run("DELETE FROM series WHERE id = @id", series.Id);
        else _sql.Run("UPDATE series SET instances = instances - @instances, bytes = bytes - @bytes WHERE id = @id", (long)instances.Count, bytes, series.Id);
        _sql.Run(
            "UPDATE study SET series = series - @series, instances = instances - @instances, bytes = bytes - @bytes, changed = @changed WHERE id = @id",
            seriesGone ? 1L : 0L, (long)instances.Count, bytes, _clock.GetUtcNow().UtcTicks, study.Id);
        var left = _sql.Query<(long Instances, string Date, string Modalities)>(
            "SELECT instances, study_date, modalities FROM study WHERE id = @id", [study.Id], r => (r.GetInt64(0), r.GetString(1), r.GetString(2)));
        var studyGone = left.Instances == 0;
        if (studyGone)
        {
            foreach (var modality in left.Modalities.Split('\\', StringSplitOptions.RemoveEmptyEntries))
                _sql.Run("DELETE FROM study_modality WHERE modality = @modality AND study_date = @study_date AND study = @study", modality, left.Date, study.Id);
            _sql.Run("DELETE FROM study WHERE id = @id", study.Id);
            RemoveName(study);
        }

        _sql.Run(
            "UPDATE patient SET series = series - @series, instances = instances - @instances, studies = studies - @studies WHERE id = @id",
            seriesGone ? 1L : 0L, (long)instances.Count, studyGone ? 1L : 0L, study.Patient);
        _sql.Run("DELETE FROM patient WHERE id = @id AND studies = 0", study.Patient);
        _series.Clear();
        _studies.Clear();
    }

    /// <summary>Takes away what a name was found by, as far as no other study of the patient carries it.</summary>
    private void RemoveName(StudyRow gone)
    {
        var others = _sql.QueryAll("SELECT facts FROM study WHERE patient = @patient", [gone.Patient], r => PersonFacts.Of(_cipher.Open((byte[])r[0])).Name);
        var needed = others.Distinct(StringComparer.Ordinal).SelectMany(NameKeys.Tokens).ToHashSet();
        foreach (var token in NameKeys.Tokens(gone.Facts.Name))
            if (!needed.Contains(token)) _sql.Run("DELETE FROM patient_name WHERE token = @token AND patient = @patient", _cipher.Token(token.Kind, token.Text), gone.Patient);
    }

    public void Dispose()
    {
        _sql.Dispose();
    }

    private void SetState(string name, long value)
    {
        if (_states.TryGetValue(name, out var known) && known == value) return;
        _sql.Run("INSERT INTO state (name, value) VALUES (@name, @value) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value.ToString(CultureInfo.InvariantCulture));
        _states[name] = value;
    }

    private StudyState? FindStudy(string uid)
    {
        if (_studies.TryGetValue(uid, out var known)) return known;
        var found = _sql.Query(
            "SELECT s.id, s.patient, s.local, s.org, s.series, s.instances, s.bytes, s.modalities, s.classes, s.study_date FROM study s WHERE s.uid = @uid",
            [uid], r => new StudyState(r.GetInt64(0), r.GetInt64(1), r.GetString(2), r.GetString(3), r.GetString(9))
            {
                Series = r.GetInt64(4),
                Instances = r.GetInt64(5),
                Bytes = r.GetInt64(6),
                Modalities = [.. r.GetString(7).Split('\\', StringSplitOptions.RemoveEmptyEntries)],
                Classes = [.. r.GetString(8).Split('\\', StringSplitOptions.RemoveEmptyEntries)],
            });
        if (found is not null) _studies[uid] = found;
        return found;
    }

    private SeriesState? FindSeries(string uid)
    {
        if (_series.TryGetValue(uid, out var known)) return known;
        var found = _sql.Query(
            "SELECT e.id, s.uid, e.instances, e.bytes, e.next, e.header FROM series e JOIN study s ON s.id = e.study WHERE e.uid = @uid",
            [uid], r => new SeriesState(r.GetInt64(0), r.GetString(1), new(_cipher.Open((byte[])r[5]))) { Instances = r.GetInt64(2), Bytes = r.GetInt64(3), Next = r.GetInt64(4) });
        if (found is not null) _series[uid] = found;
        return found;
    }

    private (StudyState Study, string? Held) AddStudy(InstanceHeader header, string organisation)
    {
        var facts = new PersonFacts(
            header.Text(Tags.PatientId), header.WholeText(Tags.PatientName), header.Date(Tags.PatientBirthDate), header.Text(Tags.AccessionNumber), header.Text(Tags.StudyId),
            NameKeys.Fold(header.WholeText(Tags.ReferringPhysicianName)));
        var (patient, held) = FindPatient(organisation, facts, header);
        var date = header.Date(Tags.StudyDate);
        var study = new StudyState(_nextId++, patient, LocalOf(facts.Local), organisation, date) { NewStudies = 1 };
        _sql.Run(
            "INSERT INTO study (id, patient, org, uid, code, study_date, study_time, accession, description, local, sex, modalities, classes, series, instances, bytes, changed, held, facts, header) "
            + "VALUES (@id, @patient, @org, @uid, @code, @study_date, @study_time, @accession, @description, @local, @sex, '', '', 0, 0, 0, 0, @held, @facts, @header)",
            study.Id, patient, organisation, header.StudyUid, UidPseudonym.CodeOf(header.StudyUid), date, header.Text(Tags.StudyTime),
            facts.Accession.Length == 0 ? "" : _cipher.LookUp('a', facts.Accession), NameKeys.Fold(header.Text(Tags.StudyDescription)), study.Local, header.Text(Tags.PatientSex), held,
            _cipher.Seal(facts.ToBytes()), _cipher.Seal(header.Block.Only(Levels.IsOfStudy).Bytes.Span));
        _studies[header.StudyUid] = study;
        return (study, held);
    }

    /// <summary>What stands for a patient number.</summary>
    private string LocalOf(string local) => _cipher.LookUp('l', local);

    private (long Id, string? Held) FindPatient(string organisation, PersonFacts facts, InstanceHeader header)
    {
        var local = LocalOf(facts.Local);
        var found = _sql.Query<(long Id, byte[] Facts)?>("SELECT id, facts FROM patient WHERE local = @local AND org = @org", [local, organisation], r => (r.GetInt64(0), (byte[])r[1]));
        if (found is { } patient)
        {
            var known = PersonFacts.Of(_cipher.Open(patient.Facts));
            if (known.Name != facts.Name) AddName(patient.Id, facts.Name);
            if (facts.Local.Length == 0) return (patient.Id, null);
            if (known.Birth.Length > 0 && facts.Birth.Length > 0 && known.Birth != facts.Birth) return (patient.Id, "imaging.patient-birth-date");
            return (patient.Id, NameKeys.Agree(known.Name, facts.Name) ? null : "imaging.patient-name");
        }

        var id = _nextId++;
        _sql.Run(
            "INSERT INTO patient (id, org, local, sex, studies, series, instances, facts, header) VALUES (@id, @org, @local, @sex, 0, 0, 0, @facts, @header)",
            id, organisation, local, header.Text(Tags.PatientSex), _cipher.Seal(facts.ToBytes()), _cipher.Seal(header.Block.Only(Levels.IsOfPatient).Bytes.Span));
        AddName(id, facts.Name);
        return (id, null);
    }

    private void AddName(long patient, string name)
    {
        foreach (var (kind, text) in NameKeys.Tokens(name))
            _sql.Run("INSERT INTO patient_name (token, patient) VALUES (@token, @patient) ON CONFLICT DO NOTHING", _cipher.Token(kind, text), patient);
    }

    private SeriesState AddSeries(InstanceHeader header, StudyState study)
    {
        var modality = header.Text(Tags.Modality);
        var series = new SeriesState(_nextId++, header.StudyUid, header.Block);
        _sql.Run(
            "INSERT INTO series (id, study, uid, modality, number, description, body_part, series_date, series_time, instances, bytes, next, header) "
            + "VALUES (@id, @study, @uid, @modality, @number, @description, @body_part, @series_date, @series_time, 0, 0, 0, @header)",
            series.Id, study.Id, header.SeriesUid, modality, header.Number(Tags.SeriesNumber), NameKeys.Fold(header.Text(Tags.SeriesDescription)),
            header.Text(Tags.BodyPartExamined), header.Date(Tags.SeriesDate), header.Text(Tags.SeriesTime), _cipher.Seal(header.Block.Bytes.Span));
        study.Series++;
        study.NewSeries++;
        if (modality.Length > 0 && study.Modalities.Add(modality))
            _sql.Run("INSERT INTO study_modality (modality, study_date, study) VALUES (@modality, @study_date, @study) ON CONFLICT DO NOTHING", modality, study.Date, study.Id);
        _series[header.SeriesUid] = series;
        return series;
    }

    private sealed class SeriesState(long id, string studyUid, HeaderBlock header)
    {
        public long Id => id;

        public string StudyUid => studyUid;

        public HeaderBlock Header => header;

        public long Instances { get; set; }

        public long Bytes { get; set; }

        public long Next { get; set; }
    }

    private sealed class StudyState(long id, long patient, string local, string organisation, string date)
    {
        public long Id => id;

        public long Patient => patient;

        public string Local => local;

        public string Organisation => organisation;

        public string Date => date;

        public long Series { get; set; }

        public long Instances { get; set; }

        public long Bytes { get; set; }

        public SortedSet<string> Modalities { get; init; } = new(StringComparer.Ordinal);

        public SortedSet<string> Classes { get; init; } = new(StringComparer.Ordinal);

        public long NewStudies { get; set; }

        public long NewSeries { get; set; }

        public long NewInstances { get; set; }
    }
}
