using System.Collections.Concurrent;
using System.Data.Common;

namespace Yunnao.Services.Imaging.Index;

/// <summary>Numbers for the few UIDs that every instance names, those of SOP classes and transfer syntaxes, so that each is kept once.</summary>
internal sealed class UidCodes(Func<DbConnection> connect)
{
    private readonly ConcurrentDictionary<string, long> _ids = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, string> _uids = new();

    /// <summary>The number of a UID, which is given one if it has none.</summary>
    public long IdOf(string uid, IndexStatements sql)
    {
        if (_ids.TryGetValue(uid, out var known)) return known;
        var id = sql.Query<long?>("SELECT id FROM uid WHERE uid = @uid", [uid], r => r.GetInt64(0));
        if (id is null)
        {
            id = sql.Query<long>("SELECT COALESCE(MAX(id), 0) + 1 FROM uid", [], r => r.GetInt64(0));
            sql.Run("INSERT INTO uid (id, uid) VALUES (@id, @uid)", id, uid);
        }

        (_ids[uid], _uids[id.Value]) = (id.Value, uid);
        return id.Value;
    }

    /// <summary>The UID of a number.</summary>
    public string UidOf(long id)
    {
        if (_uids.TryGetValue(id, out var known)) return known;
        using var sql = new IndexStatements(connect());
        var uid = sql.Query("SELECT uid FROM uid WHERE id = @id", [id], r => r.GetString(0)) ?? "";
        if (uid.Length > 0) (_uids[id], _ids[uid]) = (uid, id);
        return uid;
    }

    /// <summary>The number of a UID that is asked for; null when no instance has it.</summary>
    public long? Find(string uid, IndexStatements sql) => _ids.TryGetValue(uid, out var known) ? known : sql.Query<long?>("SELECT id FROM uid WHERE uid = @uid", [uid], r => r.GetInt64(0));

    /// <summary>Forgets numbers that may have been given in a transaction that was taken back.</summary>
    public void Forget()
    {
        _ids.Clear();
        _uids.Clear();
    }
}
