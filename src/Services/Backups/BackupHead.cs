using System.Text.Json;
using System.Text.Json.Serialization;

namespace Yunnao.Services.Backups;

/// <summary>
/// What a backup says of itself in clear (<c>head.json</c>), so that it can be listed, and its keys be found, without any key. The same stands
/// encrypted at the end of its manifest, and one that was changed is noticed by that.
/// </summary>
/// <param name="Format">Version of the layout, see docs/layouts/backup.md.</param>
/// <param name="Id">Name of the backup: when it was begun, in UTC, and four random digits.</param>
/// <param name="Program">Version of the program.</param>
/// <param name="Platform">Whose backup it is; the same for all backups of a data folder.</param>
/// <param name="Master">Id of the master key that opens it.</param>
/// <param name="Ring">SHA-256 of <c>ring.json</c> beside it, hexadecimal.</param>
/// <param name="Registry">Fingerprint of the registry.</param>
/// <param name="Control">Where the control data were: <c>sqlite</c> (they are in the backup) or <c>postgresql</c> (they are not).</param>
/// <param name="Files">Files of the data folder, without objects.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Objects">Landed files and large images.</param>
/// <param name="ObjectBytes">Their bytes.</param>
/// <param name="Copied">Bytes that the place did not have yet.</param>
public sealed record BackupHead(
    int Format, string Id, DateTimeOffset Begun, DateTimeOffset Ended, string Program, string Platform, string Master, string Ring, string Registry,
    string Control, long Files, long Bytes, long Objects, long ObjectBytes, long Copied)
{
    /// <summary>The layout that is written.</summary>
    public const int Newest = 1;

    /// <summary>The control data are in a PostgreSQL database, whose backup is its operator's.</summary>
    public const string PostgreSql = "postgresql";

    internal static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>The head that is in a folder; null when there is none that can be read.</summary>
    internal static BackupHead? Read(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize<BackupHead>(File.ReadAllBytes(Path.Combine(folder, BackupPlace.HeadFile)), Json);
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
