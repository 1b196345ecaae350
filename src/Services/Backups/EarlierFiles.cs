using System.Text;
using System.Text.Json;
using Yunnao.Trust.Keys;

namespace Yunnao.Services.Backups;

/// <summary>
/// The files of the newest backup of a place that change only with their time, such as full packs of images, read along with the new backup in the
/// same order: what has the length and the time that it had is not read again.
/// </summary>
internal sealed class EarlierFiles : IDisposable
{
    private readonly StreamReader? _lines;
    private ManifestLine? _line;

    /// <param name="key">The key of the new backup; pieces under another one have other names.</param>
    public EarlierFiles(string place, KeyRing keys, DataKey key)
    {
        if (!BackupPlace.Find(place).Try(out var newest, out _)) return;
        var file = Path.Combine(newest, BackupPlace.ManifestFile);
        if (!File.Exists(file)) return;
        var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (OpeningStream.Open(stream, keys).Try(out var clear, out _))
        {
            if (clear.KeyId == key.Id) _lines = new StreamReader(clear, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, 1 << 16);
            else clear.Dispose();
        }
        else stream.Dispose();

        Next();
    }

    /// <summary>The pieces of a file that is as it was; null when it is not, or was not there. Paths are asked for in ordinal order.</summary>
    public List<ManifestLine>? Find(string path, long length, long changed)
    {
        while (_line is not null && (_line.Changed is null || string.CompareOrdinal(_line.File, path) < 0)) Next();
        if (_line?.File != path || _line.Changed != changed) return null;
        var pieces = new List<ManifestLine>();
        for (Next(); _line?.Piece is not null; Next()) pieces.Add(_line);
        return pieces.Sum(p => p.Length) == length ? pieces : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _lines?.Dispose();

    private void Next()
    {
        try
        {
            _line = _lines?.ReadLine() is { } text ? JsonSerializer.Deserialize<ManifestLine>(text, BackupHead.Json) : null;
        }
        catch (Exception e) when (e is InvalidDataException or JsonException)
        {
            // A damaged backup saves nothing; verify tells of it.
            _line = null;
        }
    }
}
