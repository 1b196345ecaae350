using System.Collections.Concurrent;

namespace Yunnao.Services.Imaging.Web;

/// <summary>Which studies are being read: a viewer asks for a study in hundreds of requests, and they are one event of the audit as long as one follows another.</summary>
internal sealed class Readings(TimeProvider time)
{
    private const int MostOpened = 10_000;
    private static readonly TimeSpan OneReading = TimeSpan.FromMinutes(10);
    private readonly ConcurrentDictionary<(string Who, string Purpose, string Study), DateTimeOffset> _opened = new();

    /// <summary>True when a request goes on with a reading that is in the audit already.</summary>
    public bool GoesOn(string who, string purpose, string study) => _opened.TryGetValue((who, purpose, study), out var last) && time.GetUtcNow() - last <= OneReading;

    /// <summary>Notes a reading whose event is in the audit.</summary>
    public void Opened(string who, string purpose, string study)
    {
        var now = time.GetUtcNow();
        if (_opened.Count > MostOpened)
            foreach (var (old, at) in _opened)
                if (now - at > OneReading) _opened.TryRemove(old, out _);
        _opened[(who, purpose, study)] = now;
    }
}
