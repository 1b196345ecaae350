using System.Data.Common;

namespace Yunnao.Services.Imaging.Index;

/// <summary>The tables of the index; docs/layouts/imaging.md says what each column holds.</summary>
internal static class IndexSchema
{
    /// <summary>Raised when the tables change; an index of another version is made again from the packs.</summary>
    private const string Version = "2";

    private const string QuarantineIndex = "CREATE INDEX IF NOT EXISTS quarantine_instance ON quarantine (instance)";

    private static readonly string[] Tables =
        ["state", "uid", "patient", "study", "study_name", "patient_name", "study_modality", "series", "instance", "instance_uid", "quarantine"];

    /// <summary>Makes the tables where they are missing. Those of another version, or sealed with another key, are dropped by the writer.</summary>
    /// <returns>False when they are of another version or key and this one does not write.</returns>
    public static bool Open(DbConnection connection, IndexDialect d, int key, bool writes)
    {
        CreateState(connection, d);
        var (stamp, wanted) = (Stamp(connection), $"{Version}/{key}");
        if (stamp == wanted)
        {
            // Each file that comes is looked for among those kept aside; an index of the same version may lack what finds it.
            if (writes) Run(connection, QuarantineIndex);
            return true;
        }

        if (stamp is not null || !IsEmpty(connection))
        {
            if (!writes) return false;
            foreach (var table in Tables) Run(connection, $"DROP TABLE IF EXISTS {table}");
            CreateState(connection, d);
        }

        Create(connection, d);
        Run(connection, $"INSERT INTO state (name, value) VALUES ('stamp', '{wanted}') ON CONFLICT (name) DO NOTHING");
        return true;
    }

    private static bool IsEmpty(DbConnection connection) => Scalar(connection, "SELECT 1 FROM state LIMIT 1") is null;

    private static string? Stamp(DbConnection connection) => Scalar(connection, "SELECT value FROM state WHERE name = 'stamp'") as string;

    private static object? Scalar(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private static void Run(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static void CreateState(DbConnection connection, IndexDialect d) =>
        Run(connection, $"CREATE TABLE IF NOT EXISTS state (name {d.Text} PRIMARY KEY, value {d.Text} NOT NULL)");

    private static void Create(DbConnection connection, IndexDialect d)
    {
        Run(connection, $"""
            CREATE TABLE IF NOT EXISTS uid (id {d.Key}, uid {d.Text} NOT NULL);
            CREATE TABLE IF NOT EXISTS patient (
                id {d.Key}, org {d.Text} NOT NULL, local {d.Text} NOT NULL, sex {d.Text} NOT NULL,
                studies BIGINT NOT NULL, series BIGINT NOT NULL, instances BIGINT NOT NULL, facts {d.Bytes} NOT NULL, header {d.Bytes} NOT NULL);
            CREATE UNIQUE INDEX IF NOT EXISTS patient_local ON patient (local, org);
            CREATE TABLE IF NOT EXISTS study (
                id {d.Key}, patient BIGINT NOT NULL, org {d.Text} NOT NULL, uid {d.Text} NOT NULL, code BIGINT NOT NULL, study_date {d.Text} NOT NULL,
                study_time {d.Text} NOT NULL, accession {d.Text} NOT NULL, description {d.Text} NOT NULL, local {d.Text} NOT NULL, sex {d.Text} NOT NULL,
                modalities {d.Text} NOT NULL, classes {d.Text} NOT NULL, series BIGINT NOT NULL, instances BIGINT NOT NULL, bytes BIGINT NOT NULL,
                changed BIGINT NOT NULL, held {d.Text}, facts {d.Bytes} NOT NULL, header {d.Bytes} NOT NULL);
            CREATE UNIQUE INDEX IF NOT EXISTS study_uid ON study (uid);
            CREATE INDEX IF NOT EXISTS study_patient ON study (patient);
            CREATE INDEX IF NOT EXISTS study_code ON study (code);
            CREATE INDEX IF NOT EXISTS study_date ON study (study_date, id);
            CREATE INDEX IF NOT EXISTS study_org ON study (org, study_date, id);
            CREATE INDEX IF NOT EXISTS study_local ON study (local);
            CREATE INDEX IF NOT EXISTS study_accession ON study (accession);
            CREATE INDEX IF NOT EXISTS study_changed ON study (changed);
            CREATE TABLE IF NOT EXISTS patient_name (token BIGINT NOT NULL, patient BIGINT NOT NULL, PRIMARY KEY (token, patient)){d.Clustered};
            CREATE TABLE IF NOT EXISTS study_modality (modality {d.Text} NOT NULL, study_date {d.Text} NOT NULL, study BIGINT NOT NULL, PRIMARY KEY (modality, study_date, study)){d.Clustered};
            CREATE TABLE IF NOT EXISTS series (
                id {d.Key}, study BIGINT NOT NULL, uid {d.Text} NOT NULL, modality {d.Text} NOT NULL, number BIGINT, description {d.Text} NOT NULL,
                body_part {d.Text} NOT NULL, series_date {d.Text} NOT NULL, series_time {d.Text} NOT NULL,
                instances BIGINT NOT NULL, bytes BIGINT NOT NULL, next BIGINT NOT NULL, header {d.Bytes} NOT NULL);
            CREATE UNIQUE INDEX IF NOT EXISTS series_uid ON series (uid);
            CREATE INDEX IF NOT EXISTS series_study ON series (study);
            CREATE INDEX IF NOT EXISTS series_modality ON series (modality, id);
            CREATE TABLE IF NOT EXISTS instance (
                series BIGINT NOT NULL, place BIGINT NOT NULL, uid {d.Text} NOT NULL, class BIGINT NOT NULL, syntax BIGINT NOT NULL, number BIGINT,
                frames BIGINT NOT NULL, pack BIGINT NOT NULL, pack_offset BIGINT NOT NULL, length BIGINT NOT NULL, is_object INTEGER NOT NULL,
                data_start BIGINT NOT NULL, hash {d.Bytes} NOT NULL, data_hash {d.Bytes} NOT NULL, pixels {d.Bytes} NOT NULL, header {d.Bytes} NOT NULL,
                PRIMARY KEY (series, place)){d.Clustered};
            CREATE TABLE IF NOT EXISTS instance_uid (hash BIGINT NOT NULL, series BIGINT NOT NULL, place BIGINT NOT NULL, PRIMARY KEY (hash, series, place)){d.Clustered};
            CREATE TABLE IF NOT EXISTS quarantine (
                id {d.Key}, received BIGINT NOT NULL, reason {d.Text} NOT NULL, org {d.Text} NOT NULL, sender {d.Text} NOT NULL, study {d.Text} NOT NULL,
                series {d.Text} NOT NULL, instance {d.Text} NOT NULL, pack BIGINT NOT NULL, pack_offset BIGINT NOT NULL, length BIGINT NOT NULL,
                is_object INTEGER NOT NULL, hash {d.Bytes} NOT NULL);
            {QuarantineIndex};
            """);
    }
}
