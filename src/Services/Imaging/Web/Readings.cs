using System.Collections.Concurrent;

namespace Yunnao.Services.Imaging.Web;

/// <summary>Which studies callers are reading: a viewer asks for one in hundreds of requests, and they are one event as long as one follows another.</summary>
internal sealed class Readings(TimeProvider time)
{
    private const int MostOpened = 10_000;
    private static readonly TimeSpan OneReading = TimeSpan.FromMinutes(10);
    private readonly ConcurrentDictionary<(string Who, string Purpose, string Study), DateTimeOffset> _opened = new();

    /// <summary>True when this is the first request of a reading.</summary>
    public bool IsOpened(string who, string purpose, string study)
    {
        var now = time.GetUtcNow();
        if (_opened.Count > MostOpened)
            foreach (var (old, at) in _opened)
                if (now - at > OneReading) _opened.TryRemove(old, out _);
        var isFirst = !_opened.TryGetValue((who, purpose, study), out var last) || now - last > OneReading;
        if (isFirst) _opened[(who, purpose, study)] = now;
        return isFirst;
    }
}
