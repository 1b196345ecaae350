using System.Data.Common;
using System.Text.RegularExpressions;
using Xunit;
using Yunnao.Formats.Dicom;
using Yunnao.Services.Imaging.Index;
using Yunnao.Tests.Engines.Trust;
using Yunnao.Trust.Keys;

namespace Yunnao.Tests.Engines.Imaging;

/// <summary>What the databases say of how they will answer: a billion instances must never be read to find some.</summary>
public sealed partial class QueryPlanTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-plans-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Of_no_question_SQLite_reads_all_instances_or_sorts_what_it_has_not_narrowed() =>
        Ask(new SqliteDialect(Path.Combine(_folder, "index.db")), _ => { }, "EXPLAIN QUERY PLAN ", 3, IsFaultOfSqlite);

    /// <summary>PostgreSQL plans by what it has counted, so it is given an archive of half a million instances.</summary>
    [Fact]
    public void Of_no_question_PostgreSQL_reads_all_instances_or_sorts_what_it_has_not_narrowed()
    {
        if (PrivatePostgreSql.NewDatabase() is not { } database) Assert.Skip(PrivatePostgreSql.HowToGet);
        else Ask(new PostgreSqlDialect(database), Fill, "EXPLAIN (COSTS OFF) ", 0, IsFaultOfPostgreSql);
    }

    private void Ask(IndexDialect dialect, Action<DbConnection> fill, string explain, int column, Func<string, ImageQuery, bool> isFault)
    {
        using var keys = KeyRing.Open(_folder, Suite.Aes).Value;
        using var cipher = new IndexCipher(keys.Current(KeyUse.ImageIndex, Suite.Aes));
        using (var writing = dialect.Connect(forWriting: true))
        {
            Assert.True(IndexSchema.Open(writing, dialect, cipher.KeyId, writes: true));
            fill(writing);
        }

        using var connection = dialect.Connect(forWriting: false);
        var (faults, asked, refused) = (new List<string>(), 0, 0);
        foreach (var question in Questions())
        {
            var text = QueryText.Of(question, cipher, _ => 1)!;
            if (text.IsWide)
            {
                refused++;
                continue;
            }

            asked++;
            using var command = connection.CreateCommand();
            command.CommandText = explain + text.Sql;
            for (var i = 0; i < text.Values.Count; i++)
            {
                var parameter = command.CreateParameter();
                (parameter.ParameterName, parameter.Value) = ($"@v{i + 1}", text.Values[i]);
                command.Parameters.Add(parameter);
            }

            using var plan = command.ExecuteReader();
            var steps = new List<string>();
            while (plan.Read()) steps.Add(plan.GetString(column));
            if (steps.Exists(s => isFault(s, question)))
                faults.Add($"{question.Level} {string.Join(" & ", question.Keys.Select(k => $"{k.Tag}={k.Value}"))} {question.Bound}:\n{string.Join('\n', steps)}");
        }

        Assert.True(faults.Count == 0, $"{faults.Count} of {asked}\n{string.Join("\n\n", faults)}");
        Assert.True(asked > 150 && refused > 10, $"{asked} asked, {refused} refused");
    }

    /// <summary>Instances are reached by the key of their series or by their UID, and a walk along all studies goes in the order of the answer.</summary>
    private static bool IsFaultOfSqlite(string step, ImageQuery question)
    {
        if (InstancesRead().IsMatch(step) || step.Contains("AUTOMATIC", StringComparison.Ordinal)) return true;
        if (step.StartsWith("SCAN ", StringComparison.Ordinal)) return !step.Contains(" USING ", StringComparison.Ordinal) && step != "SCAN p";
        return step == "USE TEMP B-TREE FOR ORDER BY" && question.Bound?.Patients is null && !question.Keys.Any(Narrows);
    }

    private static bool IsFaultOfPostgreSql(string step, ImageQuery question)
    {
        if (ReadsAll().IsMatch(step)) return true;
        return step.TrimStart().TrimStart('-', '>', ' ').StartsWith("Sort", StringComparison.Ordinal) && !step.Contains("Key", StringComparison.Ordinal) && question.Bound?.Patients is null && !question.Keys.Any(Narrows);
    }

    private static void Fill(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = """
            INSERT INTO patient SELECT n, CASE WHEN n % 3 = 0 THEN 'H2' ELSE 'H1' END, 'l' || n, 'F', 1, 1, 20, '', '' FROM generate_series(1, 25000) n;
            INSERT INTO study SELECT n, n, CASE WHEN n % 3 = 0 THEN 'H2' ELSE 'H1' END, '1.2.' || n, n, to_char(date '2015-01-01' + n % 4000, 'YYYYMMDD'), '', 'a' || n, 'CHEST', 'l' || n, 'F',
                CASE WHEN n % 10 = 0 THEN 'MR' ELSE 'CT' END, '1', 1, 20, 1, n, NULL, '', '' FROM generate_series(1, 25000) n;
            INSERT INTO study_modality SELECT modalities, study_date, id FROM study;
            INSERT INTO series SELECT n, n, '1.2.1.' || n, CASE WHEN n % 10 = 0 THEN 'MR' ELSE 'CT' END, 1, '', 'CHEST', '', '', 20, 1, 21, '' FROM generate_series(1, 25000) n;
            INSERT INTO instance SELECT s, p, '1.2.1.' || s || '.' || p, 1, 1, p, 1, 1, 1, 1, 1, 1, '', '', '', '' FROM generate_series(1, 25000) s, generate_series(1, 20) p;
            INSERT INTO instance_uid SELECT s * 100 + p, s, p FROM generate_series(1, 25000) s, generate_series(1, 20) p;
            INSERT INTO patient_name SELECT t, p FROM generate_series(1, 500) t, generate_series(1, 25000, 500) p;
            ANALYZE;
            """;
        command.ExecuteNonQuery();
    }

    /// <summary>True for what leaves one person, study, series, instance or a few days.</summary>
    private static bool Narrows(MatchKey key) =>
        key.Tag == Tags.PatientId || key.Tag == Tags.AccessionNumber || key.Tag == Tags.StudyInstanceUid || key.Tag == Tags.SeriesInstanceUid || key.Tag == Tags.SopInstanceUid || (key.Tag == Tags.StudyDate && key.Value.Length == 8);

    private static IEnumerable<ImageQuery> Questions()
    {
        (DicomTag, string)[][] keys =
        [
            [], [(Tags.PatientId, "PID1")], [(Tags.PatientId, "PID*")], [(Tags.PatientName, "Zhang^San")], [(Tags.PatientName, "Zhang*")], [(Tags.PatientName, "*mith")], [(Tags.PatientName, "Zh?ng*")],
            [(Tags.PatientBirthDate, "19500101")], [(Tags.PatientSex, "F")], [(Tags.StudyDate, "20240101")], [(Tags.StudyDate, "20240101-20240201")], [(Tags.StudyDate, "20000101-20240101")], [(Tags.StudyDate, "20240101-")],
            [(Tags.AccessionNumber, "A1")], [(Tags.ModalitiesInStudy, "CT")], [(Tags.ModalitiesInStudy, "CT\\MR")], [(Tags.ModalitiesInStudy, "C*")], [(Tags.StudyDescription, "*chest*")], [(Tags.StudyInstanceUid, "1.2")], [(Tags.StudyInstanceUid, "1.2\\1.3")],
            [(Tags.SeriesInstanceUid, "1.2.1")], [(Tags.SopInstanceUid, "1.2.1.1")], [(Tags.SopInstanceUid, "1.2.1.1\\1.2.1.2")], [(Tags.Modality, "CT")], [(Tags.BodyPartExamined, "CHEST")],
            [(Tags.PatientName, "Zhang*"), (Tags.StudyDate, "20240101")], [(Tags.PatientName, "Zhang*"), (Tags.StudyDate, "20000101-20240101")], [(Tags.PatientName, "Zhang*"), (Tags.ModalitiesInStudy, "CT")], [(Tags.PatientId, "PID1"), (Tags.ModalitiesInStudy, "CT")],
            [(Tags.StudyDate, "20240101"), (Tags.ModalitiesInStudy, "CT"), (Tags.PatientSex, "F")], [(Tags.SopClassUid, "1.2")], [(Tags.InstanceNumber, "5")], [(Tags.StudyInstanceUid, "1.2"), (Tags.InstanceNumber, "5")], [(Tags.StudyDate, "20240101"), (Tags.SopClassUid, "1.2")],
            [(Tags.StudyInstanceUid, "1.2"), (Tags.SeriesInstanceUid, "1.2.1"), (Tags.SopInstanceUid, "1.2.1.1")],
        ];
        RowBound?[] bounds = [null, new(["H1"], null), new(["H1", "H2"], null), new(null, [1, 2]), new(["H1"], [1])];
        foreach (var level in Enum.GetValues<QueryLevel>())
            foreach (var bound in bounds)
                foreach (var some in keys)
                    foreach (var fuzzy in new[] { false, true })
                        if (!fuzzy || some.Any(k => k.Item1 == Tags.PatientName)) yield return new(level, [.. some.Select(k => new MatchKey(k.Item1, k.Item2))], 0, 100, fuzzy) { Bound = bound };
    }

    [GeneratedRegex("^SCAN [iu]\\b|^SEARCH i USING (?!PRIMARY KEY \\(series=)")]
    private static partial Regex InstancesRead();

    [GeneratedRegex(@"Seq Scan on (instance|instance_uid|series|study|study_modality|patient_name)\b")]
    private static partial Regex ReadsAll();
}
