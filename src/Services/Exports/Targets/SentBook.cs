using System.Text.Json;
using Yunnao.Lake.Objects;
using Yunnao.Services.Web;

namespace Yunnao.Services.Exports.Targets;

/// <summary>
/// The memory of what was sent to another platform, in a file beside the description of the target: no transaction spans two platforms. Every change is on the
/// disk before the next step; the file is open for one export at a time.
/// </summary>
/// <param name="whom">Where it was sent to and under which name; what was sent elsewhere is not remembered.</param>
internal sealed class SentBook(string file, string whom) : IDisposable
{
    private FileStream? _hold;
    private Dictionary<string, SentTable> _tables = [];

    /// <summary>Opens it, alone; false when another export holds it. Opening it again changes nothing.</summary>
    public bool Open()
    {
        if (_hold is not null) return true;
        try
        {
            _hold = new(file + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return false;
        }

        var kept = File.Exists(file) ? JsonSerializer.Deserialize<Kept>(File.ReadAllBytes(file), ApiJson.Options) : null;
        _tables = kept?.Whom == whom ? kept.Tables : [];
        return true;
    }

    public SentTable Of(string table) => _tables.GetValueOrDefault(table, SentTable.Nothing);

    /// <summary>Remembers; durable on return.</summary>
    public void Put(string table, SentTable sent)
    {
        _tables[table] = sent;
        Durability.Write(file, JsonSerializer.SerializeToUtf8Bytes(new Kept(whom, _tables), ApiJson.Options));
    }

    public void Close()
    {
        _hold?.Dispose();
        _hold = null;
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    private sealed record Kept(string Whom, Dictionary<string, SentTable> Tables);
}
