using Yunnao.Formats.Dicom.Deidentification;
using Yunnao.Services.Imaging.Store;

namespace Yunnao.Services.Imaging.Index;

/// <summary>Tells of a file that comes whether it is there already.</summary>
internal sealed class KnownInstances(IndexStatements sql)
{
    /// <summary>True when the very same file, or one with the same data set, is there already.</summary>
    /// <param name="isTaken">An instance of the same UID is there, with other bytes.</param>
    public bool Has(FileFacts file, out bool isTaken)
    {
        isTaken = false;
        if (!file.Header.Try(out var header, out _)) return IsQuarantined("", file);
        if (Find(header.InstanceUid) is not { } there) return IsQuarantined(header.InstanceUid, file);
        if (there.Hash.AsSpan().SequenceEqual(file.Hash) || (there.DataHash.AsSpan().SequenceEqual(file.DataHash) && there.SeriesUid == header.SeriesUid)) return true;
        isTaken = true;
        return IsQuarantined(header.InstanceUid, file);
    }

    private (byte[] Hash, byte[] DataHash, string SeriesUid)? Find(string instanceUid) => sql.Query<(byte[], byte[], string)?>(
        "SELECT i.hash, i.data_hash, s.uid FROM instance_uid u JOIN instance i ON i.series = u.series AND i.place = u.place JOIN series s ON s.id = i.series WHERE u.hash = @hash AND i.uid = @uid",
        [UidPseudonym.CodeOf(instanceUid), instanceUid], r => ((byte[])r[0], (byte[])r[1], r.GetString(2)));

    private bool IsQuarantined(string instance, FileFacts file) =>
        sql.Query<bool?>("SELECT 1 FROM quarantine WHERE instance = @instance LIMIT 1", [instance], _ => true) is true
        && sql.Query<bool?>("SELECT 1 FROM quarantine WHERE instance = @instance AND hash = @hash", [instance, file.Hash], _ => true) is true;
}
