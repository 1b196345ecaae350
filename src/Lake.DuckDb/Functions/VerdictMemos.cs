using System.Collections.Concurrent;

namespace Yunnao.Lake.DuckDb.Functions;

/// <summary>The memos of the scans that run, by number.</summary>
internal sealed class VerdictMemos
{
    private readonly ConcurrentDictionary<long, VerdictMemo> _memos = new();
    private long _last;

    public long New()
    {
        var number = Interlocked.Increment(ref _last);
        _memos[number] = new();
        return number;
    }

    public VerdictMemo Find(long number) => _memos[number];

    public void Forget(IEnumerable<long> numbers)
    {
        foreach (var number in numbers) _memos.TryRemove(number, out _);
    }
}
